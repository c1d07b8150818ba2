"""Judgments of the training queries become a cross-encoder; the validation queries say when to stop."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from itemvec.columns import GAIN, ITEM, PART, QUERY, TEXT
from itemvec.errors import TableError
from itemvec.files import read_parquet
from itemvec.judging import judge
from itemvec.metrics import Ranked, measure
from itemvec.rerankers import Rerank
from itemvec.rerankers.training import Pairs, Schedule, train
from itemvec.reranking import reorder
from itemvec.retrievers import RETRIEVERS, Entries, Retrieve
from itemvec.topk import NOTHING

FIRST, DEPTH, METRIC = {"kind": "bm25"}, 50, "ndcg@10"  # what is reranked, and how it is measured


def train_reranker(tables: Path, checkpoint: str, out: Path, schedule: Schedule, seed: int) -> dict[str, float]:
    """Train on the judgments of queries whose split is ``train``, and keep what is best on ``validation``.

    Every query is shown its judged items, with their gains over the highest gain there is, and with none those of its
    best 50 by BM25 that nobody judged: a reranker will see such items, and judged ones are mostly relevant.

    Parameters
    ----------
    tables
        Folder with ``items``, ``queries`` (with a column ``split``) and ``qrels``.

    Returns
    -------
    ``first`` and ``reranked``: nDCG@10 of BM25 on the validation queries, and with its best 50 items reordered.

    Raises
    ------
    TableError
        The queries have no split, or one of the two parts has no judgments.
    """
    items, queries, qrels = (read_parquet(tables / f"{name}.parquet") for name in ("items", "queries", "qrels"))
    if PART not in queries.column_names:
        raise TableError(f"{tables / 'queries.parquet'}: its queries have no split; name train and validation in it")
    parts = {part: _of(queries, qrels, part) for part in ("train", "validation")}
    for part, (_, judged) in parts.items():
        if not pc.any(pc.greater(judged[GAIN], 0)).as_py():
            raise TableError(f"{tables}: no {part} query has a relevant item; see the column split of the queries")
    entries = Entries(items[ITEM].combine_chunks(), items[TEXT].combine_chunks())
    retrieve = RETRIEVERS.build("bm25", FIRST).index(entries)
    pairs = _pairs(items, *parts["train"], retrieve)
    measured = _Measured(entries, *parts["validation"], retrieve)
    best = train(checkpoint, pairs, measured, schedule, out, seed)
    return {"first": measured.first, "reranked": best}


def _of(queries: Any, qrels: Any, part: str) -> tuple[Any, Any]:
    some = queries.filter(pc.equal(queries[PART], part))
    return some, qrels.filter(pc.is_in(qrels[QUERY], value_set=some[QUERY].combine_chunks()))


def _pairs(items: Any, queries: Any, judged: Any, retrieve: Retrieve) -> Pairs:
    """The judged pairs, then what BM25 finds for the same queries and nobody judged."""
    ids, texts = queries[QUERY].combine_chunks(), queries[TEXT].combine_chunks()
    rows = pc.index_in(judged[QUERY], value_set=ids).to_numpy()
    places = pc.index_in(judged[ITEM], value_set=items[ITEM].combine_chunks()).to_numpy()
    asked, ranks = np.nonzero((found := retrieve(Entries(ids, texts), DEPTH).positions) != NOTHING)
    found = found[asked, ranks]
    fresh = ~np.isin(asked * len(items) + found, rows * len(items) + places) & np.isin(asked, rows)
    gains = np.asarray(judged[GAIN])
    rows, places = np.concatenate([rows, asked[fresh]]), np.concatenate([places, found[fresh]])
    gains = np.concatenate([np.maximum(gains, 0) / gains.max(), np.zeros(np.count_nonzero(fresh))])
    return Pairs(texts.take(pa.array(rows)).to_pylist(), items[TEXT].take(pa.array(places)).to_pylist(), gains)


class _Measured:
    """nDCG@10 of a reranker on what BM25 finds for the validation queries."""

    def __init__(self, items: Entries, queries: Any, qrels: Any, retrieve: Retrieve) -> None:
        ids = queries[QUERY].combine_chunks()
        self.texts = items.texts
        self.judgments = judge(qrels, ids, items.ids)
        asked = queries.take(pc.index_in(self.judgments.ids, value_set=ids))
        self.queries = asked[TEXT].to_pylist()
        self.top = retrieve(Entries(self.judgments.ids, asked[TEXT].combine_chunks()), DEPTH)
        self.first = self._mean(self.top.positions)

    def __call__(self, rerank: Rerank) -> float:
        return self._mean(reorder(rerank, self.queries, self.texts, self.top, DEPTH).positions)

    def _mean(self, positions: Any) -> float:
        return float(measure(Ranked.judge(positions, self.judgments), [METRIC])[METRIC].mean())
