"""Gains of items from clicks on them, by a model of how users look at rankings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from annotated_types import Ge, Le
from numpy.typing import NDArray

from itemvec.clicks import Cells, ClickLog, all_pairs, asked_anew, attraction, looked_at, regression_em, short
from itemvec.core.arrays import Doubles, Ints
from itemvec.core.errors import DatasetError
from itemvec.core.options import NaturalFloat
from itemvec.datasets.reading import note

SHOWN = 5  # positions whose propensities are said


@dataclass(frozen=True)
class ClickTraining:
    """How clicks become gains.

    Parameters
    ----------
    model
        ``all-pairs``: the position decides what is looked at, learnt from items that moved. ``em``: the same model,
        learnt with the attraction of every item; for logs that show each item often. ``cascade``: users read from the
        top to the first click; needs whole lists.
    clip
        Most that one click weighs, in clicks at the first position.
    least_looks
        How often an item must have been looked at, by the model, before its clicks are a gain.
    least_share
        Share of the best gain of a query below which a gain is 0: what is clicked now and then is not relevant yet.
    least_dwell
        Clicks from which the user came back in fewer seconds do not count.
    reformulated
        ``drop`` clicks after which the session asked the same in other words, or ``keep`` them.
    """

    model: Literal["all-pairs", "em", "cascade"] = "all-pairs"
    clip: Annotated[float, Ge(1)] = 10.0
    least_looks: NaturalFloat = 3.0
    least_share: Annotated[float, Ge(0), Le(1)] = 0.5
    least_dwell: NaturalFloat = 0.0
    reformulated: Literal["drop", "keep"] = "drop"


@dataclass(frozen=True)
class ClickGains:
    """Gains of pairs of query and item, arrays of shape (n_pairs,); ``said`` is how they came to be."""

    query: Ints
    item: Ints
    gain: Doubles
    said: str

    def where(self, kept: NDArray[np.bool_]) -> ClickGains:
        """Some of the pairs."""
        return replace(self, query=self.query[kept], item=self.item[kept], gain=self.gain[kept])


def click_gains(log: ClickLog, texts: Any, training: ClickTraining, where: Path) -> ClickGains:
    """Attraction of every item that was looked at often enough: 1 is a click at every look.

    Raises
    ------
    DatasetError
        Positions cannot be told from relevance.
    """
    cells, propensities, said = _bias(log, training, where)
    weak = short(log, training.least_dwell)
    if dropped := int(weak.sum()):
        note(
            "left out", where, f"the user came back in less than {training.least_dwell:g} s, which is no click", dropped
        )
    if training.reformulated == "drop":
        anew = asked_anew(log, texts) & ~weak
        if dropped := int(anew.sum()):
            note("left out", where, "the session then asked the same in other words, which is no click", dropped)
        weak |= anew
    if weak.any():
        counted = log.without(weak)
        cells = Cells.of(counted.where(looked_at(log)) if training.model == "cascade" else counted)
    gain, looks = attraction(cells, propensities, training.clip)
    enough = looks >= training.least_looks
    if rare := int((~enough).sum()):
        note(
            "left out",
            where,
            f"{rare:,} pairs of query and item were looked at less than {training.least_looks:g} times",
        )
    if not (gain[enough] > 0).any():
        raise DatasetError(
            f"{where}: no pair of query and item was looked at and clicked often enough; lower least_looks"
        )
    query, item, gain = cells.query[enough], cells.item[enough], gain[enough]
    best = np.zeros(int(query.max()) + 1)
    np.maximum.at(best, query, gain)
    little = (gain > 0) & (gain < training.least_share * best[query])
    if few := int(little.sum()):
        share = f"{training.least_share:g} of the best of their query"
        said_so = f"{few:,} pairs of query and item are clicked less than {share}, and count as not relevant"
        note("noticed", where, said_so)
    gain = np.where(little, 0.0, gain)
    return ClickGains(query, item, gain, f"from clicks, corrected for position; {said}")


def _bias(log: ClickLog, training: ClickTraining, where: Path) -> tuple[Cells, Doubles, str]:
    """What was counted, the propensity of each position, and both in words."""
    if training.model == "cascade":
        cells = Cells.of(log.where(looked_at(log)))
        return cells, np.ones(cells.n_positions), "users read to the first click"
    cells = Cells.of(log)
    try:
        propensities = all_pairs(cells) if training.model == "all-pairs" else regression_em(cells)[0]
    except DatasetError as error:
        raise DatasetError(f"{where}: {error.message.removeprefix('clicks: ')}") from None
    unknown = np.isnan(propensities) & (cells.per_position(cells.shown) > 0)
    if unknown.any():
        rows = int(cells.shown[unknown[cells.position - 1]].sum())
        note("left out", where, "the position shares no clicked item with the others", rows)
    known = np.flatnonzero(np.isfinite(propensities))
    shares = ", ".join(f"{propensities[one]:.2f} at {one + 1}" for one in known[1:SHOWN])
    return cells, propensities, f"looks for each at position {known[0] + 1}: {shares}"
