"""Users by what is known of them and of what they want next: the cold are where texts must help."""

from __future__ import annotations

import numpy as np

from itemvec.arrays import Ints
from itemvec.evaluation import Cohort
from itemvec.histories import Histories
from itemvec.parts import Cases

TARGETS = ("unseen", "rare", "middle", "popular")  # in training; thirds of the items that occur there
LENGTHS = ("short", "medium", "long")  # thirds of the cases


def cohorts(train: Histories, cases: Cases) -> dict[str, list[Cohort]]:
    """Cases by how often their target occurs in training (``target``), and by what they show (``history``).

    Thirds are cut between different values, so that equal ones stay together and a third may be empty.
    """
    counts = np.bincount(train.items, minlength=train.n_items)
    wanted = counts[cases.judgments.items[cases.judgments.offsets[:-1]]]
    thirds = np.where(wanted == 0, 0, 1 + _third(counts[counts > 0], wanted))
    lengths = cases.histories.lengths
    return {
        "target": _cohorts(TARGETS, thirds, wanted),
        "history": _cohorts(LENGTHS, _third(lengths, lengths), lengths),
    }


def _third(among: Ints, values: Ints) -> Ints:
    """The third of ``among``, 0 to 2, into which each value falls."""
    bounds = np.quantile(among, [1 / 3, 2 / 3]) if len(among) else np.zeros(2)
    return np.searchsorted(bounds, values).astype(np.int64)


def _cohorts(names: tuple[str, ...], numbers: Ints, values: Ints) -> list[Cohort]:
    found = []
    for number, name in enumerate(names):
        chosen = numbers == number
        inside = values[chosen] if chosen.any() else np.zeros(1, dtype=np.int64)
        found.append(Cohort(name, int(inside.min()), int(inside.max()), chosen))
    return found
