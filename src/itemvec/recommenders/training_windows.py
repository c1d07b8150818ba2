"""Training windows: histories cut into pieces, so that one pass over a window trains every position in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from itemvec.core.arrays import Ints
from itemvec.core.top_k import NOTHING
from itemvec.protocol.histories import Histories


@dataclass(frozen=True)
class Windows:
    """Every step of every history once: window ``i`` predicts ``items[starts[i] : starts[i] + lengths[i]]``.

    Each of these items is predicted from the ones before it in the window, of which there are at most ``width``, and
    from the item just before ``starts[i]``.
    """

    items: Ints
    starts: Ints
    lengths: Ints

    @classmethod
    def cut(cls, histories: Histories, width: int, rng: np.random.Generator) -> Windows:
        """Cut histories at a random offset per user, so that windows begin elsewhere in every epoch."""
        phases = rng.integers(width, size=len(histories))
        index = np.arange(len(histories.items))
        step = index - np.repeat(histories.offsets[:-1], histories.lengths)  # place in its history
        predicted = step > 0
        chunk = (step - 1 + phases[histories.rows]) // width
        rows, chunk, index = histories.rows[predicted], chunk[predicted], index[predicted]
        first = np.ones(len(index), dtype=bool)
        first[1:] = (np.diff(rows) != 0) | (np.diff(chunk) != 0)
        begins = np.flatnonzero(first)
        return cls(histories.items, index[begins], np.diff(begins, append=len(index)))

    def batches(self, positions: int, rng: np.random.Generator) -> list[Ints]:
        """Batches of windows of similar length, about ``positions`` predictions each, in random order."""
        order = np.argsort(self.lengths + rng.random(len(self.lengths)))
        batch = np.cumsum(self.lengths[order]) // positions
        parts = np.split(order, np.flatnonzero(np.diff(batch)) + 1)
        return [parts[index] for index in rng.permutation(len(parts))]

    def gather(self, batch: Ints) -> tuple[Ints, Ints]:
        """Inputs and targets of some windows, int64 of shape (n, longest), padded with ``NOTHING``."""
        index = self.places(batch)
        inside = index >= 0
        return np.where(inside, self.items[index - 1], NOTHING), np.where(inside, self.items[index], NOTHING)

    def places(self, batch: Ints) -> Ints:
        """Which interactions the targets of some windows are, int64 of shape (n, longest), padded with ``NOTHING``."""
        column = np.arange(self.lengths[batch].max())
        inside = column < self.lengths[batch, None]
        return np.where(inside, self.starts[batch, None] + column, NOTHING)


class Batch(NamedTuple):
    """Some windows.

    inputs, targets
        Items, int64 of shape (n, longest), padded with ``NOTHING``.
    places
        Which interactions of the histories the targets are, of the same form.
    share
        Of the epoch that is done at the middle of the batch.
    """

    inputs: Ints
    targets: Ints
    places: Ints
    share: float


def epochs(histories: Histories, width: int, positions: int, rng: np.random.Generator) -> Iterator[Iterator[Batch]]:
    """Endless epochs of batches."""
    while True:
        windows = Windows.cut(histories, width, rng)
        batches = windows.batches(positions, rng)
        yield (
            Batch(*windows.gather(batch), windows.places(batch), (number + 0.5) / len(batches))
            for number, batch in enumerate(batches)
        )
