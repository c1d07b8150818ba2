"""What changed between two states of the repository: every cell that both measured, paired query by query."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from itemvec.core.errors import TableError
from itemvec.decision.revisions import Revision
from itemvec.decision.values import Values, common
from itemvec.metrics import LEVEL, compare_family

Mark = Literal["better", "worse", "~", "=", "x", "new", "gone"]


@dataclass(frozen=True)
class Change:
    """One cell in one group of queries, before and after.

    mark
        ``better`` or ``worse``: the difference is shown. ``=``: shown to be less than the tolerance. ``~``: neither, no
        significant difference. ``x``: not comparable, for the ``reason``. ``new`` and ``gone``: measured once only.
    before, after
        Means over the queries that both measured; None where one did not measure it.
    low, high
        Simultaneous 95 % interval of the difference over all cells of the group.
    p
        Of the difference, adjusted for the cells of the group, from the same distribution.
    """

    task: str
    group: str
    key: str
    mark: Mark
    before: float | None = None
    after: float | None = None
    low: float = 0.0
    high: float = 0.0
    p: float = 1.0
    reason: str = ""

    @property
    def difference(self) -> float:
        """After less before."""
        return (self.after or 0.0) - (self.before or 0.0)


@dataclass(frozen=True)
class Diff:
    """All changes from ``left`` to ``right``; ``notes`` say what was left out of the pairing."""

    left: Revision
    right: Revision
    tolerance: float
    changes: list[Change]
    queries: dict[tuple[str, str], int]
    notes: list[str] = field(default_factory=list)

    def marked(self, *marks: Mark) -> list[Change]:
        """The changes with one of these marks, the largest first."""
        return sorted((one for one in self.changes if one.mark in marks), key=lambda one: -abs(one.difference))

    @property
    def lost(self) -> list[Change]:
        """Shown losses of more than the tolerance."""
        return [one for one in self.marked("worse") if one.high < -self.tolerance * (one.before or 0.0)]


def diff(left: Revision, right: Revision, seed: int) -> Diff:
    """Compare the cells of two states, by system and variant.

    A family is one group of queries: intervals and p hold for all its cells together.
    """
    tolerance = float(right.decision["tolerance"])
    found = Diff(left, right, tolerance, [], {})
    tasks = [*left.decision["tasks"], *(one for one in right.decision["tasks"] if one not in left.decision["tasks"])]
    for task in tasks:
        ours, theirs = (one.decision["tasks"].get(task, {"groups": {}, "metric": None}) for one in (left, right))
        reason = _incomparable(task, left.decision, right.decision)
        groups = [*ours["groups"], *(one for one in theirs["groups"] if one not in ours["groups"])]
        for group in groups:
            before, after = (one["groups"].get(group, {"cells": {}})["cells"] for one in (ours, theirs))
            shared = [key for key in before if key in after]
            found.changes.extend(_alone(task, group, before, after))
            if reason:
                found.changes.extend(Change(task, group, key, "x", reason=reason) for key in shared)
            elif shared:
                _compare(found, task, group, shared, before, after, ours["metric"], seed)
    return found


def _alone(task: str, group: str, before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    gone = [Change(task, group, key, "gone", before=one["mean"]) for key, one in before.items() if key not in after]
    new = [Change(task, group, key, "new", after=one["mean"]) for key, one in after.items() if key not in before]
    return gone + new


def _incomparable(task: str, left: dict[str, Any], right: dict[str, Any]) -> str:
    """Why nothing of a task can be compared; empty where it can."""
    if left["dataset"] != right["dataset"]:
        return f"other data: {left['dataset']} and {right['dataset']}"
    for name, words in (("items", "another catalogue"), ("interactions", "other interactions")):
        if left["inputs"].get(name) != right["inputs"].get(name) and (name == "items" or task == "recommend"):
            return words
    ours, theirs = (one["tasks"].get(task, {}).get("protocol") for one in (left, right))
    if ours and theirs and ours != theirs:
        changed = sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))
        return f"measured otherwise: {task}.{', '.join(changed)}"
    return ""


def _compare(
    found: Diff,
    task: str,
    group: str,
    keys: list[str],
    before: dict[str, Any],
    after: dict[str, Any],
    metric: str,
    seed: int,
) -> None:
    """Add the changes of the cells ``keys`` of one group."""
    ours, theirs = (
        one.measures.of([cells[key]["cell"] for key in keys], group, [metric] * len(keys))
        for one, cells in ((found.left, before), (found.right, after))
    )
    left, right, rejudged = common(ours, theirs)
    where = f"{task}, {group}"
    if rejudged:
        found.notes.append(f"{where}: {rejudged:,} queries with other judgments were left out")
    if len(left) < max(len(ours), len(theirs)) - rejudged:
        found.notes.append(
            f"{where}: paired on the {len(left):,} queries that both have, of {len(ours):,} and {len(theirs):,}"
        )
    if not len(left):
        found.changes.extend(
            Change(task, group, key, "x", reason="no query in common with equal judgments") for key in keys
        )
        return
    found.queries[task, group] = len(left)
    found.changes.extend(changes_of(task, group, keys, left, right, found.tolerance, seed))


def changes_of(
    task: str, group: str, keys: list[str], left: Values, right: Values, tolerance: float, seed: int
) -> list[Change]:
    """What changed in the cells ``keys`` of one group, given the same queries before and after, as one family."""
    differences = right.means - left.means
    seeds = [one + other for one, other in zip(left.seeds, right.seeds, strict=True)]
    family = compare_family(left.independent(differences), seeds, seed, bound=left.bound)
    changes = []
    for column, key in enumerate(keys):
        mean, other = float(left.means[:, column].mean()), float(right.means[:, column].mean())
        low, high, p = (float(part[column]) for part in (family.low, family.high, family.p))
        mark: Mark = "~"
        if p < LEVEL:
            mark = "better" if other > mean else "worse"
        elif (low > -tolerance * mean and high < tolerance * mean) or not np.any(differences[:, column]):
            mark = "="
        changes.append(Change(task, group, key, mark, mean, other, low, high, p))
    return changes


def check_comparable(left: Revision, right: Revision) -> None:
    """Refuse two states that were measured by releases that write other decisions."""
    if left.decision["version"] != right.decision["version"]:
        raise TableError(
            f"{left.name} and {right.name} were decided by other releases of itemvec; run `dvc repro decide` in both"
        )
