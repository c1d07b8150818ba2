"""Which system on which vectors to use: the rule, and the sentence it ends in."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from scipy.special import ndtri  # scipy.stats takes a second to import

from itemvec.decision.results import TITLES, Result, Results
from itemvec.decision.standings import Group, Standing
from itemvec.metrics import LEVEL, units_needed

NAMED = 4  # candidates that a sentence names


@dataclass(frozen=True)
class Verdict:
    """What to use for one task.

    choice
        The cell to use; None where it is undecided.
    left
        Cells that no group of queries shows to be worse than its best, the cheapest first.
    more
        About how many more queries would decide, by group; empty where the choice is made, or none would.
    sentence
        The verdict, to be pasted into a message.
    """

    task: str
    choice: Result | None
    left: list[Result]
    more: dict[str, int]
    sentence: str

    @property
    def words(self) -> str:
        """The choice, or how many are left to choose from: short, since DVC shows two of them in a row."""
        if self.choice is not None:
            return self.choice.key
        return f"undecided ({len(self.left)})" if self.left else "undecided (none)"


def decide(results: Results, task: str, groups: list[Group], tolerance: float) -> Verdict:
    """Apply the rule to the groups of queries of one task.

    1. Of each group, the cells that are not shown worse than the best (multiple comparisons with the best, Hsu 1984).
    2. Left are those that are among the best of every group.
    3. Of these, those shown in every group to lose less than ``tolerance`` against the best; a single one left needs
       no such proof.
    4. The cheapest of them: bytes of an item's vector, then dimensions, then the order of the rows in params.yaml.
    """
    by_group = [{one.result.key: one for one in group.standings} for group in groups]
    cells = [one.result for one in groups[0].standings]
    among = [one for one in cells if all(found[one.key].among_best for found in by_group)]
    left = sorted(among, key=lambda one: cost(results, one))
    shown = [one for one in left if len(left) == 1 or all(found[one.key].kept for found in by_group)]
    choice = shown[0] if shown else None
    more = {} if choice or not left else _more(left, groups, tolerance)
    sentence = _sentence(results, task, groups, choice, left, more, tolerance)
    return Verdict(task, choice, left, more, sentence)


def cost(results: Results, one: Result) -> tuple[int, int, int]:
    """What a cell costs to serve: bytes of an item's vector, dimensions, and its place among the rows of params.yaml.

    Systems without vectors come first; rerankers, which run after another system, last.
    """
    params = results.params
    order = [*params.baselines, *params.recommenders, *params.retrievers, *params.rerankers]
    place = order.index(one.system)
    if one.stage == "rerank":
        return (max((facts["bytes_per_item"] for facts in results.variants.values()), default=0), 1 << 30, place)
    facts = results.variants[one.variant] if one.variant else {"bytes_per_item": 0, "dim": 0}
    return int(facts["bytes_per_item"]), int(facts["dim"]), place


def _more(left: list[Result], groups: list[Group], tolerance: float) -> dict[str, int]:
    """More queries of each group that would tell the cheapest cell from the best, or show that it loses little.

    With a chance of 80 %, at the spread and the difference of the sample; 0 where no number of them would.
    """
    found = {}
    for group in groups:
        keys = [one.result.key for one in group.standings]
        ours, best = keys.index(left[0].key), keys.index(group.best.result.key)
        if group.standings[ours].kept or ours == best:
            continue
        values = group.values.independent(group.values.means)
        seeds = group.values.seeds[ours] + group.values.seeds[best]
        bound, critical = group.values.bound, float(-ndtri(LEVEL / max(1, len(keys) - 1)))
        differs = units_that_decide(group, left[0], group.best.result)
        keeps = values[:, ours] - (1 - tolerance) * values[:, best]
        needed = min(differs, units_needed(keeps, critical, seeds, bound=bound, one_sided=True))
        found[group.name] = max(1, int(needed) - len(values)) if isfinite(needed) else 0
    return found


def units_that_decide(group: Group, one: Result, other: Result) -> float:
    """How many queries in all would show a difference of two cells, at the spread and the difference of the sample."""
    keys = [found.result.key for found in group.standings]
    ours, theirs = keys.index(one.key), keys.index(other.key)
    values = group.values.independent(group.values.means)
    seeds = group.values.seeds[ours] + group.values.seeds[theirs]
    critical = float(-ndtri(LEVEL / max(1, len(keys) - 1)))
    return units_needed(values[:, ours] - values[:, theirs], critical, seeds, bound=group.values.bound)


def _sentence(
    results: Results,
    task: str,
    groups: list[Group],
    choice: Result | None,
    left: list[Result],
    more: dict[str, int],
    tolerance: float,
) -> str:
    metric, title = groups[0].metric, TITLES[task]
    if choice is not None:
        means = "; ".join(f"{_in(groups, group)}{metric} {_of(group, choice)}" for group in groups)
        among = f"not shown worse than the best of {len(groups[0].standings)}"
        kept = (
            f"it is the only one {among}" if len(left) == 1 else f"shown to lose less than {tolerance:.0%} to the best"
        )
        return f"{title}: use {choice.key} ({size(results, choice)}): {kept}; {means}."
    if not left:
        best = "; ".join(f"{group.name}: {group.best.result.key} {group.best.mean:.4f}" for group in groups)
        return f"{title}: undecided: no system is among the best in every group of queries; highest {metric}: {best}."
    names = ", ".join(one.key for one in left[:NAMED]) + (f" and {len(left) - NAMED} more" if len(left) > NAMED else "")
    if len(left) == 1:
        names = left[0].key
    needed = " and ".join(f"{n:,} more {_unit(task)}{_where(groups, name)}" for name, n in more.items() if n)
    decided = f"about {needed} would decide at this spread; " if needed else ""
    return (
        f"{title}: undecided between {names}: none of them is shown worse than the best, and none to lose less than "
        f"{tolerance:.0%}; {decided}until then {left[0].key}, the cheapest ({size(results, left[0])})."
    )


def _in(groups: list[Group], group: Group) -> str:
    return f"{group.name}: " if len(groups) > 1 else ""


def _where(groups: list[Group], name: str) -> str:
    return f" ({name})" if len(groups) > 1 else ""


def _unit(task: str) -> str:
    return "users" if task == "recommend" else "judged queries"


def _of(group: Group, cell: Result) -> str:
    found = next(one for one in group.standings if one.result.key == cell.key)
    best: Standing = group.best
    against = "the highest" if best.result.key == cell.key else f"highest {best.mean:.4f} by {best.result.key}"
    return f"{found.mean:.4f} ({against})"


def size(results: Results, one: Result) -> str:
    """Bytes that an index keeps of an item."""
    if one.stage == "rerank":
        return "a reranker"
    if one.variant is None:
        return "no vectors"
    return f"{results.variants[one.variant]['bytes_per_item']:,} bytes an item"
