"""Whether the numbers of two states mean the same: data, catalogue, interactions, protocol."""

from __future__ import annotations

from typing import Any

from itemvec.core.errors import TableError
from itemvec.decision.revisions import Revision

HARMLESS = {"seeds", "metrics"}  # of a protocol: more of them change no value of the first metric, which is compared


def check_comparable(left: Revision, right: Revision) -> None:
    """Refuse two states that were measured by releases that write other decisions."""
    if left.decision["version"] != right.decision["version"]:
        raise TableError(
            f"{left.name} and {right.name} were decided by other releases of itemvec; run `dvc repro decide` in both"
        )


def incomparable(task: str, left: dict[str, Any], right: dict[str, Any]) -> str:
    """Why nothing of a task can be compared between two decisions; empty where it can."""
    if left["dataset"] != right["dataset"]:
        return f"other data: {left['dataset']} -> {right['dataset']}"
    if left["inputs"].get("items") != right["inputs"].get("items"):
        return "other data: the items changed"
    if task == "recommend" and left["inputs"].get("interactions") != right["inputs"].get("interactions"):
        return "other data: the interactions changed"
    ours, theirs = (one["tasks"].get(task) for one in (left, right))
    if not ours or not theirs:
        return ""
    before, after = ours["protocol"], theirs["protocol"]
    changes = [f"metric {ours['metric']} -> {theirs['metric']}"] if ours["metric"] != theirs["metric"] else []
    changes += [
        f"{task}.{name} {before.get(name)} -> {after.get(name)}"
        for name in sorted((before.keys() | after.keys()) - HARMLESS)
        if before.get(name) != after.get(name)
    ]
    return f"other protocol: {', '.join(changes)}" if changes else ""
