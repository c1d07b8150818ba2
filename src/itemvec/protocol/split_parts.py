"""The parts of a split: training histories, validation and test cases, and an audit against leakage."""

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
from itemvec.protocol.histories import Histories

TRAIN, VALIDATION, TEST, SHOWN = range(len(PARTS))  # the use of an interaction
BLOCK = 1 << 16  # cases audited together


@dataclass(frozen=True)
class Cases:
    """Cases of next-item prediction: the history of each, and the item that came next.

    A user with several targets has several cases: ``histories.users`` names the user of each, ``judgments.ids`` are
    unique.
    """

    histories: Histories
    judgments: Judgments


@dataclass(frozen=True)
class Split:
    """Training histories, and the cases of validation and test.

    ``cuts``, if the split is by time, are the first timestamps of validation and of test.
    """

    train: Histories
    validation: Cases
    test: Cases
    cuts: tuple[int, int] | None = None

    def audit(self, whole: Histories, times: Ints | None = None) -> dict[str, int]:
        """Count the interactions of each part, and raise if a target leaks into its history or into training.

        Parameters
        ----------
        times
            Timestamps of the interactions of ``whole``, int64, to check a split by time.

        Raises
        ------
        ItemvecError
            A user-item pair occurs more often in all parts together than in the data, or in a case's history and target
            together than in the data, or in training than before the cut.
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
    """Make the parts of a split from the use of each interaction.

    A case predicts one interaction from all earlier interactions of its user, whatever their use.

    Parameters
    ----------
    uses
        ``TRAIN``, ``VALIDATION``, ``TEST`` or ``SHOWN``, int64 of shape (n_interactions,).
    max_history
        Longest history of a case; None for all earlier interactions.
    first
        Only the first interaction of a user in each part is a case.
    """
    lengths = np.bincount(whole.rows[uses == TRAIN], minlength=len(whole))
    users = whole.users.filter(pa.array(lengths > 0))
    train = Histories(users, whole.items[uses == TRAIN], _offsets(lengths[lengths > 0]), whole.n_items)
    validation, test = (_cases(whole, uses == use, max_history, first) for use in (VALIDATION, TEST))
    return Split(train, validation, test)


def _cases(whole: Histories, asked: NDArray[np.bool_], max_history: int | None, first: bool) -> Cases:
    """A case for each interaction in ``asked``, except those without any earlier interaction of the user."""
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
    histories = Histories(users, whole.items[shown], offsets, whole.n_items)
    judged = Judgments(_ids(users, rows), whole.items[ends], np.ones(len(ends)), np.arange(len(ends) + 1))
    return Cases(histories, judged)


def _ids(users: Ids, rows: Ints) -> Ids:
    """Id of each case: the user, with a number from the user's second case on."""
    numbers = np.arange(len(rows)) - np.searchsorted(rows, rows) + 1  # rows ascend
    if (numbers == 1).all():
        return users
    numbered = pc.binary_join_element_wise(users, pa.array(numbers).cast(pa.string()), " #")
    return pc.if_else(pa.array(numbers > 1), numbered, users)


def _offsets(lengths: Ints) -> Ints:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def _check_cases(cases: Cases, known: Ints, whole: Histories) -> None:
    """Check that history and target of a case together hold no pair more often than the data."""
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
    """Check that no pair is used more often than it occurs in ``known``, which need not be sorted."""
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
    """One number per interaction that encodes its user and item, int64."""
    user = pc.index_in(users, value_set=whole.users).to_numpy()[rows].astype(np.int64)
    pairs: Ints = user * whole.n_items + items
    return pairs
