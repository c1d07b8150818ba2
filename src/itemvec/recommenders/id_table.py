"""A table of bounded size that gives each id a row of its own, for embeddings of a catalogue that changes."""

from __future__ import annotations

import numpy as np

from itemvec.core.arrays import Ints

EMPTY, FREED = -1, -2  # of a row: never used; used before. Ids are not negative.
PROBES = 128  # rows that may hold an id, as max_probe of torchrec's multi-probe zero-collision hash
DEPTH, SPREAD, MOST = 3, 4, 255  # of the counts before admission: hashes, counters a row, largest count


class IdTable:
    """A map from ids to rows in which no two ids share a row, by linear probing.

    An id is admitted at its ``admit``-th occurrence, and leaves by ``expire``: the filter and the expiry of Monolith
    (arXiv 2209.07663), which stores ids in a cuckoo table. Probing is that of torchrec's MPZCH. An id whose probed rows
    are all taken gets none. Occurrences before admission are counted in a sketch of fixed size, which may count too
    many and so admit early, and never late.

    Parameters
    ----------
    n_rows
        Rows; 16 bytes each, and 12 for the counts where ``admit`` is above 1.
    admit
        Occurrences that admit an id, up to 255.
    """

    def __init__(self, n_rows: int, admit: int = 1) -> None:
        self.ids = np.full(n_rows, EMPTY, dtype=np.int64)
        self.seen = np.zeros(n_rows, dtype=np.int64)
        self.admitted_at = admit
        self.counts = np.zeros((DEPTH, SPREAD * n_rows if admit > 1 else 0), dtype=np.uint8)

    def find(self, ids: Ints) -> Ints:
        """Row of each id, int64 of shape (n,), or ``EMPTY``."""
        found = np.full(len(ids), EMPTY, dtype=np.int64)
        left, first = np.arange(len(ids)), hashed(ids, len(self.ids))
        for step in range(min(PROBES, len(self.ids))):
            rows = (first[left] + step) % len(self.ids)
            held = self.ids[rows]
            same = held == ids[left]
            found[left[same]] = rows[same]
            left = left[~same & (held != EMPTY)]  # past a row that was never used no id can lie
            if not len(left):
                break
        return found

    def add(self, ids: Ints, now: int) -> Ints:
        """See ``ids``, int64 of shape (n,), at the time ``now``; their rows, or ``EMPTY`` where one has none (yet)."""
        known, place, times = np.unique(ids, return_inverse=True, return_counts=True)
        rows = self.find(known)
        new = np.flatnonzero(rows == EMPTY)
        if self.admitted_at > 1:
            new = new[self._count(known[new], times[new]) >= self.admitted_at]
        rows[new] = self._put(known[new])
        self.seen[rows[rows != EMPTY]] = now
        return rows[place]

    def expire(self, before: int) -> Ints:
        """Free the rows whose ids were not seen since ``before``; their numbers, so that vectors can be reset."""
        freed = np.flatnonzero((self.ids >= 0) & (self.seen < before))
        self.ids[freed] = FREED
        return freed

    def _put(self, ids: Ints) -> Ints:
        """Give each of distinct new ids the first free row that it probes."""
        found = np.full(len(ids), EMPTY, dtype=np.int64)
        left, first = np.arange(len(ids)), hashed(ids, len(self.ids))
        for step in range(min(PROBES, len(self.ids))):
            rows = (first[left] + step) % len(self.ids)
            free = np.flatnonzero(self.ids[rows] < 0)
            taken, chosen = np.unique(rows[free], return_index=True)  # of two ids at one row, one goes on
            chosen = free[chosen]
            self.ids[taken] = ids[left[chosen]]
            found[left[chosen]] = taken
            left = np.delete(left, chosen)
            if not len(left):
                break
        return found

    def _count(self, ids: Ints, times: Ints) -> Ints:
        """How often each of distinct ids occurred so far, at most 255: a count-min sketch, conservatively updated."""
        cells = [hashed(ids, self.counts.shape[1], salt + 1) for salt in range(DEPTH)]
        before = np.min([self.counts[depth, cell] for depth, cell in enumerate(cells)], axis=0)
        counted: Ints = np.minimum(before.astype(np.int64) + times, MOST)
        for depth, cell in enumerate(cells):
            np.maximum.at(self.counts[depth], cell, counted.astype(np.uint8))
        return counted


def hashed(ids: Ints, n: int, salt: int = 0) -> Ints:
    """A number from 0 to n - 1 for each id, int64: splitmix64 (Steele, Lea and Flood, 2014), modulo n."""
    with np.errstate(over="ignore"):
        mixed = ids.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15) * np.uint64(salt + 1)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
    return (mixed % np.uint64(n)).astype(np.int64)
