"""Examples of texts for the training of a model, in batches in which no answer is wrong for another query."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itemvec.core.arrays import Ints
from itemvec.tuners.asked import Asked

OPEN = 8  # batches that an example may still go into


@dataclass(frozen=True)
class Examples:
    """Queries with one relevant item and some negatives each.

    rows
        Of the queries, int64 of shape (n,).
    positives
        Positions of items, int64 of shape (n,).
    negatives
        Likewise, int64 of shape (n, k).
    """

    rows: Ints
    positives: Ints
    negatives: Ints

    def __len__(self) -> int:
        return len(self.rows)


def examples(asked: Asked, mined: Ints, each: int, n_items: int, rng: np.random.Generator) -> Examples:
    """``each`` relevant items of every query, the likelier the higher their gain; missing negatives are any items."""
    rows = np.repeat(np.arange(len(asked)), each)
    positives = np.stack([asked.drawn(rng) for _ in range(each)], axis=1).ravel()
    negatives = mined[rows].copy()
    for place in np.argwhere(negatives < 0):
        drawn = int(rng.integers(n_items))
        while drawn in asked.of(int(rows[place[0]])):
            drawn = int(rng.integers(n_items))
        negatives[tuple(place)] = drawn
    return Examples(rows, positives, negatives)


def batches(asked: Asked, found: Examples, size: int, rng: np.random.Generator) -> list[list[int]]:
    """Batches of at most ``size`` examples.

    No query is in a batch twice, and no item of a batch, answer or negative, is relevant to another query of it: all
    items of a batch are negatives of all its other queries.
    """
    done: list[list[int]] = []
    # Of each batch that is not full: its examples, their queries, all that is relevant to these, and its items.
    filling: list[tuple[list[int], set[int], set[int], set[int]]] = []
    for number in rng.permutation(len(found)).tolist():
        row, items = int(found.rows[number]), {int(found.positives[number]), *found.negatives[number].tolist()}
        relevant = set(asked.of(row).tolist())
        fits = (one for one in filling if row not in one[1] and not items & one[2] and not relevant & one[3])
        place = next(fits, None)
        if place is None:
            place = ([], set(), set(), set())
            filling.append(place)
        place[0].append(number)
        place[1].add(row)
        place[2].update(relevant)
        place[3].update(items)
        full = [one for one in filling if len(one[0]) == size]
        done += [one[0] for one in full]
        filling = [one for one in filling if len(one[0]) < size]
        if len(filling) > OPEN:
            done.append(filling.pop(0)[0])
    return done + [one[0] for one in filling]
