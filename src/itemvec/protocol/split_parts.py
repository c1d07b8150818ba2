"""The parts of a split: what trains, what is asked, and proof that no interaction does two of these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from itemvec.core.arrays import Doubles, Ids, Ints
from itemvec.core.columns import PARTS
from itemvec.core.errors import ItemvecError
from itemvec.metrics import Judgments
from itemvec.protocol.histories import Histories

TRAIN, VALIDATION, TEST, SHOWN = range(len(PARTS))  # the use of an interaction
BLOCK = 1 << 16  # cases audited at a time


@dataclass(frozen=True)
class Cases:
    """Users to be asked for: what each did before, and what each did next.

    A user with several targets is several cases: ``histories.users`` names the user of each, ``judgments.ids`` tells
    them apart.

    events
        Numbers that came with what each did next, float64 of shape (n_cases,) by name.
    """

    histories: Histories
    judgments: Judgments
    events: Mapping[str, Doubles] = field(default_factory=dict)


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
        known = _pairs(whole.users, whole.rows, whole.items, whole)
        for cases in (self.validation, self.test):
            _check_cases(cases, known, whole)
        parts = [_pairs(self.train.users, self.train.rows, self.train.items, whole)]
        parts += [_asked(cases, whole) for cases in (self.validation, self.test)]
        _check_uses(np.concatenate(parts), known, "training and in test")
        if self.cuts is not None and times is not None:
            for part, cut in zip(parts, self.cuts, strict=False):
                _check_uses(part, known[times < cut], f"a part that ends before {cut} and happened later")
        return dict(zip(PARTS, map(len, parts), strict=False))


def divide(whole: Histories, uses: Ints, max_history: int | None = None, first: bool = False) -> Split:
    """Make the parts from the use of each interaction.

    A case is one interaction to predict from all that its user did before, whatever the use of that.

    Parameters
    ----------
    uses
        ``TRAIN``, ``VALIDATION``, ``TEST`` or ``SHOWN``, int64 of shape (n_interactions,).
    max_history
        A case shows no more than this of what came before; None shows all.
    first
        Ask for the first interaction of a user in each part alone.
    """
    lengths = np.bincount(whole.rows[uses == TRAIN], minlength=len(whole))
    users = whole.users.filter(pa.array(lengths > 0))
    train = whole.taken(users, uses == TRAIN, _offsets(lengths[lengths > 0]))
    validation, test = (_cases(whole, uses == use, max_history, first) for use in (VALIDATION, TEST))
    return Split(train, validation, test)


def _cases(whole: Histories, asked: NDArray[np.bool_], max_history: int | None, first: bool) -> Cases:
    """A case for each interaction that is ``asked`` for; without anything before it there is nothing to go by."""
    starts = np.repeat(whole.offsets[:-1], whole.lengths)
    ends = np.flatnonzero(asked & (starts < np.arange(len(starts))))
    rows = whole.rows[ends]
    if first:
        rows, chosen = np.unique(rows, return_index=True)
        ends = ends[chosen]
    starts = starts[ends] if max_history is None else np.maximum(starts[ends], ends - max_history)
    offsets = _offsets(ends - starts)
    shown = np.arange(offsets[-1]) + np.repeat(starts - offsets[:-1], ends - starts)
    users = whole.users.take(pa.array(rows))
    histories = whole.taken(users, shown, offsets)
    judged = Judgments(_ids(users, rows), whole.items[ends], np.ones(len(ends)), np.arange(len(ends) + 1))
    return Cases(histories, judged, {name: values[ends] for name, values in whole.events.items()})


def _ids(users: Ids, rows: Ints) -> Ids:
    """The user of each case; from a user's second on, with its number."""
    numbers = np.arange(len(rows)) - np.searchsorted(rows, rows) + 1  # rows ascend
    if (numbers == 1).all():
        return users
    numbered = pc.binary_join_element_wise(users, pa.array(numbers).cast(pa.string()), " #")
    return pc.if_else(pa.array(numbers > 1), numbered, users)


def _offsets(lengths: Ints) -> Ints:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def _check_cases(cases: Cases, known: Ints, whole: Histories) -> None:
    """What a case shows and asks together its user did at least as often."""
    for start in range(0, len(cases.judgments), BLOCK):
        shown = cases.histories.slice(start, start + BLOCK)
        asked = cases.judgments.slice(start, start + BLOCK)
        rows = np.concatenate([shown.rows, np.repeat(np.arange(len(asked)), np.diff(asked.offsets))])
        items = np.concatenate([shown.items, asked.items])
        used, counts = np.unique(rows * whole.n_items + items, return_counts=True)
        pairs = _pairs(shown.users, used // whole.n_items, used % whole.n_items, whole)
        _check_counts(pairs, counts, known, "a history and in what is asked after it")


def _check_uses(used: Ints, known: Ints, where: str) -> None:
    _check_counts(*np.unique(used, return_counts=True), known, where)


def _check_counts(pairs: Ints, counts: Ints, known: Ints, where: str) -> None:
    """No pair is used more often than it is ``known``, which need not be sorted."""
    distinct, limits = np.unique(known, return_counts=True)
    place = np.searchsorted(distinct, pairs)
    found = np.concatenate([distinct, [-1]])[place] == pairs
    allowed = np.where(found, np.concatenate([limits, [0]])[place], 0)
    if leaked := int(np.count_nonzero(counts > allowed)):
        raise ItemvecError(f"split: {leaked} user-item pairs are in {where}; this is a defect, report it")


def _asked(cases: Cases, whole: Histories) -> Ints:
    rows = np.repeat(np.arange(len(cases.judgments)), np.diff(cases.judgments.offsets))
    return _pairs(cases.histories.users, rows, cases.judgments.items, whole)


def _pairs(users: Ids, rows: Ints, items: Ints, whole: Histories) -> Ints:
    """One number per interaction that names its user and item, int64."""
    user = pc.index_in(users, value_set=whole.users).to_numpy()[rows].astype(np.int64)
    pairs: Ints = user * whole.n_items + items
    return pairs
