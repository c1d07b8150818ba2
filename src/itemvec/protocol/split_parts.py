"""The parts of a split: what trains, what is asked, and proof that no interaction does two of these."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from itemvec.core.arrays import Ids, Ints
from itemvec.core.columns import PARTS
from itemvec.core.errors import ItemvecError
from itemvec.metrics import Judgments
from itemvec.protocol.cases import Cases
from itemvec.protocol.drawn_users import draw_rows
from itemvec.protocol.histories import Histories
from itemvec.protocol.leakage import refuse_leaks

TRAIN, VALIDATION, TEST, SHOWN = range(len(PARTS))  # the use of an interaction
Uses = NDArray[np.int8]


@dataclass(frozen=True)
class Split:
    """Training histories, and the cases of validation and test.

    ``cuts``, where the split is by time, are the first times of validation and of test; ``told`` says them, and from
    when to when the interactions are.
    """

    train: Histories
    validation: Cases
    test: Cases
    cuts: tuple[int, int] | None = None
    told: str = ""

    def check_filled(self, name: str) -> None:
        """Refuse a split of which a part is empty. Validation may be where it was not asked for.

        Parameters
        ----------
        name
            Of the split, for the message.

        Raises
        ------
        ItemvecError
            Nothing is left to train on, to test on, or to validate on between two cuts.
        """
        sizes = {"training": len(self.train), "test": len(self.test.judgments)}
        if self.cuts is not None and self.cuts[0] < self.cuts[1]:
            sizes["validation"] = len(self.validation.judgments)
        empty = [part for part, size in sizes.items() if not size]
        if empty:
            where = f"; {self.told}" if self.told else ""
            raise ItemvecError(
                f"recommend: split {name} leaves nothing for {' and '.join(empty)}{where}; change recommend.split, or "
                "give the data more interactions of each user"
            )

    def audit(self, whole: Histories, times: Ints | None = None) -> dict[str, int]:
        """Count each part, and raise if anything that is asked for is known beforehand.

        Parameters
        ----------
        times
            Of the interactions of ``whole``, int64; a split by time is checked against them.

        Raises
        ------
        ItemvecError
            Some user-item pair occurs more often in the parts together than in the data, or in what a case shows of a
            user together with what it asks, or in training than before the cut.
        """
        refuse_leaks(self.train, (self.validation, self.test), whole, times, self.cuts)
        sizes = (len(self.train.items), len(self.validation.judgments.items), len(self.test.judgments.items))
        return dict(zip(PARTS, sizes, strict=False))


def divide(
    whole: Histories, uses: Uses, max_history: int | None = None, first: bool = False, users: int | None = None
) -> Split:
    """Make the parts from the use of each interaction.

    A case is one interaction to predict from all that its user did before, whatever the use of that.

    Parameters
    ----------
    uses
        ``TRAIN``, ``VALIDATION``, ``TEST`` or ``SHOWN``, int8 of shape (n_interactions,).
    max_history
        A case shows no more than this of what came before; None shows all.
    first
        Ask for the first interaction of a user in each part alone.
    users
        Ask for no more than this number of users in each part; None asks for all.
    """
    places = np.flatnonzero(uses == TRAIN)
    offsets = np.searchsorted(places, whole.offsets)
    some = np.diff(offsets) > 0
    train = whole.taken(whole.users.filter(pa.array(some)), places, np.append(offsets[:-1][some], offsets[-1]))
    del places
    validation, test = (_cases(whole, uses == use, max_history, first, users) for use in (VALIDATION, TEST))
    return Split(train, validation, test)


def _cases(whole: Histories, asked: NDArray[np.bool_], max_history: int | None, first: bool, most: int | None) -> Cases:
    """A case for each interaction that is ``asked`` for; without anything before it there is nothing to go by."""
    asked[whole.offsets[:-1][whole.lengths > 0]] = False
    ends = np.flatnonzero(asked)
    rows = np.searchsorted(whole.offsets, ends, side="right") - 1
    if first:
        rows, chosen = np.unique(rows, return_index=True)
        ends = ends[chosen]
    kept, not_drawn = draw_rows(whole.users, rows, most)
    rows, ends = rows[kept], ends[kept]
    starts = whole.offsets[rows] if max_history is None else np.maximum(whole.offsets[rows], ends - max_history)
    offsets = _offsets(ends - starts)
    shown = np.arange(offsets[-1]) + np.repeat(starts - offsets[:-1], ends - starts)
    users = whole.users.take(pa.array(rows))
    histories = whole.taken(users, shown, offsets)
    judged = Judgments(_ids(users, rows), whole.items[ends], np.ones(len(ends)), np.arange(len(ends) + 1))
    return Cases(histories, judged, {name: values[ends] for name, values in whole.events.items()}, not_drawn)


def _ids(users: Ids, rows: Ints) -> Ids:
    """The user of each case; from a user's second on, with its number."""
    numbers = np.arange(len(rows)) - np.searchsorted(rows, rows) + 1  # rows ascend
    if (numbers == 1).all():
        return users
    numbered = pc.binary_join_element_wise(users, pa.array(numbers).cast(pa.string()), " #")
    return pc.if_else(pa.array(numbers > 1), numbered, users)


def _offsets(lengths: Ints) -> Ints:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
