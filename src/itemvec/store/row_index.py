"""An index from keys to row ids, for many millions of keys."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from itemvec.core.arrays import Ints

Halves = NDArray[np.uint64]


class Run(NamedTuple):
    """Keys sorted by their first half, equal halves in order of arrival; 24 bytes a key."""

    first: Halves
    rest: Halves
    rows: Ints


class KeyIndex:
    """Maps 16-byte keys to rows. A key that was added twice is found at the row added first.

    Keys lie in a few sorted runs, each more than twice as long as the next. Adding sorts the new keys and merges runs
    of similar size, so that n keys cost O(n log n) in total, however few are added at a time.
    """

    def __init__(self) -> None:
        self._runs: tuple[Run, ...] = ()

    def __len__(self) -> int:
        return sum(len(run.rows) for run in self._runs)

    def add(self, keys: Any, rows: Ints) -> None:
        """Add ``keys``, an Arrow array of 16-byte binaries of shape (n,), at ``rows`` of shape (n,).

        Another thread may look up keys meanwhile: it sees all of the new ones or none.
        """
        first, rest = halves(keys)
        runs = [*self._runs, _sorted(first, rest, rows)]
        while len(runs) > 1 and len(runs[-2].rows) <= 2 * len(runs[-1].rows):
            new, old = runs.pop(), runs.pop()
            runs.append(_sorted(*(np.concatenate(pair) for pair in zip(old, new, strict=True))))
        self._runs = tuple(runs)

    def forget(self, rows: Ints) -> None:
        """Remove the entries of ``rows``; a key that was added twice is then found at its other row."""
        left = [(run, ~np.isin(run.rows, rows)) for run in self._runs]
        self._runs = tuple(Run(run.first[keep], run.rest[keep], run.rows[keep]) for run, keep in left if keep.any())

    def find(self, keys: Any) -> Ints:
        """Rows of ``keys``, an Arrow array of 16-byte binaries of shape (n,); -1 where there is none."""
        first, rest = halves(keys)
        order = np.argsort(first)  # a binary search for ascending values stays in the processor's cache
        found = np.full(len(first), -1, dtype=np.int64)
        for run in self._runs:  # the older first
            order = order[found[order] < 0]
            found[order] = _find(run, first[order], rest[order])
        return found


def halves(keys: Any) -> tuple[Halves, Halves]:
    """First and last eight bytes of an Arrow array of 16-byte binaries, without a copy; each of shape (n,)."""
    if not len(keys):
        return np.empty(0, np.uint64), np.empty(0, np.uint64)
    both = np.frombuffer(keys.buffers()[1], dtype=np.uint64).reshape(-1, 2)[keys.offset : keys.offset + len(keys)]
    return both[:, 0], both[:, 1]


def _sorted(first: Halves, rest: Halves, rows: Ints) -> Run:
    order = np.argsort(first, kind="stable")  # two runs that are sorted are merged in one pass
    return Run(first[order], rest[order], rows[order])


def _find(run: Run, first: Halves, rest: Halves) -> Ints:
    """Rows of keys whose first halves ascend; -1 where there is none."""
    found = np.full(len(first), -1, dtype=np.int64)
    at = np.searchsorted(run.first, first)
    open_ = np.arange(len(first))  # keys that may still be met further on
    while len(open_):
        open_ = open_[at[open_] < len(run.first)]
        open_ = open_[run.first[at[open_]] == first[open_]]
        same = run.rest[at[open_]] == rest[open_]
        found[open_[same]] = run.rows[at[open_[same]]]
        open_ = open_[~same]  # another key with the same first half
        at[open_] += 1
    return found
