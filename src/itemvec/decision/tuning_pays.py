"""Would tuning pay: variants that were learnt from judgments or histories, against the first, on cases unseen."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Any

from itemvec.decision.comparisons import Comparison, Key
from itemvec.decision.learning_curve import more_to_learn
from itemvec.decision.results import Result, Results
from itemvec.decision.standings import Group
from itemvec.decision.verdict import units_that_decide

SAYS = {"better": "pays", "worse": "harms", "no significant difference": "not shown to pay"}
INSTEAD = 3  # other ways that are named


@dataclass(frozen=True)
class TuningPays:
    """One system on a tuned variant less the same system on the first variant, in one group of queries.

    facts
        What the tuner says of itself: what it learnt from, its learning curve.
    more
        About how many more test queries would decide, at this spread and difference; 0 where it is decided, or none
        would.
    instead
        What else was measured against the same system on the first variant, the best first.
    """

    group: str
    variant: str
    system: str
    queries: int
    facts: dict[str, Any]
    comparison: Comparison
    more: int
    instead: list[Comparison]

    @property
    def words(self) -> str:
        """``pays``, ``harms``, ``not shown to pay``, or ``changed nothing``."""
        return SAYS[self.comparison.verdict] if self.facts["changed"] else "changed nothing"

    def as_data(self) -> dict[str, Any]:
        """For ``decision.json``."""
        one, facts = self.comparison, self.facts
        decided = self.words != "not shown to pay"
        wanted = (one.high - one.low) / 2
        return {
            "group": self.group,
            "variant": self.variant,
            "system": self.system,
            "against": one.right.key,
            "queries": self.queries,
            "source": facts["source"],
            "learnt": facts["queries"],
            "left_out": sum(facts["left_out"].values()),
            **_numbers(one),
            "words": self.words,
            "more": self.more,
            "more_to_learn": 0 if decided else more_to_learn(facts["curve"], facts["queries"], wanted),
            "instead": [
                {"key": other.left.key, "against": other.right.key} | _numbers(other) for other in self.instead
            ],
        }


def _numbers(one: Comparison) -> dict[str, float]:
    return {"difference": one.difference, "low": one.low, "high": one.high, "p": one.p}


def tuning_pays(results: Results, groups: list[Group], known: dict[Key, Comparison]) -> list[TuningPays]:
    """Each system on each tuned variant, in each group of one task.

    Parameters
    ----------
    known
        What the verdict and the report compare, so that one comparison has one verdict.
    """
    found = []
    first = results.params.variants[0]
    for group in groups:
        cells = {(one.result.system, one.result.variant): one.result for one in group.standings}
        for (system, variant), cell in cells.items():
            if variant not in results.params.tuners:
                continue
            facts, base = results.variants[variant]["tuned"], cells[system, first]
            one = known[group.name, group.metric, cell.cell, base.cell]
            open_yet = facts["changed"] and one.verdict not in ("better", "worse")
            needed = units_that_decide(group, cell, base) if open_yet else 0.0
            n = len(group.values)
            more = max(1, int(needed) - n) if needed and isfinite(needed) else 0
            instead = _instead(group, base, known)
            found.append(TuningPays(group.name, variant, system, n, facts, one, more, instead))
    return found


def _instead(group: Group, base: Result, known: dict[Key, Comparison]) -> list[Comparison]:
    """What is compared with the same system on the first variant and is neither tuned nor a smaller variant of it."""
    found = []
    for one in group.standings:
        other = known.get((group.name, group.metric, one.result.cell, base.cell))
        if other is not None and one.result.variant in (base.variant, None):
            found.append(other)
    return sorted(found, key=lambda one: -one.difference)[:INSTEAD]
