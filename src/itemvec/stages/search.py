"""Search measured: rank all items for every query, compare with the judgments."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from itemvec.core.arrays import Doubles
from itemvec.core.engine import HERE, Engine
from itemvec.core.params import Row, SearchProtocol
from itemvec.core.top_k import Top
from itemvec.protocol.action_gain import action_gain
from itemvec.protocol.evaluation import Evaluation, evaluate, nothing, run_table
from itemvec.protocol.query_slices import slices
from itemvec.protocol.useful_depth import within
from itemvec.retrievers import RETRIEVERS, Chooses, Judged, Retriever, Tuning, prepare
from itemvec.stages.trial import Part, Trial
from itemvec.store import further_seeds


def search_by_row(
    name: str,
    row: Row,
    tables: dict[str, Path],
    vectors: Path | None,
    protocol: SearchProtocol,
    seed: int,
    engine: Engine = HERE,
) -> Evaluation:
    """``search`` with row ``name`` of ``systems``."""
    return search(RETRIEVERS.build(name, row), tables, vectors, protocol, seed, engine)


def search(
    retriever: Retriever,
    tables: dict[str, Path],
    vectors: Path | None,
    protocol: SearchProtocol,
    seed: int,
    engine: Engine = HERE,
) -> Evaluation:
    """Index the items, retrieve for the test queries and judge; once per seed, where vectors were learnt with several.

    Queries without a relevant item are left out of the means, and counted. They are retrieved all the same, and what
    was found stands in the run, at its end: there is something to judge before anybody has judged.

    Parameters
    ----------
    tables
        Parquet files of ``items``, ``queries`` and ``qrels``.
    vectors
        Digest of the vector database; None for a baseline.
    engine
        Where exact search compares the items.
    """
    seeds = [seed] if vectors is None else [seed, *further_seeds(vectors, "items", "queries")]
    tops, others, choices, unmeasured = {}, {}, [], []
    for number in seeds:
        trial = Trial.load(tables, vectors, protocol, number, engine)
        depths = within(protocol, len(trial.items))
        retrieve, chosen = prepare(retriever, trial.items, _tuning(trial.validation, depths), _judged(trial, depths))
        top = trial.test.retrieve(retrieve, depths.depth)
        unmeasured.append(_unmeasured(trial, top, number))
        if len(trial.test.judgments):
            tops[number], others[number] = trial.test.ranked(top), trial.test.alternatives(top, depths.metrics[0])
            gain = {"policy": _gain(retrieve, trial.test, top, depths, seed)} if isinstance(retrieve, Chooses) else {}
            choices.append(({"chosen": chosen} if chosen else {}) | gain)
    test = trial.test
    facts = {"task": "search"} | trial.facts | (choices[0] if choices else {})
    if not tops:
        return replace(nothing(protocol.metrics, facts), run=pa.concat_tables(unmeasured))
    cohorts = slices(test.queries.texts, test.rows, trial.items.texts, test.judgments, trial.train)
    measured = evaluate(
        tops,
        test.judgments,
        trial.groups,
        trial.items.ids,
        depths.metrics,
        facts,
        cohorts,
        test.owners,
        others,
    )
    return replace(measured, run=pa.concat_tables([measured.run, *unmeasured]))


def _unmeasured(trial: Trial, found: Top, seed: int) -> Any:
    """What was found for the queries without a relevant item: people may judge it."""
    test = trial.test
    others = np.setdiff1d(np.arange(len(test.queries)), test.rows)
    top = Top(found.positions[others], found.scores[others])
    return run_table(test.queries.ids.take(pa.array(others)), seed, top, trial.items.ids)


def _tuning(validation: Part, protocol: SearchProtocol) -> Tuning | None:
    """Validation queries for a retriever to choose by; None where there are none."""
    if not len(validation.judgments):
        return None
    return Tuning(
        validation.queries,
        lambda top: float(validation.quality(validation.shown(top, protocol.depth), protocol.metrics[0]).mean()),
        protocol.depth + (validation.hidden is not None),
    )


def _judged(trial: Trial, protocol: SearchProtocol) -> Judged | None:
    """What a retriever may learn from: the training queries, or where none is judged, those of validation."""
    part = trial.training if len(trial.training.judgments) else trial.validation
    if not len(part.judgments):
        return None

    def values(top: Top) -> Doubles:
        """The metric of each query: the mean over its judgments, NaN where it has none."""
        found = part.quality(part.shown(top, protocol.depth), protocol.metrics[0])
        counts, sums = (np.bincount(part.rows, one, minlength=len(part.queries)) for one in (None, found))
        return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)

    return Judged(part.queries, values, protocol.depth + (part.hidden is not None))


def _gain(retrieve: Chooses, test: Part, found: Top, protocol: SearchProtocol, seed: int) -> dict[str, Any]:
    """What the choice of actions gains on the test queries, and the best choice would."""
    metric, depth = protocol.metrics[0], protocol.depth
    tops = retrieve.outcomes(test.queries, depth + (test.hidden is not None))
    outcomes = {name: test.quality(test.shown(top, depth), metric) for name, top in tops.items()}
    actions = retrieve.actions(test.queries)[test.rows]
    gain = action_gain(outcomes, test.quality(found, metric), actions, test.owners, seed)
    return {"metric": metric} | gain | retrieve.remarks(test.queries)
