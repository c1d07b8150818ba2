"""Evaluation of a retriever: rank all items for every query, compare with the judgments."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.arrays import Doubles, Ids, Ints
from itemvec.core.columns import GROUP, ITEM, QUERY, QUERY_PARTS, TEXT
from itemvec.core.errors import TableError
from itemvec.core.files import n_rows, read_parquet
from itemvec.core.params import SearchProtocol
from itemvec.core.top_k import Top
from itemvec.metrics import Judgments, Ranked, measure
from itemvec.protocol.evaluation import Evaluation, evaluate, nothing
from itemvec.protocol.judgments import choose, judge, judged_pairs, pairs, skip_unjudged
from itemvec.protocol.query_slices import slices
from itemvec.protocol.query_split import TEST, TRAIN, VALIDATION, query_parts
from itemvec.protocol.unjudged import alternatives
from itemvec.retrievers import Entries, Retriever, Tuning, prepare
from itemvec.store import VectorTable, open_vectors


@dataclass(frozen=True)
class Part:
    """Queries of one part, and what is judged of them.

    judgments
        Of the queries that have a relevant item; with ``judge: pair``, of each such pair.
    rows
        Position among ``queries`` of each, int64.
    judged, n_items
        All that was judged of ``queries``, relevant or not, as ``skip_unjudged`` takes it.
    skip
        Whether rankings are reduced to what was judged.
    """

    queries: Entries
    judgments: Judgments
    rows: Ints
    judged: Ints
    n_items: int
    skip: bool = False

    @property
    def owners(self) -> Ids:
        """The query of each of ``judgments``, Arrow strings."""
        return self.queries.ids.take(pa.array(self.rows))

    def ranked(self, top: Top) -> Top:
        """The ranking of each of ``judgments``, from the rankings of ``queries``."""
        if self.skip:
            top = skip_unjudged(top, self.judged, self.n_items)
        return Top(top.positions[self.rows], top.scores[self.rows])

    def alternatives(self, top: Top, metric: str) -> dict[str, Doubles]:
        """What else the metric of each of ``judgments`` could be, where what was found was not all judged.

        Empty with ``judge: pair``, in which the other relevant items of a query count as not relevant by intent.
        """
        if len(self.judgments) != len(np.unique(self.rows)):
            return {}
        whose = np.full(len(self.queries), -1)
        whose[self.rows] = np.arange(len(self.rows))
        row = whose[self.judged // self.n_items]
        judged = (row * self.n_items + self.judged % self.n_items)[row >= 0]
        found = Top(top.positions[self.rows], top.scores[self.rows])
        return alternatives(found, self.judgments, judged, self.n_items, metric)

    def quality(self, top: Top, metric: str) -> Doubles:
        """The value of ``metric`` for each of ``judgments``, float64."""
        return measure(Ranked.judge(self.ranked(top).positions, self.judgments), [metric])[metric]


@dataclass(frozen=True)
class Trial:
    """Everything a retriever is evaluated on: the catalogue, validation queries and test queries.

    groups
        Slice of each judgment of ``test``.
    train
        Texts of the training queries.
    facts
        Numbers of queries that are not reported.
    """

    items: Entries
    validation: Part
    test: Part
    groups: Ids
    train: Any
    facts: dict[str, int]

    @classmethod
    def load(cls, tables: dict[str, Path], vectors: Path | None, protocol: SearchProtocol) -> Trial:
        """Read Parquet files of ``items``, ``queries`` and ``qrels``, and the database of a digest, if there is one.

        Raises
        ------
        TableError
            The vectors belong to other items or queries, or a judgment names one that does not exist.
        """
        texts = {name: read_parquet(tables[name]).combine_chunks() for name in ("items", "queries")}
        items = _entries(texts["items"], ITEM, _open(vectors, "items"))
        queries = _entries(texts["queries"], QUERY, _open(vectors, "queries"))
        uses = query_parts(texts["queries"], protocol.split)
        qrels = read_parquet(tables["qrels"])
        judgments = judge(qrels, queries.ids, items.ids, protocol.least_gain)
        validation, test = (
            _part(queries.where(uses == part), items.ids, judgments, qrels, protocol) for part in (VALIDATION, TEST)
        )
        groups = texts["queries"][GROUP].combine_chunks().filter(pa.array(uses == TEST)).take(pa.array(test.rows))
        train = texts["queries"][TEXT].combine_chunks().filter(pa.array(uses == TRAIN))
        facts = {"queries_left_out": len(test.queries) - len(np.unique(test.rows))} | _others(uses)
        return cls(items, validation, test, groups, train, facts)


def search(
    retriever: Retriever, tables: dict[str, Path], vectors: Path | None, protocol: SearchProtocol, seed: int
) -> Evaluation:
    """Index the items, retrieve for the test queries and evaluate.

    Queries without a relevant item are left out of the means and counted; retrieval runs for them too.

    Parameters
    ----------
    tables
        Parquet files of ``items``, ``queries`` and ``qrels``.
    vectors
        Digest of the vector database; None for a baseline.
    """
    if not n_rows(tables["qrels"]):
        return nothing(protocol.metrics, {"task": "search", "queries_left_out": n_rows(tables["queries"])})
    trial = Trial.load(tables, vectors, protocol)
    items, validation, test = trial.items, trial.validation, trial.test
    facts: dict[str, Any] = {"task": "search"} | trial.facts
    if not len(test.judgments):
        return nothing(protocol.metrics, facts)
    tuning = None
    if len(validation.judgments):
        metric = protocol.metrics[0]
        tuning = Tuning(validation.queries, lambda top: float(validation.quality(top, metric).mean()), protocol.depth)
    retrieve, chosen = prepare(retriever, items, tuning)
    if chosen:
        facts["chosen"] = chosen
    found = retrieve(test.queries, protocol.depth)
    others = test.alternatives(found, protocol.metrics[0])
    cohorts = slices(test.queries.texts, test.rows, items.texts, test.judgments, trial.train)
    return evaluate(
        {seed: test.ranked(found)},
        test.judgments,
        trial.groups,
        items.ids,
        protocol.metrics,
        facts,
        cohorts,
        test.owners,
        others,
    )


def _open(vectors: Path | None, name: str) -> VectorTable | None:
    return None if vectors is None else open_vectors(vectors, name)


def _entries(table: Any, key: str, vectors: VectorTable | None) -> Entries:
    ids = table[key].combine_chunks()
    if vectors is not None and not vectors.ids().equals(ids):
        raise TableError(f"{vectors.database}: its {vectors.name} differ from those of the tables; run `dvc repro`")
    return Entries(ids, table[TEXT].combine_chunks(), None if vectors is None else vectors.vectors)


def _part(queries: Entries, items: Ids, judgments: Judgments, qrels: Any, protocol: SearchProtocol) -> Part:
    """The queries of one part and the judgments of them."""
    rows = pc.index_in(judgments.ids, value_set=queries.ids)
    known = choose(judgments, np.asarray(rows.is_valid()))
    found = rows.drop_null().to_numpy().astype(np.int64)
    judged = judged_pairs(qrels, queries.ids, items)
    if protocol.judge == "pair":
        known, whose = pairs(known)
        found = found[whose]
    return Part(queries, known, found, judged, len(items), protocol.unjudged == "skipped")


def _others(uses: Ints) -> dict[str, Any]:
    """Numbers of training and validation queries, which are not reported."""
    counts = {f"queries_for_{QUERY_PARTS[part]}": int(np.count_nonzero(uses == part)) for part in (TRAIN, VALIDATION)}
    return {name: count for name, count in counts.items() if count}
