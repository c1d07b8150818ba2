"""Which differences are more than chance."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, combinations, product

import numpy as np

from itemvec.decision.results import Result, Results
from itemvec.decision.standings import Group, rank_group
from itemvec.decision.values import Measures
from itemvec.metrics import LEVEL, compare_family


@dataclass(frozen=True)
class Comparison:
    """``left`` minus ``right`` in one metric, over the queries of one group.

    ``low``, ``high`` and ``p`` come from one distribution and hold for all comparisons of the group in this metric.
    """

    group: str
    metric: str
    left: Result
    right: Result
    difference: float
    low: float
    high: float
    p: float

    @property
    def turned(self) -> Comparison:
        """The same, ``right`` minus ``left``."""
        return Comparison(
            *(self.group, self.metric, self.right, self.left, -self.difference, -self.high, -self.low, self.p)
        )

    @property
    def verdict(self) -> str:
        """What may be said."""
        if self.p >= LEVEL:
            return "no significant difference"
        return "better" if self.difference > 0 else "worse"

    def __str__(self) -> str:
        p = "p < 0.001" if self.p < 0.001 else f"p = {self.p:.3f}"
        return f"{self.verdict}, {self.difference:+.4f} [{self.low:+.3f}, {self.high:+.3f}], {p}"


Key = tuple[str, str, str, str]  # group, metric, and the names of the cells


def key(one: Comparison) -> Key:
    """What tells it from others."""
    return one.group, one.metric, one.left.cell, one.right.cell


def compare(results: Results, task: str, measures: Measures) -> list[Comparison]:
    """Compare what a reader would ask to compare.

    Each other variant with the first; on the first variant each system with every later one and with each baseline;
    each reranker with the run that it reordered. In the first metric, what concerns the best cell of a group is what
    the verdict says of it: one comparison has one verdict, wherever it is shown.

    Parameters
    ----------
    measures
        The values per query of each cell.
    """
    known = all_shown(results, task, measures)
    return [
        known[group, metric, left.cell, right.cell]
        for group, metric, (left, right) in product(results.groups(task), results.metrics(task), pairs(results, task))
    ]


def all_shown(
    results: Results, task: str, measures: Measures, metrics: list[str] | None = None
) -> dict[Key, Comparison]:
    """Every comparison that the verdict or the report makes, both ways round; of all ``metrics``, or of some."""
    metrics, groups, seed = metrics or results.metrics(task), results.groups(task), results.params.seed
    found = compare_pairs(pairs(results, task), metrics, groups, measures, seed)
    for group in groups:
        found += against_best(rank_group(results, task, group, measures, results.params.decide.tolerance))
    return {key(one): one for pair in found for one in (pair, pair.turned)}


def against_best(group: Group) -> list[Comparison]:
    """Each other cell of a group with the best of it, as the verdict holds them.

    Each end of an interval holds with 95 % for all systems together, and p is of one side.
    """
    best = max(range(len(group.standings)), key=lambda i: group.standings[i].mean)
    found = []
    for i, one in enumerate(group.standings):
        if i == best:
            continue
        low, high = -float(group.shown.upper[best, i]), float(group.shown.upper[i, best])
        p, difference = float(group.shown.p[i, best]), one.mean - group.best.mean
        found.append(Comparison(group.name, group.metric, one.result, group.best.result, difference, low, high, p))
    return found


def compare_pairs(
    pairs: list[tuple[Result, Result]], metrics: list[str], groups: list[str], measures: Measures, seed: int
) -> list[Comparison]:
    """Compare left with right in all metrics, for each group of queries.

    A family is one metric of one group: p and interval hold for all pairs together, and say nothing of other metrics.
    """
    found = []
    for group, metric in product(groups, metrics) if pairs else ():
        cells = list(dict.fromkeys(one.cell for one in chain(*pairs)))
        values = measures.of(cells, group, [metric] * len(cells))
        places = [(cells.index(left.cell), cells.index(right.cell)) for left, right in pairs]
        means = values.means
        differences = np.column_stack([means[:, left] - means[:, right] for left, right in places])
        seeds = [values.seeds[left] + values.seeds[right] for left, right in places]
        family = compare_family(values.independent(differences), seeds, seed, bound=values.bound)
        ends = zip(pairs, differences.mean(axis=0), family.low, family.high, family.p, strict=True)
        found += [
            Comparison(group, metric, left, right, float(mean), float(low), float(high), float(p))
            for (left, right), mean, low, high, p in ends
        ]
    return found


def pairs(results: Results, task: str) -> list[tuple[Result, Result]]:
    """What ``compare`` compares."""
    cells = results.of(task)
    first = results.params.variants[0]
    reference = {one.system: one for one in cells if one.variant == first}
    others = [(one, reference[one.system]) for one in cells if one.variant not in (None, first)]
    reranked = [one for one in cells if one.stage == "rerank"]
    baselines = [one for one in cells if one.variant is None and one.stage != "rerank"]
    former = [one for one in cells if one.cell == results.params.rerank.first]
    among = list(combinations(reference.values(), 2))
    against = [(one, baseline) for one in reference.values() for baseline in baselines]
    return others + among + against + list(product(reranked, former))
