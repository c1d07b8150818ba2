"""What a retriever is tried on: a catalogue, and queries with what is judged of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from itemvec.core.arrays import Doubles, Ids, Ints
from itemvec.core.columns import GROUP, ITEM, QUERY, QUERY_PARTS, TEXT
from itemvec.core.engine import HERE, Engine
from itemvec.core.errors import ItemvecError, TableError
from itemvec.core.files import read_parquet
from itemvec.core.params import SearchProtocol
from itemvec.core.top_k import NOTHING, Top
from itemvec.metrics import Judgments, Ranked, measure
from itemvec.protocol.judgments import choose, drop_hidden, hidden_items, judge, judged_pairs, pairs, skip_unjudged
from itemvec.protocol.query_split import TEST, TRAIN, VALIDATION, query_parts
from itemvec.protocol.trec_eval_ties import by_trec_eval, id_places
from itemvec.protocol.unjudged import alternatives
from itemvec.retrievers import Entries, Retrieve
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
    hidden
        Position of the item that is each of ``queries`` itself, which is not ranked for it; None where there is none.
    id_places
        Of all items, where ties are broken as trec_eval does; else None.
    """

    queries: Entries
    judgments: Judgments
    rows: Ints
    judged: Ints
    n_items: int
    skip: bool = False
    hidden: Ints | None = None
    id_places: Ints | None = None

    def retrieve(self, retrieve: Retrieve, depth: int) -> Top:
        """What is found for each of ``queries``, without what is hidden from it."""
        return self.shown(retrieve(self.queries, depth + (self.hidden is not None)), depth)

    def shown(self, top: Top, depth: int) -> Top:
        """The first ``depth`` ranks without the hidden items; one more was ranked where there are any."""
        top = top if self.hidden is None else drop_hidden(top, self.hidden, depth)
        return top if self.id_places is None else by_trec_eval(top, self.id_places)

    @property
    def owners(self) -> Ids:
        """The query of each of ``judgments``, Arrow strings."""
        return self.queries.ids.take(pa.array(self.rows))

    def ranked(self, top: Top) -> Top:
        """What was found for each of ``judgments``, from what was found for each of ``queries``."""
        top = skip_unjudged(top, self.judged, self.n_items) if self.skip else top
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
        """A metric of each of ``judgments``, float64."""
        return measure(Ranked.judge(self.ranked(top).positions, self.judgments), [metric])[metric]


@dataclass(frozen=True)
class Trial:
    """What a retriever is tried on: a catalogue, queries to learn from, to choose by, and to report on.

    groups
        The slice of each judgment of ``test``.
    train
        Texts of the queries that are for training.
    facts
        How many queries are not reported.
    """

    items: Entries
    training: Part
    validation: Part
    test: Part
    groups: Ids
    train: Any
    facts: dict[str, int]

    @classmethod
    def load(
        cls,
        tables: dict[str, Path],
        vectors: Path | None,
        protocol: SearchProtocol,
        seed: int | None = None,
        engine: Engine = HERE,
    ) -> Trial:
        """Read Parquet files of ``items``, ``queries`` and ``qrels``, and the database of a digest, if there is one.

        ``seed`` is that of the vectors, where they were learnt with several; ``engine`` is where exact search works.

        Raises
        ------
        TableError
            The vectors are of other items or queries; a judgment names one that does not exist.
        ItemvecError
            There are judgments, but no test query has a relevant item.
        """
        texts = {name: read_parquet(tables[name]).combine_chunks() for name in ("items", "queries")}
        items = replace(_entries(texts["items"], ITEM, _open(vectors, "items", seed)), engine=engine)
        queries = _entries(texts["queries"], QUERY, _open(vectors, "queries", seed))
        uses = query_parts(texts["queries"], protocol.split)
        qrels = read_parquet(tables["qrels"])
        judgments = judge(qrels, queries.ids, items.ids, protocol.least_gain)
        hidden = hidden_items(texts["queries"], items.ids)
        about = items.ids, judgments, qrels, hidden, protocol
        training, validation, test = (_part(queries, uses == part, *about) for part in (TRAIN, VALIDATION, TEST))
        groups = texts["queries"][GROUP].combine_chunks().filter(pa.array(uses == TEST)).take(pa.array(test.rows))
        train = texts["queries"][TEXT].combine_chunks().filter(pa.array(uses == TRAIN))
        if len(qrels) and not len(test.judgments):
            raise ItemvecError(_no_test(len(test.queries), protocol))
        facts = {"queries_left_out": len(test.queries) - len(np.unique(test.rows))} | _others(uses)
        if test.hidden is not None:
            facts["queries_with_a_hidden_item"] = int(np.count_nonzero(test.hidden != NOTHING))
        return cls(items, training, validation, test, groups, train, facts)


def _open(vectors: Path | None, name: str, seed: int | None) -> VectorTable | None:
    return None if vectors is None else open_vectors(vectors, name, seed)


def _entries(table: Any, key: str, vectors: VectorTable | None) -> Entries:
    ids = table[key].combine_chunks()
    if vectors is not None and not vectors.ids().equals(ids):
        raise TableError(f"{vectors.database}: its {vectors.name} are not those of the tables; run `dvc repro`")
    return Entries(ids, table[TEXT].combine_chunks(), None if vectors is None else vectors.vectors)


def _part(
    queries: Entries,
    chosen: NDArray[np.bool_],
    items: Ids,
    judgments: Judgments,
    qrels: Any,
    hidden: Ints | None,
    protocol: SearchProtocol,
) -> Part:
    """The ``chosen`` queries and the judgments of them."""
    queries = queries.where(chosen)
    rows = pc.index_in(judgments.ids, value_set=queries.ids)
    known = choose(judgments, np.asarray(rows.is_valid()))
    found = rows.drop_null().to_numpy().astype(np.int64)
    judged = judged_pairs(qrels, queries.ids, items)
    if protocol.judge == "pair":
        known, whose = pairs(known)
        found = found[whose]
    some = None if hidden is None or (hidden[chosen] == NOTHING).all() else hidden[chosen]
    places = id_places(items) if protocol.ties == "trec_eval" else None
    return Part(queries, known, found, judged, len(items), protocol.unjudged == "skipped", some, places)


def _no_test(n_queries: int, protocol: SearchProtocol) -> str:
    """Why nothing is reported, and what to do."""
    if not n_queries:
        return "search: no query is left to test on; change the column split of the queries, or search.split"
    gain = f" of gain {protocol.least_gain:g} or more, as search.least_gain asks" if protocol.least_gain else ""
    return f"search: none of the {n_queries:,} test queries has a relevant item{gain}; lower it, or add judgments"


def _others(uses: Ints) -> dict[str, Any]:
    """How many queries are not reported because they are for something else."""
    counts = {f"queries_for_{QUERY_PARTS[part]}": int(np.count_nonzero(uses == part)) for part in (TRAIN, VALIDATION)}
    return {name: count for name, count in counts.items() if count}
