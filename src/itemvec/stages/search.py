"""Search measured: rank all items for every query, compare with the judgments."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from itemvec.core.files import n_rows
from itemvec.core.params import SearchProtocol
from itemvec.protocol.evaluation import Evaluation, evaluate, nothing
from itemvec.protocol.query_slices import slices
from itemvec.protocol.useful_depth import within
from itemvec.retrievers import Retriever, Tuning, prepare
from itemvec.stages.trial import Trial


def search(
    retriever: Retriever, tables: dict[str, Path], vectors: Path | None, protocol: SearchProtocol, seed: int
) -> Evaluation:
    """Index the items, retrieve for the test queries and judge.

    Queries without a relevant item are left out of the means, and counted; they are retrieved all the same.

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
    protocol = within(protocol, len(items))
    facts: dict[str, Any] = {"task": "search"} | trial.facts
    tuning = None
    if len(validation.judgments):
        metric = protocol.metrics[0]
        tuning = Tuning(
            validation.queries,
            lambda top: float(validation.quality(validation.shown(top, protocol.depth), metric).mean()),
            protocol.depth + (validation.hidden is not None),
        )
    retrieve, chosen = prepare(retriever, items, tuning)
    if chosen:
        facts["chosen"] = chosen
    found = test.retrieve(retrieve, protocol.depth)
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
