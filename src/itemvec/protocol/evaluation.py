"""Evaluation of rankings, for search and recommendation: metrics per query, and their means with intervals."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from itemvec.core.arrays import Doubles, Ids, Ints
from itemvec.core.columns import GROUP, ID, JUDGMENT, OWNER, RUN, SEED
from itemvec.core.files import write_json, write_parquet
from itemvec.core.top_k import NOTHING, Top
from itemvec.metrics import Judgments, Ranked, Spread, by_owner, mean_interval, measure
from itemvec.protocol.case_facts import of_how_many
from itemvec.protocol.judgments import hashes
from itemvec.protocol.tied import tied

# Columns of what was measured, before those of the metrics.
MEASURED = [(ID, pa.string()), (SEED, pa.int32()), (GROUP, pa.string()), (OWNER, pa.string()), (JUDGMENT, pa.int64())]
CONSTRUCTED = "constructed: "  # begins the name of a group whose queries were made from metadata


@dataclass(frozen=True)
class Evaluation:
    """The rankings of a system, and how good they are.

    run
        Arrow table of the schema ``RUN``.
    measures
        Arrow table: id, seed, group, owner, judgment, and a float64 column per metric.
    summary
        Content of the metrics file.
    """

    run: Any
    measures: Any
    summary: dict[str, Any]

    def write(self, run: Path, measures: Path, metrics: Path) -> None:
        """Write run, measures and summary to their files, the summary last."""
        write_parquet(run, self.run)
        write_parquet(measures, self.measures)
        write_json(metrics, self.summary)

    def headline(self, system: str, variant: str = "") -> str:
        """The first metric with its interval, by group of queries where there are several, in one line.

        ``search exact on full: nDCG@10 0.3959 [0.342, 0.451] (attribute), 0.9946 [0.992, 0.997] (known item)``
        """
        name = f"{self.summary['task']} {system}" + (f" on {variant}" if variant else "")
        groups = self.summary.get("groups", {})
        if not groups:
            return f"{name}: the data has nothing to measure it by"
        metric = self.measures.column_names[len(MEASURED)]
        found = [
            _shown(one[metric]) + (f" ({group.removeprefix(CONSTRUCTED)})" if len(groups) > 1 else "")
            for group, one in groups.items()
        ]
        return f"{name}: {metric.replace('ndcg', 'nDCG')} {', '.join(found)}{of_how_many(self.summary)}"


@dataclass(frozen=True)
class Cohort:
    """The queries for which some number, such as their length, lies between ``low`` and ``high``.

    chosen
        Whether each query belongs to the cohort, bool of shape (n_queries,).
    """

    name: str
    low: int
    high: int
    chosen: NDArray[np.bool_]


def evaluate(
    rankings: dict[int, Top],
    judgments: Judgments,
    groups: Ids,
    items: Ids,
    names: list[str],
    facts: dict[str, Any],
    cohorts: dict[str, list[Cohort]] | None = None,
    owners: Ids | None = None,
    others: dict[int, dict[str, Doubles]] | None = None,
) -> Evaluation:
    """Evaluate rankings of the same queries, one ranking per seed.

    Parameters
    ----------
    rankings
        One per seed, in the order of the queries of ``judgments``.
    judgments
        Relevant items, at least one per query.
    groups
        Slice of each query, Arrow strings of shape (n_queries,).
    items
        Ids of the catalogue.
    names
        Metrics, as ``ndcg@10``.
    facts
        What else belongs into the summary.
    cohorts
        Further slices, by what they go by: other than groups they are no queries of their own, and not compared.
    owners
        Whose each query is, Arrow strings of shape (n_queries,): not queries but their owners are independent. By
        default each is its own.
    others
        Further values of each query by seed, float64 of shape (n_queries,), as ``unjudged.alternatives`` gives them.
    """
    runs, measures = [], []
    further = list(dict.fromkeys(name for one in (others or {}).values() for name in one))
    judged_as = pa.array(hashes(judgments, items))
    for number, top in rankings.items():
        runs.append(run_table(judgments.ids, number, top, items))
        found = measure(Ranked.judge(top.positions, judgments), names)
        known = others[number] if others else {}
        # A ranking without unjudged items has none of these values: they are the metric itself.
        found |= {name: known[name] if name in known else found[name.split(" ")[0]] for name in further}
        seeds = pa.array(np.full(len(judgments), number, dtype=np.int32))
        about = {ID: judgments.ids, SEED: seeds, GROUP: groups, OWNER: owners or judgments.ids, JUDGMENT: judged_as}
        measures.append(pa.table(about | found))
    whole = pa.concat_tables(measures)
    summary = {**facts, **tied(rankings.values(), names[0]), **summarise(whole, [*names, *further])}
    if cohorts:
        summary["cohorts"] = {
            by: {cohort.name: _of_cohort(whole, cohort, names) for cohort in slices} for by, slices in cohorts.items()
        }
    return Evaluation(pa.concat_tables(runs), whole, summary)


def _shown(statistics: dict[str, float]) -> str:
    return f"{statistics['mean']:.4f} [{statistics['low']:.3f}, {statistics['high']:.3f}]"


def nothing(names: list[str], facts: dict[str, Any]) -> Evaluation:
    """An empty evaluation, for a task without any cases in the data set."""
    fields = [*MEASURED, *((name, pa.float64()) for name in names)]
    return Evaluation(RUN.empty_table(), pa.schema(fields).empty_table(), {**facts, "queries": 0})


def summarise(measures: Any, names: list[str]) -> dict[str, Any]:
    """Means with 95 % intervals, over all queries and over each group."""
    n_seeds = len(np.unique(measures[SEED]))
    n_queries = len(measures) // n_seeds
    groups = np.asarray(measures[GROUP].slice(0, n_queries))
    summary = {"seeds": n_seeds} | _of(measures, np.ones(n_queries, dtype=bool), names)
    summary["groups"] = {group: _of(measures, groups == group, names) for group in sorted(set(groups))}
    return summary


def _of_cohort(measures: Any, cohort: Cohort, names: list[str]) -> dict[str, Any]:
    """Size, bounds and means of a cohort; an empty one has only its size."""
    if not cohort.chosen.any():
        return {"queries": 0}
    return {"from": cohort.low, "to": cohort.high} | _of(measures, cohort.chosen, names)


def _of(measures: Any, chosen: NDArray[np.bool_], names: list[str]) -> dict[str, Any]:
    """Number and means of the ``chosen`` queries, bool of shape (n_queries,)."""
    owners = measures[OWNER].slice(0, len(chosen)).combine_chunks().filter(pa.array(chosen))
    n_owners = len(owners.unique())
    found: dict[str, Any] = {"queries": len(owners)} | ({"owners": n_owners} if n_owners < len(owners) else {})
    for name in names:
        found[name] = _statistics(by_owner(np.asarray(measures[name]).reshape(-1, len(chosen))[:, chosen].T, owners))
    return found


def _statistics(values: Doubles) -> dict[str, float]:
    """Mean of float64 values of shape (n_owners, n_seeds), its interval, and its spread over seeds.

    Both the choice of queries and the seed change the mean, so the interval covers both.
    """
    means = values.mean(axis=0)
    low, high = mean_interval(values.mean(axis=1), Spread.of(means))
    found = {"mean": float(means.mean()), "low": low, "high": high}
    if len(means) > 1:
        found["sd_of_seeds"] = float(means.std(ddof=1))
    return found


def run_table(ids: Ids, seed: int, top: Top, items: Ids) -> Any:
    """The ranks of ``top`` that are filled, as an Arrow table of the schema ``RUN``; ``ids`` are those of its rows."""
    n_queries, depth = top.positions.shape
    filled = (top.positions != NOTHING).ravel()
    rows = np.repeat(np.arange(n_queries), depth)[filled]
    ranks = np.tile(np.arange(1, depth + 1, dtype=np.int32), n_queries)[filled]
    positions = top.positions.ravel()[filled]
    seeds = np.full(len(rows), seed, dtype=np.int32)
    names = [_names(rows, ids), _names(positions, items)]
    return pa.table([names[0], seeds, names[1], ranks, top.scores.ravel()[filled]], schema=RUN)


def _names(rows: Ints, ids: Ids) -> Any:
    return pa.DictionaryArray.from_arrays(pa.array(rows.astype(np.int32)), ids)
