"""Search measured: rank all items for every query, compare with the judgments."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from itemvec.core.engine import HERE, Engine
from itemvec.core.params import Row, SearchProtocol
from itemvec.core.top_k import Top
from itemvec.protocol.evaluation import Evaluation, evaluate, nothing, run_table
from itemvec.protocol.query_slices import slices
from itemvec.protocol.useful_depth import within
from itemvec.retrievers import RETRIEVERS, Retriever, Tuning, prepare
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
        retrieve, chosen = prepare(retriever, trial.items, _tuning(trial.validation, depths))
        top = trial.test.retrieve(retrieve, depths.depth)
        unmeasured.append(_unmeasured(trial, top, number))
        if len(trial.test.judgments):
            tops[number], others[number] = trial.test.ranked(top), trial.test.alternatives(top, depths.metrics[0])
        choices.append(chosen)
    test = trial.test
    facts = {"task": "search"} | trial.facts | ({"chosen": choices[0]} if choices[0] else {})
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
