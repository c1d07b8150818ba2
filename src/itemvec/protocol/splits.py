"""Kinds of splits of interactions into training, validation and test."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.arrays import Ints
from itemvec.core.columns import PART, PARTS, TIME
from itemvec.core.errors import ParamsError, TableError
from itemvec.core.options import Positive
from itemvec.core.params import Row
from itemvec.core.registry import Registry
from itemvec.core.time_units import dated, in_unit, unit_of
from itemvec.protocol.cases import Cases
from itemvec.protocol.histories import Histories
from itemvec.protocol.split_parts import SHOWN, TEST, TRAIN, VALIDATION, Split, Uses, divide

__all__ = ["SPLITS", "Cases", "Split", "Splitter", "split", "splitter"]


class Splitter(Protocol):
    """A kind of split: it assigns every interaction to one part."""

    def split(self, whole: Histories, interactions: Any) -> Split:
        """Split histories; ``interactions`` is the table they were made from, in the same order."""
        ...


Cut = int | float | str | dt.datetime | dt.date
FINEST = "ns"  # in which cuts are compared before the times are known

SPLITS: Registry[Splitter] = Registry("split")


@SPLITS.register("leave-one-out")
@dataclass(frozen=True)
class LeaveOneOut:
    """Test on every user's last interaction, validate on the one before, train on the rest.

    Users with fewer than three interactions are used for training only.

    Parameters
    ----------
    max_history
        How many of the latest interactions before the wanted one a case shows; by default all.
    users
        How many users at most are ranked for in validation, and as many in the test; by default all.
    """

    max_history: Positive | None = None
    users: Positive | None = None

    def split(self, whole: Histories, interactions: Any = None) -> Split:  # noqa: ARG002
        """Split by place in each history."""
        uses = np.full(len(whole.items), TRAIN, dtype=np.int8)
        ends = whole.offsets[1:][whole.lengths >= 3]
        uses[ends - 1], uses[ends - 2] = TEST, VALIDATION
        return divide(whole, uses, self.max_history, users=self.users)


@SPLITS.register("timestamp")
@dataclass(frozen=True)
class Timestamp:
    """One cut in time for all users: what comes before trains, what comes after is asked for.

    Parameters
    ----------
    validation_from
        Where validation begins: a share of all interactions in the order of time; a date, as ``2023-11-20`` or
        ``2023-11-20 12:00:00`` (UTC); or a whole number, of seconds, milliseconds, microseconds or nanoseconds since
        1970, which its size tells.
    test_from
        Where the test begins, given in the same way.
    targets
        ``each``: every interaction after a cut is a case, with all that its user did before, as in the benchmark of
        Amazon Reviews 2023. ``first``: only the first one of each user.
    max_history
        How many of the latest interactions before the wanted one a case shows; by default all.
    users
        How many users at most are ranked for in validation, and as many in the test; by default all.
    """

    validation_from: Cut = 0.8
    test_from: Cut = 0.9
    targets: Literal["each", "first"] = "each"
    max_history: Positive | None = None
    users: Positive | None = None

    def __post_init__(self) -> None:
        cuts = (self.validation_from, self.test_from)
        shares = [cut for cut in cuts if isinstance(cut, float)]
        times = [_time(cut, FINEST) for cut in cuts if not isinstance(cut, float)]
        if len(shares) == 1 or not all(0 < share < 1 for share in shares):
            raise ParamsError(
                f"split timestamp: cuts are {cuts}; give two shares between 0 and 1, or two times as dates or whole "
                "numbers"
            )
        if shares != sorted(shares) or times != sorted(times):
            raise ParamsError(f"split timestamp: validation starts at {cuts[0]}, after test at {cuts[1]}; swap them")

    def split(self, whole: Histories, interactions: Any) -> Split:
        """Split by time."""
        times = np.asarray(interactions[TIME])
        unit = unit_of(times)
        first, second = (
            _place(cut, times) if isinstance(cut, float) else _time(cut, unit)
            for cut in (self.validation_from, self.test_from)
        )
        uses = np.full(len(times), TRAIN, dtype=np.int8)
        uses[times >= first], uses[times >= second] = VALIDATION, TEST
        parts = divide(whole, uses, self.max_history, self.targets == "first", self.users)
        said = [dated(int(time), unit) for time in (first, second, *((times.min(), times.max()) if len(times) else ()))]
        told = f"cuts are {' and '.join(said[:2])}, times are from {' to '.join(said[2:])}"
        return replace(parts, cuts=(first, second), told=told)


def _place(share: float, times: Ints) -> int:
    """The time at which a share of all interactions has happened."""
    place = int(share * len(times))
    return int(np.partition(times, place)[place]) if len(times) else 0


def _time(cut: int | str | dt.date, unit: str | None) -> int:
    try:
        return in_unit(cut, unit)
    except ValueError as error:
        raise ParamsError(
            f"split timestamp: cut {cut!r}: {error}; write it as 2023-11-20 or 2023-11-20 12:00:00"
        ) from None


@SPLITS.register("given")
@dataclass(frozen=True)
class Given:
    """The split that the data set brings, in the column ``split`` of its interactions.

    Parameters
    ----------
    max_history
        How many of the latest interactions before the wanted one a case shows; by default all.
    users
        How many users at most are ranked for in validation, and as many in the test; by default all.
    """

    max_history: Positive | None = None
    users: Positive | None = None

    def split(self, whole: Histories, interactions: Any) -> Split:
        """Split as the column says.

        Raises
        ------
        TableError
            There is no such column, or a user's training interactions do not come before the user's targets.
        """
        if PART not in interactions.column_names:
            raise TableError(
                f"interactions: column {PART!r} is missing, so no split is given; set recommend.split to another kind"
            )
        uses = pc.index_in(interactions[PART], value_set=pa.array(PARTS)).fill_null(SHOWN).to_numpy().astype(np.int8)
        _check_order(whole, uses)
        return divide(whole, uses, self.max_history, users=self.users)


def _check_order(whole: Histories, uses: Uses) -> None:
    counted = np.flatnonzero(uses != SHOWN)
    rows, steps = whole.rows[counted], uses[counted]
    back = np.flatnonzero((rows[1:] == rows[:-1]) & (steps[1:] < steps[:-1]))
    if len(back):
        user = whole.users[int(rows[back[0]])].as_py()
        later, earlier = PARTS[steps[back[0] + 1]], PARTS[steps[back[0]]]
        raise TableError(
            f"interactions: {len(back):,} times a user's {later!r} comes after {earlier!r}, first for {user!r}; "
            "correct their times or their split below data/"
        )


def splitter(row: str | Row) -> Splitter:
    """Build the split of ``recommend.split``, which is a kind or a row with kind and options.

    Raises
    ------
    ParamsError
        There is no such kind or option.
    """
    named = {"kind": row} if isinstance(row, str) else row
    return SPLITS.build(str(named.get("kind")), named)


def split(row: str | Row, whole: Histories, interactions: Any = None) -> Split:
    """Split histories by the protocol that ``row`` describes."""
    return splitter(row).split(whole, interactions)
