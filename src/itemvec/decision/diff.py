"""What changed between two states of the repository: every cell that both measured, paired query by query."""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np

from itemvec.decision.change import Change, Diff, Mark
from itemvec.decision.comparable import check_comparable, incomparable
from itemvec.decision.revisions import Revision
from itemvec.decision.values import Values, common
from itemvec.metrics import LEVEL, compare_family

NOTHING: dict[str, Any] = {"groups": {}, "metric": None}  # of a task without data


def diff(left: Revision, right: Revision, seed: int, means: bool = False) -> Diff:
    """Compare the cells of two states, by system and variant.

    A family is one group of queries: intervals and p hold for all its cells together.

    Parameters
    ----------
    means
        Take the means that the decisions name, without pairs and tests: values per query are not read.
    """
    check_comparable(left, right)
    found = Diff(left, right, float(right.decision["tolerance"]), [])
    for task in _union(left.decision["tasks"], right.decision["tasks"]):
        ours, theirs = (one.decision["tasks"].get(task, NOTHING) for one in (left, right))
        reason = incomparable(task, left.decision, right.decision)
        for group in _union(ours["groups"], theirs["groups"]):
            before, after = (one["groups"].get(group, {"cells": {}})["cells"] for one in (ours, theirs))
            shared = [key for key in before if key in after]
            found.changes.extend(_alone(task, group, before, after))
            if reason or means:
                mark: Mark = "x" if reason else "?"
                found.changes.extend(
                    Change(task, group, key, mark, before[key]["mean"], after[key]["mean"], reason=reason)
                    for key in shared
                )
            elif shared:
                found.changes.extend(_compare(found, task, group, shared, before, after, seed))
    return found


def _union(left: dict[str, Any], right: dict[str, Any]) -> list[str]:
    return list(dict.fromkeys([*left, *right]))


def _alone(task: str, group: str, before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    gone = [Change(task, group, key, "gone", before=one["mean"]) for key, one in before.items() if key not in after]
    new = [Change(task, group, key, "new", after=one["mean"]) for key, one in after.items() if key not in before]
    return gone + new


def _compare(
    found: Diff,
    task: str,
    group: str,
    keys: list[str],
    before: dict[str, Any],
    after: dict[str, Any],
    seed: int,
) -> list[Change]:
    """Changes of the cells ``keys`` of one group; says in ``found`` what was paired and what was left out."""
    ours, theirs = (one.values(task, group, keys) for one in (found.left, found.right))
    left, right, rejudged = common(ours, theirs)
    place = Change(task, group, "", "=").place
    unit = found.right.decision["tasks"][task]["unit"]
    if not len(left):
        reason = "other judgments: of every query" if rejudged else f"other queries: no {unit} in common"
        return [Change(task, group, key, "x", before[key]["mean"], after[key]["mean"], reason=reason) for key in keys]
    if rejudged:
        found.remarks.append((place, f"{rejudged:,} {unit} with other judgments were left out"))
    if len(left) + rejudged < max(len(ours), len(theirs)):
        found.remarks.append(
            (place, f"paired on {len(left):,} {unit}; before there were {len(ours):,}, after {len(theirs):,}")
        )
    found.queries[place] = len(left)
    return changes_of(task, group, keys, left, right, found.tolerance, seed)


def changes_of(
    task: str, group: str, keys: list[str], left: Values, right: Values, tolerance: float, seed: int
) -> list[Change]:
    """Compare cells on the same queries; those whose values are the same to the bit belong to no family."""
    moved = [
        column
        for column, (ours, theirs) in enumerate(zip(left.by_seed, right.by_seed, strict=True))
        if not np.array_equal(ours, theirs)
    ]
    tested: dict[int, tuple[float, float, float]] = {}
    if moved:
        seeds = [left.seeds[column] + right.seeds[column] for column in moved]
        family = compare_family(left.independent((right.means - left.means)[:, moved]), seeds, seed, bound=left.bound)
        tested = {
            column: (float(family.low[place]), float(family.high[place]), float(family.p[place]))
            for place, column in enumerate(moved)
        }
    changes = []
    for column, key in enumerate(keys):
        before, after = float(left.means[:, column].mean()), float(right.means[:, column].mean())
        low, high, p = tested.get(column, (0.0, 0.0, 1.0))
        mark: Mark = "~"
        if p < LEVEL:
            mark = "better" if after > before else "worse"
        elif column not in tested or -tolerance * before < low <= high < tolerance * before:
            mark = "="
        known = isfinite(low) and isfinite(high)  # a single query has no interval
        changes.append(
            Change(task, group, key, mark, before, after, low if known else None, high if known else None, p)
        )
    return changes
