"""Proof that no interaction does two things in a split: it is not trained on and asked for, nor shown and asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pyarrow.compute as pc

from itemvec.core.arrays import Ids, Ints
from itemvec.core.errors import ItemvecError
from itemvec.protocol.cases import Cases
from itemvec.protocol.histories import Histories

USERS = 1 << 16  # looked at at a time, since pairs of different users are never the same
CASES = 1 << 16  # of these users, looked at at a time


def refuse_leaks(
    train: Histories,
    cases: tuple[Cases, Cases],
    whole: Histories,
    times: Ints | None = None,
    cuts: tuple[int, int] | None = None,
) -> None:
    """Raise if a user-item pair is used more often than the data has it; ``Split.audit`` says where that is looked for.

    Parameters
    ----------
    train, cases
        The training histories, and the cases of validation and test; users come in the order of ``whole``.
    times, cuts
        Of a split by time: when the interactions of ``whole`` were, int64, and from when validation and test are.
    """
    places = [_places(one, whole.users) for one in (train.users, *(case.histories.users for case in cases))]
    found: Counter[str] = Counter()
    for start in range(0, len(whole), USERS):
        block = whole.slice(start, min(start + USERS, len(whole)))
        known = np.sort(block.rows * whole.n_items + block.items)
        spans = [np.searchsorted(some, [start, start + len(block)]).tolist() for some in places]
        uses = [_trained(train, places[0] - start, *spans[0])]
        for one, rows, span in zip(cases, places[1:], spans[1:], strict=True):
            for pairs, counts in _shown_and_asked(one, rows - start, *span):
                found["a history and in what is asked after it"] += _more_often(pairs, counts, known)
            uses.append(_asked(one, rows - start, *span))
        found["training and in test"] += _more_often(*_counted(np.concatenate(uses)), known)
        if cuts is not None and times is not None:
            when = times[whole.offsets[start] : whole.offsets[start + len(block)]]
            for part, cut in zip(uses, cuts, strict=False):
                early = np.sort((block.rows * whole.n_items + block.items)[when < cut])
                late = _more_often(*_counted(part), early)
                found[f"a part that ends before {cut} and happened later"] += late
    for where, leaked in found.items():
        if leaked:
            raise ItemvecError(f"split: {leaked} user-item pairs are in {where}; this is a defect, report it")


def _places(users: Ids, among: Ids) -> Ints:
    """Row of each user, int64; they ascend."""
    found: Ints = pc.index_in(users, value_set=among).to_numpy().astype(np.int64)
    return found


def _trained(train: Histories, rows: Ints, first: int, last: int) -> Ints:
    """One number for each interaction of some users that names user and item; ``rows`` are the users' numbers."""
    some = train.slice(first, last)
    pairs: Ints = rows[first:last][some.rows] * train.n_items + some.items
    return pairs


def _asked(cases: Cases, rows: Ints, first: int, last: int) -> Ints:
    """The same for what some cases ask for."""
    some = cases.judgments.slice(first, last)
    whose = np.repeat(rows[first : first + len(some)], np.diff(some.offsets))
    pairs: Ints = whose * cases.histories.n_items + some.items
    return pairs


def _shown_and_asked(cases: Cases, rows: Ints, first: int, last: int) -> Iterator[tuple[Ints, Ints]]:
    """The pairs that a case shows or asks for, and how often it does; those of some cases at a time."""
    n_items = cases.histories.n_items
    for start in range(first, last, CASES):
        shown = cases.histories.slice(start, min(start + CASES, last))
        asked = cases.judgments.slice(start, min(start + CASES, last))
        case = np.concatenate([shown.rows, np.repeat(np.arange(len(asked)), np.diff(asked.offsets))])
        used, counts = _counted(case * n_items + np.concatenate([shown.items, asked.items]))
        yield rows[start + used // n_items] * n_items + used % n_items, counts


def _counted(pairs: Ints) -> tuple[Ints, Ints]:
    return np.unique(pairs, return_counts=True)


def _more_often(pairs: Ints, counts: Ints, known: Ints) -> int:
    """How many of the pairs are used more often than they are among those ``known``, which ascend."""
    allowed = np.searchsorted(known, pairs, side="right") - np.searchsorted(known, pairs)
    return int(np.count_nonzero(counts > allowed))
