"""Search measured: rank all items for every query, compare with the judgments."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from itemvec.columns import GROUP, ITEM, QUERY, TEXT
from itemvec.errors import TableError
from itemvec.evaluation import Evaluation, evaluate, nothing
from itemvec.files import read_parquet
from itemvec.judging import judge
from itemvec.params import SearchProtocol
from itemvec.retrievers import Entries, Retriever
from itemvec.store import VectorTable, open_vectors
from itemvec.topk import Top


def search(
    retriever: Retriever, tables: dict[str, Path], vectors: Path | None, protocol: SearchProtocol, seed: int
) -> Evaluation:
    """Index the items, retrieve for the queries and judge.

    Queries without a relevant item are left out of the means, and counted; they are retrieved all the same.

    Parameters
    ----------
    tables
        Parquet files of ``items``, ``queries`` and ``qrels``.
    vectors
        Digest of the vector database; None for a baseline.
    """
    texts = {name: read_parquet(tables[name]).combine_chunks() for name in ("items", "queries")}
    items = _entries(texts["items"], ITEM, _open(vectors, "items"))
    queries = _entries(texts["queries"], QUERY, _open(vectors, "queries"))
    groups = texts["queries"][GROUP].combine_chunks()
    judgments = judge(read_parquet(tables["qrels"]), queries.ids, items.ids)
    facts = {"task": "search", "queries_left_out": len(queries) - len(judgments)}
    if not len(judgments):
        return nothing(protocol.metrics, facts)
    top = retriever.index(items)(queries, protocol.depth)
    judged = pc.index_in(judgments.ids, value_set=queries.ids)
    rows = judged.to_numpy()
    ranked = Top(top.positions[rows], top.scores[rows])
    return evaluate({seed: ranked}, judgments, groups.take(judged), items.ids, protocol.metrics, facts, seed)


def _open(vectors: Path | None, name: str) -> VectorTable | None:
    return None if vectors is None else open_vectors(vectors, name)


def _entries(table: Any, key: str, vectors: VectorTable | None) -> Entries:
    ids = table[key].combine_chunks()
    if vectors is not None and not vectors.ids().equals(ids):
        raise TableError(f"{vectors.database}: its {vectors.name} are not those of the tables; run `dvc repro`")
    return Entries(ids, table[TEXT].combine_chunks(), None if vectors is None else vectors.vectors)
