"""What a larger model would gain in place of tuning: the next larger one of those whose measures are at hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from itemvec.core.errors import TableError
from itemvec.decision.comparable import incomparable
from itemvec.decision.revisions import Revision
from itemvec.decision.tuning_text import UNITS, interval
from itemvec.decision.values import Values, common
from itemvec.metrics import compare_family

Read = Callable[[str, str, str], Values]  # from a task, a group and the key of a cell to the first metric by query


@dataclass(frozen=True)
class Candidate:
    """A model that could be used in place of a tuned one.

    how
        Why its measures are at hand: ``tried in NAME``, or ``its vectors are cached``.
    """

    model: str
    parameters: int
    how: str
    read: Read


def parameters_of(decision: dict[str, Any]) -> int:
    """Parameters of the encoder of a run; 0 where none are stated, as of LSA."""
    return int(decision.get("encoder", {}).get("parameters") or 0)


def tried(ours: Revision, states: list[Revision]) -> list[Candidate]:
    """The states that measured a larger model on the data, and by the protocol, of ``ours``."""
    found = []
    for one in states:
        larger = parameters_of(one.decision) > parameters_of(ours.decision)
        same = not any(incomparable(task, ours.decision, one.decision) for task in tuned_tasks(ours.decision))
        if larger and same:
            found.append(
                Candidate(one.decision["model"], parameters_of(one.decision), f"tried in {one.name}", _reader(one))
            )
    return found


def _reader(state: Revision) -> Read:
    def read(task: str, group: str, key: str) -> Values:
        if key not in state.decision["tasks"].get(task, {}).get("groups", {}).get(group, {}).get("cells", {}):
            raise TableError(f"{state.name}: did not measure {key}")
        return state.values(task, group, [key])

    return read


def tuned_tasks(decision: dict[str, Any]) -> list[str]:
    """Tasks in which something was tuned."""
    return [task for task, facts in decision["tasks"].items() if facts.get("tuning")]


def next_larger(ours: Revision, candidates: list[Candidate]) -> str:
    """A sentence on the smallest of the candidates that can be compared; empty where there is none.

    It is compared, query by query, in the cells that the tuned variants are compared with. The intervals hold for all
    these cells together.
    """
    for one in sorted(candidates, key=lambda found: found.parameters):
        try:
            gains = [said for task in tuned_tasks(ours.decision) for said in _gains(ours, one, task)]
        except TableError:  # its measures are elsewhere, or of other cells: the next one may have them
            continue
        if gains:
            size = f"{one.parameters / 1e6:,.1f} M parameters, {one.how}"
            return f"Instead of tuning, the next larger model, {one.model} ({size}): {'; '.join(gains)}."
    return ""


def _gains(ours: Revision, one: Candidate, task: str) -> list[str]:
    """The gain of a model in each cell and group of a task, in words."""
    facts, said = ours.decision["tasks"][task], []
    keys = list(dict.fromkeys(row["against"] for row in facts["tuning"]))
    for key in keys:
        for group in facts["groups"]:
            theirs, mine, _ = common(one.read(task, group, key), ours.values(task, group, [key]))
            if not len(mine):
                continue
            differences = theirs.independent(theirs.means - mine.means)
            spread = [theirs.seeds[0] + mine.seeds[0]]
            level = 0.05 / (len(keys) * len(facts["groups"]))
            family = compare_family(differences, spread, int(ours.decision["seed"]), level, theirs.bound)
            mean = float((theirs.means - mine.means).mean())
            found = {"difference": mean, "low": float(family.low[0]), "high": float(family.high[0])}
            where = f" in {group}" if len(facts["groups"]) > 1 else ""
            said.append(f"{key}{where}, {facts['metric']} {interval(found)} on {len(mine):,} {UNITS[task]}")
    return said
