"""Would tuning pay: variants that were learnt from judged queries, against the first variant, on queries unseen."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Any

from itemvec.decision.comparisons import Comparison, Key
from itemvec.decision.results import Results
from itemvec.decision.standings import Group
from itemvec.decision.verdict import units_that_decide

SAYS = {"better": "pays", "worse": "harms", "no significant difference": "not shown to pay"}


@dataclass(frozen=True)
class TuningPays:
    """One system on a tuned variant less the same system on the first variant, in one group of queries.

    learnt
        How many queries were learnt from.
    left_out
        How many more were not, because the test asks them too.
    changed
        Whether anything was changed: queries held out may have said that nothing helps.
    more
        About how many more queries would decide, at this spread and difference; 0 where it is decided, or none would.
    """

    group: str
    variant: str
    system: str
    queries: int
    learnt: int
    left_out: int
    changed: bool
    comparison: Comparison
    more: int

    @property
    def words(self) -> str:
        """``pays``, ``harms``, ``not shown to pay``, or ``changed nothing``."""
        return SAYS[self.comparison.verdict] if self.changed else "changed nothing"

    def as_data(self) -> dict[str, Any]:
        """For ``decision.json``."""
        one = self.comparison
        named = {"group": self.group, "variant": self.variant, "system": self.system, "against": one.right.key}
        numbers = {"difference": one.difference, "low": one.low, "high": one.high, "p": one.p}
        return {
            **named,
            "queries": self.queries,
            "learnt": self.learnt,
            "left_out": self.left_out,
            **numbers,
            "words": self.words,
            "more": self.more,
        }


def tuning_pays(results: Results, groups: list[Group], known: dict[Key, Comparison]) -> list[TuningPays]:
    """Each system on each tuned variant, in each group of queries of search.

    Parameters
    ----------
    known
        What the verdict and the report compare, so that one comparison has one verdict.
    """
    found = []
    first = results.params.variants[0]
    tuned = {name: facts["tuned"] for name, facts in results.variants.items() if "tuned" in facts}
    for group in groups:
        cells = {(one.result.system, one.result.variant): one.result for one in group.standings}
        for (system, variant), cell in cells.items():
            if variant not in tuned or variant == first:
                continue
            facts, base = tuned[variant], cells[system, first]
            changed = facts["after"] > facts["before"]
            one = known[group.name, group.metric, cell.cell, base.cell]
            open_yet = changed and one.verdict not in ("better", "worse")
            needed = units_that_decide(group, cell, base) if open_yet else 0.0
            n = len(group.values)
            more = max(1, int(needed) - n) if needed and isfinite(needed) else 0
            learnt = facts["queries"], facts.get("left_out", 0)
            found.append(TuningPays(group.name, variant, system, n, *learnt, changed, one, more))
    return found


def tuning_sentence(metric: str, one: dict[str, Any], grouped: bool) -> str:
    """What is said of one tuned variant, to be pasted into a message."""
    where = f"{one['group']}: " if grouped else ""
    left_out = f" ({one['left_out']:,} more, which the test asks too, were left out)" if one["left_out"] else ""
    name = f"{where}tuning {one['system']} by {one['variant']}, on {one['learnt']:,} judged queries{left_out},"
    if one["words"] == "changed nothing":
        return f"{name} changed nothing: no setting helped queries that were held out."
    interval = f"{one['difference']:+.4f} [{one['low']:+.3f}, {one['high']:+.3f}]"
    more = f"; about {one['more']:,} more judged queries would decide" if one["more"] else ""
    return f"{name} {one['words']}: {metric} {interval} on {one['queries']:,} queries it never saw{more}."
