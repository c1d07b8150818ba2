"""What a tuner learns from, and what it is asked afterwards: judged queries, or histories where there are none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from itemvec.core.arrays import Floats, Ids, Ints
from itemvec.core.columns import GAIN, GROUP, ITEM, QUERY, TEXT
from itemvec.core.errors import ParamsError
from itemvec.core.files import n_rows, read_parquet
from itemvec.core.params import Row, TuneProtocol
from itemvec.protocol.judgments import choose, hidden_items, judge
from itemvec.protocol.query_split import TEST, TRAIN, VALIDATION, places, query_parts
from itemvec.stages.history_lesson import history_parts
from itemvec.store import open_vectors
from itemvec.tuners import Asked, Exam, Lesson
from itemvec.tuners.base import unit
from itemvec.tuners.duplicates import duplicates

LEAST = 10  # queries that tuning needs
VALIDATES = 0.2  # of the queries that are not for testing, where their split does not say which validate


@dataclass(frozen=True)
class Protocol:
    """How a tuner is tried: splits of histories and of queries, the least gain that counts, and the effort.

    encoder
        Row of the model, built.
    """

    seed: int
    histories: str | Row
    queries: Any
    least_gain: float
    tune: TuneProtocol
    encoder: Any


@dataclass(frozen=True)
class Task:
    """What is learnt, what is asked, and what is known of both for the results."""

    lesson: Lesson
    exam: Exam
    facts: dict[str, Any]


def load_task(tables: Path, source: Path, protocol: Protocol) -> Task:
    """Read the tables below a folder, and the vectors that the digest ``source`` describes.

    Judged queries that are not for testing are learnt from; where there are none, the training part of the histories.

    Raises
    ------
    ParamsError
        There is nothing to learn from, or too little.
    """
    ids, vectors = open_vectors(source, "items").load()
    items = unit(vectors)
    texts = read_parquet(tables / "items.parquet")[TEXT].to_pylist()
    queries = read_parquet(tables / "queries.parquet").combine_chunks()
    qrels = read_parquet(tables / "qrels.parquet")
    judged = _Judged(queries, qrels, ids, source, protocol) if len(qrels) else None
    both = judged is None or not (judged.uses != TEST).any()
    if not both and judged is not None:
        parts, facts = judged.parts(protocol.tune.duplicates)
    elif n_rows(tables / "interactions.parquet"):
        table = read_parquet(tables / "interactions.parquet")
        parts, facts = history_parts(table, ids, items, texts, protocol.histories, protocol.seed)
    else:
        raise ParamsError(_nothing(judged is not None))
    train, validation, test = parts
    if len(train) + len(validation) < LEAST or not len(validation):
        raise ParamsError(
            f"tuners: {len(train) + len(validation)} queries are too few to tune on; {LEAST} are the least"
        )
    lesson = Lesson(items, texts, train, validation, both, _words(ids, texts), protocol.encoder)
    sizes = {"queries": len(train), "validation": len(validation), "test": len(test), "pairs": len(train.judged.items)}
    return Task(lesson, Exam(test), {"source": "histories" if both else "judgments"} | sizes | facts)


def _nothing(judged: bool) -> str:
    if not judged:
        return "tuners: the data set has neither judged queries nor interactions to learn from; write tuners: []"
    return (
        "tuners: all judged queries are for testing, and tuning on them would praise itself; write "
        "search.split: {validation: 0.5}, or give the queries a column split"
    )


class _Judged:
    """The judged queries of a data set, and the part of each."""

    def __init__(self, queries: Any, qrels: Any, items: Ids, source: Path, protocol: Protocol) -> None:
        self.table, self.qrels, self.items = queries, qrels, items
        self.ids = queries[QUERY].combine_chunks()
        self.judgments = judge(qrels, self.ids, items, protocol.least_gain)
        self.rows = pc.index_in(self.judgments.ids, value_set=self.ids).to_numpy().astype(np.int64)
        self.uses = query_parts(queries, protocol.queries)[self.rows]
        self.source = source

    def parts(self, cosine: float) -> tuple[tuple[Asked, Asked, Asked], dict[str, Any]]:
        """Queries to learn from, to validate by and to test by; and what was left out."""
        asked = self._all()
        tested = self.uses == TEST
        rest = np.flatnonzero(~tested)
        found = duplicates(
            [asked.texts[row] for row in rest.tolist()],
            asked.vectors[rest],
            [asked.texts[row] for row in np.flatnonzero(tested).tolist()],
            asked.vectors[tested],
            cosine,
        )
        rest = rest[~found.either]
        validates = self._validates(asked, rest)
        parts = asked.select(rest[~validates]), asked.select(rest[validates]), asked.select(np.flatnonzero(tested))
        return parts, {"left_out": found.counts()}

    def _validates(self, asked: Asked, rest: Ints) -> NDArray[np.bool_]:
        """Which queries validate: those whose split says so, where some train; else a fifth by a hash of their text."""
        uses = self.uses[rest]
        if (uses == TRAIN).any() and (uses == VALIDATION).any():
            return np.asarray(uses == VALIDATION)
        texts = pa.array([" ".join(asked.texts[row].lower().split()) for row in rest.tolist()])
        return np.asarray(places(texts) < VALIDATES)

    def _all(self) -> Asked:
        vectors: Floats = unit(open_vectors(self.source, "queries").load().vectors[self.rows])
        hidden = hidden_items(self.table, self.items)
        take = pa.array(self.rows)
        return Asked(
            vectors,
            self.table[TEXT].take(take).to_pylist(),
            choose(self.judgments, np.ones(len(self.rows), dtype=np.bool_)),
            self._irrelevant(),
            None if hidden is None else hidden[self.rows],
            np.asarray(self.table[GROUP].take(take).to_pylist(), dtype=str),
        )

    def _irrelevant(self) -> Ints:
        refused = self.qrels.filter(pc.less_equal(self.qrels[GAIN], 0))
        rows = pc.index_in(refused[QUERY], value_set=self.judgments.ids).combine_chunks()
        known = np.asarray(rows.is_valid())
        items = np.asarray(pc.index_in(refused[ITEM], value_set=self.items))[known]
        return np.column_stack([rows.drop_null().to_numpy(), items]).astype(np.int64).reshape(-1, 2)


def _words(ids: Ids, texts: list[str]) -> Any:
    """The items that share words with each of some texts, indexed when first asked for."""
    from functools import cache

    from itemvec.retrievers import RETRIEVERS, Entries

    @cache
    def index() -> Any:
        return RETRIEVERS.build("bm25", {"kind": "bm25"}).index(Entries(ids, pa.array(texts, pa.string())))

    def words(asked: Any, k: int) -> Ints:
        names = pa.array([str(number) for number in range(len(asked))], pa.string())
        found: Ints = index()(Entries(names, pa.array(list(asked), pa.string())), k).positions
        return found

    return words
