"""Synthetic queries for the items of the last run: written, sieved, and paired with negatives to train on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.arrays import Ids
from itemvec.core.columns import GAIN, ITEM, PART, QUERY, TEXT
from itemvec.core.errors import TableError
from itemvec.core.files import read_parquet, write_json, write_parquet
from itemvec.datasets.one_file import hashed
from itemvec.rerankers import Reranker
from itemvec.retrievers import Entries, Retriever
from itemvec.stages.query_writer import Writer
from itemvec.synthetic import (
    SHOTS,
    Shot,
    Sieve,
    margins,
    negatives,
    normal,
    pairs_table,
    round_trip,
    sieved,
    write_all,
)


@dataclass(frozen=True)
class Mining:
    """How many queries are written, and what becomes of them.

    per_item, items
        Queries of an item, and for how many items, drawn at random; None for all.
    keep
        A query stays if its own item is among the first ``keep`` that the first retriever finds; 0 keeps all.
    depth, negatives
        Each query gets ``negatives`` of the items that the retrievers find among their first ``depth``.
    """

    per_item: int = 3
    items: int | None = None
    keep: int = 1
    depth: int = 50
    negatives: int = 1
    seed: int = 0


def generate_queries(
    tables: Path, out: Path, writer: Writer, mining: Mining, retrievers: list[Retriever], reranker: Reranker | None
) -> dict[str, Any]:
    """Write ``out/pairs.parquet`` and ``out/facts.json``; ``out/written.jsonl`` keeps what was written.

    Parameters
    ----------
    tables
        Folder with ``items``, ``queries`` and ``qrels``; judged training queries are the examples of a prompt.
    retrievers
        By texts alone; the first decides the round trip, and all find negatives.
    reranker
        Scores the pairs; None leaves the margins empty.

    Returns
    -------
    ``items``, ``written``, ``kept``, ``pairs`` and ``thrown out``, a count for each reason.
    """
    items, queries, qrels = (read_parquet(tables / f"{name}.parquet") for name in ("items", "queries", "qrels"))
    if not len(items):
        raise TableError(f"{tables}: has no items to write queries for; run `dvc repro prepare`")
    ids, texts = (items[name].combine_chunks() for name in (ITEM, TEXT))
    rng = np.random.default_rng(mining.seed)
    places = np.sort(rng.permutation(len(items))[: mining.items or len(items)])
    names, some = (part.take(pa.array(places)).to_pylist() for part in (ids, texts))
    shots = _shots(items, queries, qrels, rng)
    settings = {"writer": writer.identity(shots, mining.per_item), "seed": mining.seed}
    written = write_all(out / "written.jsonl", settings, names, some, writer.load(shots, mining.per_item))
    asked = {normal(one) for one in queries[TEXT].to_pylist()}
    found = sieved(written, places.tolist(), some, asked)
    _check_some(found, out)
    query_ids = _ids(found)
    entries = Entries(query_ids, pa.array(found.queries, pa.string()))
    tops = [one.index(Entries(ids, texts))(entries, mining.depth) for one in retrievers]
    if mining.keep:
        back = round_trip(found, tops[0], mining.keep)
        kept = pc.index_in(_ids(back), value_set=query_ids).to_numpy(zero_copy_only=False)
        found, query_ids = back, _ids(back)
        _check_some(found, out)
        tops = [type(top)(top.positions[kept], top.scores[kept]) for top in tops]
    rows, mined = negatives(found, tops, mining.negatives, rng)
    margin = None if reranker is None else margins(reranker.load(), found, rows, mined, texts)
    table = pairs_table(found, query_ids, ids, rows, mined, margin, "synthetic")
    write_parquet(out / "pairs.parquet", table)
    facts = _facts(written, found, len(table))
    write_json(out / "facts.json", facts)
    return facts


def _shots(items: Any, queries: Any, qrels: Any, rng: np.random.Generator) -> list[Shot]:
    """Some judged training queries, each with one of the items that suit it best; none where there is no split."""
    if PART not in queries.column_names:
        return []
    train = queries.filter(pc.equal(queries[PART], "train"))
    good = qrels.filter(
        pc.and_(pc.is_in(qrels[QUERY], value_set=train[QUERY].combine_chunks()), pc.greater(qrels[GAIN], 0))
    )
    good = good.sort_by([(QUERY, "ascending"), (GAIN, "descending"), (ITEM, "ascending")])
    first = np.sort(np.unique(np.asarray(good[QUERY].to_pylist(), dtype=str), return_index=True)[1])
    drawn = np.sort(rng.permutation(first)[:SHOTS])
    some = good.take(pa.array(drawn, pa.int64()))
    words, texts = (
        table[TEXT].take(pc.index_in(some[key], value_set=table[key].combine_chunks())).to_pylist()
        for table, key in ((train, QUERY), (items, ITEM))
    )
    return [Shot(query, text) for query, text in zip(words, texts, strict=True)]


def _check_some(found: Sieve, out: Path) -> None:
    if not found.queries:
        reasons = "; ".join(f"{count:,}: {why}" for why, count in found.thrown.items() if count) or "none was written"
        raise TableError(f"{out}: no query is left ({reasons}); see what was written in {out / 'written.jsonl'}")


def _ids(found: Sieve) -> Ids:
    """Of each query, a hash of its words."""
    return hashed(pa.array([normal(one) for one in found.queries], pa.string()))


def _facts(written: list[list[str]], found: Sieve, pairs: int) -> dict[str, Any]:
    return {
        "items": len(written),
        "written": sum(map(len, written)),
        "kept": len(found.queries),
        "pairs": pairs,
        "thrown out": {why: count for why, count in found.thrown.items() if count},
    }
