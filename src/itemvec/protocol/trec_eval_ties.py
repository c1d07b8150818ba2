"""Ties as trec_eval breaks them: of equal scores, the item whose id sorts last comes first."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.arrays import Ids, Ints
from itemvec.core.top_k import NOTHING, Top


def id_places(items: Ids) -> Ints:
    """Place of each item when ids are sorted by their bytes, as C's ``strcmp`` does, int64 of shape (n_items,)."""
    order = pc.sort_indices(items.cast(pa.binary())).to_numpy().astype(np.int64)
    places = np.empty(len(order), dtype=np.int64)
    places[order] = np.arange(len(order))
    return places


def by_trec_eval(top: Top, places: Ints) -> Top:
    """Rankings as trec_eval sorts a run: by score, and equal scores by id, the last first.

    It sorts what is in the run; which of equal scores the run has at its end, it cannot change.

    Parameters
    ----------
    places
        Of the items, as ``id_places`` gives them.
    """
    filled = top.positions != NOTHING
    ids = np.where(filled, places[top.positions] if len(places) else NOTHING, NOTHING)
    order = np.lexsort((-ids, -top.scores, ~filled), axis=1)
    return Top(np.take_along_axis(top.positions, order, axis=1), np.take_along_axis(top.scores, order, axis=1))
