"""Reasons for recommendations, as columns of a run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from itemvec.core.arrays import Ids
from itemvec.core.columns import BEHIND, PERSONA
from itemvec.core.top_k import NOTHING, Top
from itemvec.protocol.histories import Histories
from itemvec.recommenders.base import Explains

USERS = 1024  # explained at a time


def explained(score: Explains, histories: Histories, top: Top, items: Ids) -> Any:
    """Persona and items of the history behind every rank that holds an item: an Arrow table of two columns.

    Parameters
    ----------
    top
        What was ranked for ``histories``, in their order.
    items
        Ids of the catalogue.
    """
    starts = range(0, max(len(histories), 1), USERS)
    parts = [
        score.reasons(histories.slice(start, min(start + USERS, len(histories))), top.positions[start : start + USERS])
        for start in starts
    ]
    filled = top.positions != NOTHING
    persona = np.concatenate([one.persona for one in parts])[filled] + 1  # counted from 1 for people
    behind = np.concatenate([one.behind for one in parts])[filled]
    known = behind != NOTHING
    offsets = np.concatenate([[0], np.cumsum(known.sum(axis=1))]).astype(np.int32)
    names = pa.DictionaryArray.from_arrays(pa.array(behind[known].astype(np.int32)), items).cast(pa.string())
    return pa.table({PERSONA: pa.array(persona.astype(np.int32)), BEHIND: pa.ListArray.from_arrays(offsets, names)})


def with_reasons(run: Any, reasons: list[Any]) -> Any:
    """The run with the columns of reasons, one table for each seed in the order of the run."""
    whole = pa.concat_tables(reasons)
    for name in whole.column_names:
        run = run.append_column(name, whole[name])
    return run
