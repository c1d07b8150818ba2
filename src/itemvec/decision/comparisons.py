"""Which differences are more than chance."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, combinations, product

import numpy as np

from itemvec.decision.results import Result, Results
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
    def verdict(self) -> str:
        """What may be said."""
        if self.p >= LEVEL:
            return "no significant difference"
        return "better" if self.difference > 0 else "worse"

    def __str__(self) -> str:
        p = "p < 0.001" if self.p < 0.001 else f"p = {self.p:.3f}"
        return f"{self.verdict}, {self.difference:+.4f} [{self.low:+.3f}, {self.high:+.3f}], {p}"


def compare(results: Results, task: str, measures: Measures) -> list[Comparison]:
    """Compare what a reader would ask to compare.

    Each other variant with the first; on the first variant each system with every later one and with each baseline;
    each reranker with the run that it reordered.

    Parameters
    ----------
    measures
        The values per query of each cell.
    """
    metrics, groups = results.metrics(task), results.groups(task)
    return compare_pairs(pairs(results, task), metrics, groups, measures, results.params.seed)


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
