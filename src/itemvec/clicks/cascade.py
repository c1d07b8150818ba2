"""The cascade model: a user reads a list from the top and ends at the first click."""

from __future__ import annotations

import numpy as np

from itemvec.clicks.log import Bools, ClickLog, lists
from itemvec.core.errors import DatasetError


def looked_at(log: ClickLog) -> Bools:
    """Which rows a user saw, bool of shape (n,): those down to the first click of the list; all where it has none.

    By this model the attraction of an item is its clicks divided by the rows that were seen (Craswell et al. 2008). It
    needs no item at two positions, but whole lists, and it takes no second click.

    Raises
    ------
    DatasetError
        Most lists begin below position 1, or skip positions: what was not clicked is not in the log.
    """
    number = lists(log)
    rows = np.arange(len(log))
    first = np.full(number[-1] + 1 if len(log) else 0, len(log))
    np.minimum.at(first, number[log.clicked], rows[log.clicked])
    starts = np.searchsorted(number, np.arange(len(first)))
    whole = log.position == rows - starts[number] + 1
    broken = len(np.unique(number[~whole]))
    if broken > 0.5 * len(first):
        raise DatasetError(
            f"clicks: {broken:,} of {len(first):,} result lists lack positions, and the cascade model needs them "
            "whole, from the top down; log the items without a click too, or write `model: all-pairs`"
        )
    return np.asarray(rows <= first[number])
