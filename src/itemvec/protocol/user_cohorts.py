"""Cohorts of test cases by popularity of the target and length of the history, to show cold-start quality."""

from __future__ import annotations

import numpy as np

from itemvec.protocol.cases import Cases
from itemvec.protocol.evaluation import Cohort
from itemvec.protocol.histories import Histories
from itemvec.protocol.terciles import cohorts_of, third

TARGETS = ("unseen", "rare", "middle", "popular")  # in training; thirds of the items that occur there
LENGTHS = ("short", "medium", "long")  # thirds of the cases


def cohorts(train: Histories, cases: Cases) -> dict[str, list[Cohort]]:
    """Cohorts by how often the target occurs in training (``target``), and by the length of the history (``history``).

    Terciles are cut between different values, so that equal ones stay together and a tercile may be empty.
    """
    counts = np.bincount(train.items, minlength=train.n_items)
    wanted = counts[cases.judgments.items[cases.judgments.offsets[:-1]]]
    thirds = np.where(wanted == 0, 0, 1 + third(counts[counts > 0], wanted))
    lengths = cases.histories.lengths
    return {
        "target": cohorts_of(TARGETS, thirds, wanted),
        "history": cohorts_of(LENGTHS, third(lengths, lengths), lengths),
    }
