"""Search measured: rank all items for every query, compare with the judgments."""

from __future__ import annotations

from pathlib import Path

from itemvec.core.files import n_rows
from itemvec.core.params import SearchProtocol
from itemvec.protocol.evaluation import Evaluation, evaluate, nothing
from itemvec.protocol.query_slices import slices
from itemvec.protocol.useful_depth import within
from itemvec.retrievers import Retriever, Tuning, prepare
from itemvec.stages.trial import Part, Trial
from itemvec.store import further_seeds


def search(
    retriever: Retriever, tables: dict[str, Path], vectors: Path | None, protocol: SearchProtocol, seed: int
) -> Evaluation:
    """Index the items, retrieve for the test queries and judge; once per seed, where vectors were learnt with several.

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
    seeds = [seed] if vectors is None else [seed, *further_seeds(vectors, "items", "queries")]
    tops, others, choices = {}, {}, []
    for number in seeds:
        trial = Trial.load(tables, vectors, protocol, number)
        depths = within(protocol, len(trial.items))
        retrieve, chosen = prepare(retriever, trial.items, _tuning(trial.validation, depths))
        top = trial.test.retrieve(retrieve, depths.depth)
        tops[number], others[number] = trial.test.ranked(top), trial.test.alternatives(top, depths.metrics[0])
        choices.append(chosen)
    test = trial.test
    facts = {"task": "search"} | trial.facts | ({"chosen": choices[0]} if choices[0] else {})
    cohorts = slices(test.queries.texts, test.rows, trial.items.texts, test.judgments, trial.train)
    return evaluate(
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


def _tuning(validation: Part, protocol: SearchProtocol) -> Tuning | None:
    """Validation queries for a retriever to choose by; None where there are none."""
    if not len(validation.judgments):
        return None
    return Tuning(
        validation.queries,
        lambda top: float(validation.quality(validation.shown(top, protocol.depth), protocol.metrics[0]).mean()),
        protocol.depth + (validation.hidden is not None),
    )
