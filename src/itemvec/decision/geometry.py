"""Whether models whose vectors lie in some way serve better: geometry against quality, over all that was tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from itemvec.decision.comparable import incomparable
from itemvec.decision.leaderboard import Column
from itemvec.decision.revisions import Revision
from itemvec.metrics.rank_correlation import LEAST, RankCorrelation, rank_correlation

ALIGNED = {"search": "queries", "recommend": "histories"}  # the pairs whose alignment concerns a task
QUANTITIES: dict[str, Callable[[dict[str, Any]], float]] = {
    "effective dimension (80 %)": lambda facts: facts["effective_dim"]["80%"],
    "its share of the width": lambda facts: facts["effective_dim"]["80%"] / facts["dim"],
    "participation ratio": lambda facts: facts["participation_ratio"],
    "IsoScore": lambda facts: facts["isoscore"],
    "mean cosine": lambda facts: facts["mean_cosine"],
    "uniformity": lambda facts: facts["uniformity"],
    "hubness (skewness)": lambda facts: facts["hubness"]["skewness"],
    "width": lambda facts: facts["dim"],
}


@dataclass(frozen=True)
class Point:
    """A model on one variant: the mean of one system, and how its vectors lie."""

    model: str
    variant: str
    mean: float
    values: dict[str, float]


@dataclass(frozen=True)
class Relation:
    """One quantity against the mean, in one group of queries; ``found`` is None where there are too few points."""

    quantity: str
    found: RankCorrelation | None


@dataclass(frozen=True)
class Geometry:
    """All points of one system in one group of queries, and what rises with its mean.

    Intervals hold with 95 % for all quantities together (Bonferroni), as if points were independent. Variants of one
    model are not quite, so they are a little too narrow.
    """

    title: str
    system: str
    metric: str
    points: list[Point]
    relations: list[Relation]

    @property
    def refused(self) -> str:
        """Why nothing is said; empty where something is."""
        n = len(self.points)
        return "" if n >= LEAST else f"{n} models and variants were tried, and at least {LEAST} are needed"


def geometry(states: list[Revision], columns: list[Column]) -> list[Geometry]:
    """Geometry against quality for the system of each column, over every model and variant of comparable states.

    A model on a variant counts once, in the first state that has it.
    """
    return [_one(states, column) for column in columns]


def _one(states: list[Revision], column: Column) -> Geometry:
    cells = states[0].decision["tasks"][column.task]["groups"][column.group]["cells"]
    system = cells[column.key]["cell"].split("/")[1]
    points: dict[tuple[str, int, str], Point] = {}
    for state in states:
        if incomparable(column.task, states[0].decision, state.decision):
            continue
        groups = state.decision["tasks"].get(column.task, {}).get("groups", {})
        for one in groups.get(column.group, {}).get("cells", {}).values():
            stage, name, *variant = one["cell"].split("/")
            key = (state.decision["model"], state.decision["dim"], "".join(variant))
            if not variant or name != system or stage == "rerank" or key in points:
                continue
            facts = state.file(f"results/analyze/{variant[0]}.json")
            if facts:
                points[key] = Point(key[0], key[2], one["mean"], measured(facts, column.task))
    found = list(points.values())
    return Geometry(column.title, system, column.metric, found, relations(found))


def measured(facts: dict[str, Any], task: str) -> dict[str, float]:
    """The quantities that the stage ``analyze`` measured, by name."""
    values = {name: float(of(facts)) for name, of in QUANTITIES.items()}
    aligned = facts.get("alignment", {}).get(ALIGNED[task])
    return values if aligned is None else values | {f"alignment of {ALIGNED[task]}": float(aligned)}


def relations(points: list[Point]) -> list[Relation]:
    """Every quantity that all points have against their means."""
    names = [name for name in (points[0].values if points else {}) if all(name in one.values for one in points)]
    means = np.array([one.mean for one in points])
    level = 0.05 / max(len(names), 1)
    return [
        Relation(name, rank_correlation(np.array([one.values[name] for one in points]), means, level)) for name in names
    ]
