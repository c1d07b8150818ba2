"""How each cell stands in one group of queries: its mean, its distance to the best, and what is shown of it."""

from __future__ import annotations

from dataclasses import dataclass

from itemvec.decision.results import CONSTRUCTED, Result, Results
from itemvec.decision.values import Measures, Values
from itemvec.metrics import BestSet, best_set


@dataclass(frozen=True)
class Standing:
    """One cell among all of its task, over the queries of one group.

    mean
        Of the first metric.
    low, high
        Simultaneous 95 % interval of its mean less the highest mean of the others (Hsu, 1984). ``high`` is 0 where the
        cell is shown worse than another, ``low`` is 0 where it is shown to be the best.
    among_best
        Whether it is not shown worse than another.
    kept
        Shown to lose less than the tolerance against the best.
    """

    result: Result
    mean: float
    low: float
    high: float
    among_best: bool
    kept: bool


@dataclass(frozen=True)
class Group:
    """All cells of a task in one group of queries, in the order of the results."""

    name: str
    metric: str
    standings: list[Standing]
    values: Values
    shown: BestSet

    @property
    def best(self) -> Standing:
        """The highest mean."""
        return max(self.standings, key=lambda one: one.mean)

    @property
    def complete(self) -> bool:
        """Whether all that is relevant is known: queries made from the items' own metadata."""
        return self.name.startswith(CONSTRUCTED)


def rank_group(
    results: Results, task: str, group: str, measures: Measures, tolerance: float, column: str | None = None
) -> Group:
    """Compare all cells of a task with the best of them, over the queries of one group.

    Parameters
    ----------
    column
        Of the measures, in place of the first metric, for cells that have it: what it would be if unjudged items
        counted otherwise.
    """
    cells, metric = results.of(task), results.metrics(task)[0]
    values = measures.of([one.cell for one in cells], group, [_column(measures, one, metric, column) for one in cells])
    means = values.means.mean(axis=0)
    found = best_set(values.independent(values.means), values.seeds, results.params.seed, bound=values.bound)
    kept = found.low > -tolerance * means.max()
    parts = (means, found.low, found.high, found.may_be_best, kept)
    standings = [Standing(one, *(part[i].item() for part in parts)) for i, one in enumerate(cells)]
    return Group(group, metric, standings, values, found)


def _column(measures: Measures, one: Result, metric: str, column: str | None) -> str:
    return column if column is not None and measures.has(one.cell, column) else metric
