"""Unjudged items and the verdict: how many there are, and whether it would differ if they counted otherwise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itemvec.core.columns import POSSIBLE, SKIPPED, judged_at
from itemvec.decision.results import Result, Results
from itemvec.decision.standings import Group, rank_group
from itemvec.decision.values import Measures
from itemvec.decision.verdict import Verdict, decide

ENOUGH = 0.95  # share judged from which the rest is not worth a word


@dataclass(frozen=True)
class Unjudged:
    """Share of the first ranks that were judged, by cell, and what the verdict would be by other rules.

    judged
        By group, then by cell.
    skipped
        The verdict if unjudged items were taken out of the rankings; None where all is judged.
    open
        Cells left that could be shown better or worse if every unjudged item were relevant: their interval holds only
        by the rule in use.
    """

    judged: dict[str, dict[str, float]]
    skipped: Verdict | None
    open: list[str]

    @property
    def least(self) -> float:
        """The lowest share of any cell in any group."""
        return min((share for shares in self.judged.values() for share in shares.values()), default=1.0)

    def note(self, verdict: Verdict, metric: str) -> str:
        """What belongs beside the verdict; empty where nearly all is judged."""
        if self.least >= ENOUGH:
            return ""
        shares = [share for found in self.judged.values() for share in found.values()]
        k = judged_at(metric).partition("@")[2]
        said = f"{min(shares):.0%} to {max(shares):.0%} of the first {k} were judged; the rest counts as not relevant"
        if self.skipped is not None and _key(self.skipped.choice) != _key(verdict.choice):
            said += f"; skipping unjudged items instead: {self.skipped.words}"
        elif self.skipped is not None:
            said += "; skipping them gives the same verdict"
        if self.open:
            said += f"; if they were all relevant, {self.open[0]} could be the best"
        return said


def _key(one: Result | None) -> str | None:
    return None if one is None else one.key


def consider(
    results: Results, task: str, groups: list[Group], measures: Measures, verdict: Verdict, tolerance: float
) -> Unjudged | None:
    """Look at the groups whose judgments may be incomplete; None where there are none."""
    metric = results.metrics(task)[0]
    name = judged_at(metric)
    judged: dict[str, dict[str, float]] = {}
    for group in groups:
        cells = [one.result for one in group.standings if measures.has(one.result.cell, name)]
        if cells and not group.complete:
            shares = measures.of([one.cell for one in cells], group.name, [name] * len(cells)).means.mean(axis=0)
            judged[group.name] = {one.key: float(share) for one, share in zip(cells, shares, strict=True)}
    if not judged:
        return None
    other = [
        group if group.complete else rank_group(results, task, group.name, measures, tolerance, f"{metric} {SKIPPED}")
        for group in groups
    ]
    return Unjudged(judged, decide(results, task, other, tolerance), _open(measures, groups, metric, verdict))


def _open(measures: Measures, groups: list[Group], metric: str, verdict: Verdict) -> list[str]:
    """Cells that are not left, but whose highest possible mean exceeds that of the choice as it is."""
    column = f"{metric} {POSSIBLE}"
    left = {one.key for one in verdict.left}
    found = []
    for group in groups:
        among = [one for one in group.standings if one.result.key in left]
        if group.complete or not among:
            continue
        level = max(one.mean for one in among)
        for one in group.standings:
            if one.result.key not in left and measures.has(one.result.cell, column):
                possible = measures.of([one.result.cell], group.name, [column]).means
                if float(np.mean(possible)) > level:
                    found.append(one.result.key)
    return list(dict.fromkeys(found))
