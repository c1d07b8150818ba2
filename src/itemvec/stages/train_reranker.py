"""Training of a cross-encoder on the judgments of the training queries, with early stopping on validation queries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.columns import GAIN, ITEM, PART, QUERY, TEXT
from itemvec.core.errors import ParamsError, TableError
from itemvec.core.files import read_parquet
from itemvec.metrics import Ranked, measure
from itemvec.protocol.judgments import judge
from itemvec.rerankers import Rerank
from itemvec.rerankers.training import Pairs, Schedule, train
from itemvec.retrievers import RETRIEVERS, Entries
from itemvec.stages.rerank import reorder

FIRST, DEPTH, METRIC = {"kind": "bm25"}, 50, "ndcg@10"  # what is reranked after every epoch, and how it is measured


def train_reranker(tables: Path, checkpoint: str, out: Path, schedule: Schedule, seed: int) -> dict[str, float]:
    """Train on the judgments of queries whose split is ``train``, and keep the epoch that is best on ``validation``.

    The training pairs of a query are its judged items, with gains divided by the highest gain, and as many random other
    items with gain 0: judged items are mostly relevant, and a reranker needs irrelevant ones too.

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
    ParamsError
        ``out`` exists and is not a model.
    """
    if out.exists() and not (out / "model.safetensors").is_file():
        raise ParamsError(f"{out}: exists and holds no model, and would be replaced; name another folder")
    items, queries, qrels = (read_parquet(tables / f"{name}.parquet") for name in ("items", "queries", "qrels"))
    if PART not in queries.column_names:
        raise TableError(f"{tables / 'queries.parquet'}: its queries have no split; name train and validation in it")
    parts = {part: _of(queries, qrels, part) for part in ("train", "validation")}
    for part, (_, judged) in parts.items():
        if not pc.any(pc.greater(judged[GAIN], 0)).as_py():
            raise TableError(f"{tables}: no {part} query has a relevant item; see the column split of the queries")
    pairs = _pairs(items, *parts["train"], np.random.default_rng(seed))
    measured = _Measured(items, *parts["validation"])
    best = train(checkpoint, pairs, measured, schedule, out, seed)
    return {"first": measured.first, "reranked": best}


def _of(queries: Any, qrels: Any, part: str) -> tuple[Any, Any]:
    some = queries.filter(pc.equal(queries[PART], part))
    return some, qrels.filter(pc.is_in(qrels[QUERY], value_set=some[QUERY].combine_chunks()))


def _pairs(items: Any, queries: Any, judged: Any, rng: np.random.Generator) -> Pairs:
    """The judged pairs, then as many pairs of the same queries with unjudged items."""
    rows = pc.index_in(judged[QUERY], value_set=queries[QUERY].combine_chunks()).to_numpy()
    places = pc.index_in(judged[ITEM], value_set=items[ITEM].combine_chunks()).to_numpy()
    drawn = rng.integers(len(items), size=len(rows))
    fresh = ~np.isin(rows * len(items) + drawn, rows * len(items) + places)
    gains = np.asarray(judged[GAIN])
    rows, places = np.concatenate([rows, rows[fresh]]), np.concatenate([places, drawn[fresh]])
    gains = np.concatenate([np.maximum(gains, 0) / gains.max(), np.zeros(np.count_nonzero(fresh))])
    asked, texts = queries[TEXT].take(pa.array(rows)), items[TEXT].take(pa.array(places))
    return Pairs(asked.to_pylist(), texts.to_pylist(), gains)


class _Measured:
    """nDCG@10 of a reranker on what BM25 finds for the validation queries."""

    def __init__(self, items: Any, queries: Any, qrels: Any) -> None:
        ids = queries[QUERY].combine_chunks(), items[ITEM].combine_chunks()
        self.texts = items[TEXT].combine_chunks()
        self.judgments = judge(qrels, *ids)
        asked = queries.take(pc.index_in(self.judgments.ids, value_set=ids[0]))
        self.queries = asked[TEXT].to_pylist()
        retrieve = RETRIEVERS.build("bm25", FIRST).index(Entries(ids[1], self.texts))
        self.top = retrieve(Entries(self.judgments.ids, asked[TEXT].combine_chunks()), DEPTH)
        self.first = self._mean(self.top.positions)

    def __call__(self, rerank: Rerank) -> float:
        return self._mean(reorder(rerank, self.queries, self.texts, self.top, DEPTH).positions)

    def _mean(self, positions: Any) -> float:
        return float(measure(Ranked.judge(positions, self.judgments), [METRIC])[METRIC].mean())
