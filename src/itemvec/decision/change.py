"""What a comparison of two states of the repository says: one change per cell, and all of them together."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from itemvec.decision.revisions import Revision

Mark = Literal["better", "worse", "~", "=", "?", "x", "new", "gone"]

WORDS: dict[Mark, str] = {
    "worse": "worse",
    "better": "better",
    "=": "shown equal within {tolerance:.0%} (=)",
    "~": "without a significant difference (~)",
    "?": "without a test (?)",
    "x": "not comparable (x)",
    "new": "new",
    "gone": "gone",
}
TESTED: tuple[Mark, ...] = ("better", "worse", "=", "~")


@dataclass(frozen=True)
class Change:
    """One cell in one group of queries, before and after.

    mark
        ``better`` or ``worse``: the difference is shown. ``=``: shown to be less than the tolerance. ``~``: neither, no
        significant difference. ``?``: means alone, for lack of values per query. ``x``: not comparable, for the
        ``reason``. ``new`` and ``gone``: measured once only.
    before, after
        Means over the queries that both measured; None where one did not measure it.
    low, high
        Simultaneous 95 % interval of the difference over all cells of the group; None where it was not tested.
    p
        Of the difference, adjusted for the cells of the group, from the same distribution.
    """

    task: str
    group: str
    key: str
    mark: Mark
    before: float | None = None
    after: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    reason: str = ""

    @property
    def difference(self) -> float | None:
        """After less before; None where one is missing."""
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def place(self) -> str:
        """Task, and the group of queries where a task has several."""
        return self.task if self.group == "users" else f"{self.task}, {self.group}"


@dataclass(frozen=True)
class Diff:
    """All changes from ``left`` to ``right``.

    queries
        How many were paired, by place.
    remarks
        What was left out of the pairing: place, and words.
    """

    left: Revision
    right: Revision
    tolerance: float
    changes: list[Change]
    queries: dict[str, int] = field(default_factory=dict)
    remarks: list[tuple[str, str]] = field(default_factory=list)

    def marked(self, *marks: Mark) -> list[Change]:
        """The changes with one of these marks, the largest first."""
        return sorted((one for one in self.changes if one.mark in marks), key=lambda one: -abs(one.difference or 0))

    @property
    def lost(self) -> list[Change]:
        """Shown losses of more than the tolerance."""
        return [one for one in self.marked("worse") if (one.high or 0) < -self.tolerance * (one.before or 0)]

    @property
    def reasons(self) -> list[tuple[str, str]]:
        """Why cells are not comparable: place, and words, each once."""
        return list(dict.fromkeys((one.place, one.reason) for one in self.changes if one.reason))

    @property
    def metrics(self) -> str:
        """Those that the changes are of."""
        tasks = [facts for one in (self.left, self.right) for facts in one.decision["tasks"].values()]
        return " and ".join(dict.fromkeys(str(facts["metric"]) for facts in tasks))

    @property
    def counts(self) -> str:
        """How many cells were compared, and with which outcome."""
        of = {mark: len(self.marked(mark)) for mark in WORDS}
        said = [
            f"{number} {WORDS[mark].format(tolerance=self.tolerance)}"
            for mark, number in of.items()
            if number or mark in TESTED
        ]
        lost = f" Shown to lose more than {self.tolerance:.0%}: {len(self.lost)}." * bool(of["worse"])
        return f"{sum(of[mark] for mark in TESTED)} compared: {', '.join(said)}.{lost}"

    def as_data(self) -> dict[str, Any]:
        """For programs; what is lost comes as task, group and key."""
        return {
            "dataset": self.right.decision["dataset"],
            "left": self.left.label,
            "right": self.right.label,
            "tolerance": self.tolerance,
            "queries": self.queries,
            "lost": [{"task": one.task, "group": one.group, "key": one.key} for one in self.lost],
            "remarks": [f"{place}: {words}" for place, words in self.remarks],
            "changes": [asdict(one) | {"difference": one.difference} for one in self.changes],
        }
