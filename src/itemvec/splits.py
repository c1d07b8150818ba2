"""Which interactions train, which validate, which test, and proof that none does two of these."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from itemvec.arrays import Ids, Ints
from itemvec.errors import ItemvecError, ParamsError
from itemvec.histories import Histories
from itemvec.metrics import Judgments
from itemvec.registry import suggest


@dataclass(frozen=True)
class Cases:
    """Users to be asked for: what each did before, and what each did next."""

    histories: Histories
    judgments: Judgments


@dataclass(frozen=True)
class Split:
    """Training histories, and the cases of validation and test."""

    train: Histories
    validation: Cases
    test: Cases

    def audit(self, whole: Histories) -> dict[str, int]:
        """Count each part, and raise if anything that is asked for is known beforehand.

        Raises
        ------
        ItemvecError
            Some user-item pair occurs more often in the parts together than in the data, or in what a case shows of a
            user together with what it asks.
        """
        self._check_cases(whole)
        parts = [_pairs(self.train.users, self.train.rows, self.train.items, whole)]
        for cases in (self.validation, self.test):
            judged = cases.judgments
            rows = np.repeat(np.arange(len(judged)), np.diff(judged.offsets))
            parts.append(_pairs(judged.ids, rows, judged.items, whole))
        _check_uses(parts, whole, "training and in test")
        return dict(zip(("train", "validation", "test"), map(len, parts), strict=True))

    def _check_cases(self, whole: Histories) -> None:
        for cases in (self.validation, self.test):
            shown, judged = cases.histories, cases.judgments
            rows = np.repeat(np.arange(len(judged)), np.diff(judged.offsets))
            parts = [_pairs(shown.users, shown.rows, shown.items, whole), _pairs(judged.ids, rows, judged.items, whole)]
            _check_uses(parts, whole, "a history and in what is asked after it")


def _check_uses(parts: list[Ints], whole: Histories, where: str) -> None:
    used, counts = np.unique(np.concatenate(parts), return_counts=True)
    known, limits = np.unique(_pairs(whole.users, whole.rows, whole.items, whole), return_counts=True)
    place = np.searchsorted(known, used)  # every used pair is known, since the parts are made of the whole
    if leaked := int(np.count_nonzero(counts > limits[place])):
        raise ItemvecError(f"split: {leaked} user-item pairs are in {where}; this is a defect, report it")


def leave_one_out(whole: Histories) -> Split:
    """Test on every user's last interaction, validate on the one before, train on the rest.

    Users with fewer than three interactions train and are not asked for.
    """
    asked = whole.lengths >= 3
    chosen = whole.select(asked)
    last = np.ones(len(chosen), dtype=np.int64)
    return Split(
        train=whole.without_last(np.where(asked, 2, 0)),
        validation=Cases(chosen.without_last(2 * last), _step(chosen, 2)),
        test=Cases(chosen.without_last(last), _step(chosen, 1)),
    )


SPLITS: dict[str, Callable[[Histories], Split]] = {"leave-one-out": leave_one_out}


def split(name: str, whole: Histories) -> Split:
    """Split by the protocol ``name``.

    Raises
    ------
    ParamsError
        There is no such protocol.
    """
    if name not in SPLITS:
        raise ParamsError(f"recommend: unknown split {name!r}{suggest(name, SPLITS)}")
    return SPLITS[name](whole)


def _step(histories: Histories, from_end: int) -> Judgments:
    """One relevant item per user: the one ``from_end`` steps before the end."""
    items = histories.items[histories.offsets[1:] - from_end]
    return Judgments(histories.users, items, np.ones(len(items)), np.arange(len(items) + 1))


def _pairs(users: Ids, rows: Ints, items: Ints, whole: Histories) -> Ints:
    """One number per interaction that names its user and item, int64."""
    user = pc.index_in(users, value_set=whole.users).to_numpy()[rows].astype(np.int64)
    pairs: Ints = user * whole.n_items + items
    return pairs
