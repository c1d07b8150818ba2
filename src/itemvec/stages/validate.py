"""Validation of the prepared tables against their expectations, before anything is computed from them."""

from pathlib import Path
from typing import Any

import numpy as np

from itemvec.core.columns import GAIN, ITEM, PART, PARTS, QUERY, QUERY_PARTS, TIME, USER
from itemvec.core.errors import ExpectationError
from itemvec.core.files import read_parquet
from itemvec.stages.expectations import meet

KEYS = {"items": [ITEM], "interactions": [USER, ITEM, PART], "queries": [QUERY, PART], "qrels": [QUERY, ITEM]}
ENCODED = {"interactions": [USER, ITEM, PART]}  # of the table that may have the most rows


def validate(paths: dict[str, Path], suites: Path) -> dict[str, dict[str, int]]:
    """Check every table, and references between tables.

    Parameters
    ----------
    paths
        Parquet files of ``items``, ``interactions``, ``queries`` and ``qrels``.
    suites
        Folder of ``<table>.json``.

    Returns
    -------
    Numbers of rows and of expectations met, by table, and of ``tied`` interactions: those at the same time as another
    of their user.

    Raises
    ------
    ExpectationError
        Expectations are broken: one line for each, over all tables.
    """
    frames = {name: read_parquet(path, encoded=ENCODED.get(name)).to_pandas() for name, path in paths.items()}
    _refer(frames)
    if frames["interactions"].empty and frames["qrels"].empty:
        raise ExpectationError("interactions and qrels are both empty: there is nothing to measure; add one of them")
    met, broken = {}, []
    for name, frame in frames.items():
        try:
            keys = [key for key in KEYS[name] if key in frame]
            met[name] = {"rows": len(frame), "expectations": meet(frame, suites / f"{name}.json", keys, name)}
        except ExpectationError as error:
            broken.append(error.message)
    if broken:
        raise ExpectationError("\n".join(broken))
    met["interactions"]["tied"] = _tied(frames["interactions"])
    return met


def _tied(interactions: Any) -> int:
    """Rows with the user and time of a neighbour; rows are sorted by both, as ``prepare`` writes them."""
    users, times = interactions[USER].cat.codes.to_numpy(), interactions[TIME].to_numpy()
    same = (users[1:] == users[:-1]) & (times[1:] == times[:-1])
    return int(np.count_nonzero(np.append(same, False) | np.append(False, same)))


def _refer(frames: dict[str, Any]) -> None:
    """Add columns from other tables: whether item and query are known, and the number of relevant items."""
    items, queries, qrels = frames["items"][ITEM], frames["queries"], frames["qrels"]
    for name in ("interactions", "qrels"):
        frames[name]["item_is_known"] = frames[name][ITEM].isin(items)
    for name, known in (("interactions", PARTS), ("queries", QUERY_PARTS)):
        parts = frames[name].get(PART)  # most data sets have no such column
        frames[name]["split_is_known"] = True if parts is None else parts.isin(known)
    qrels["query_is_known"] = qrels[QUERY].isin(queries[QUERY])
    n_relevant = qrels[(qrels[GAIN] > 0) & qrels["item_is_known"]].groupby(QUERY).size()
    queries["n_relevant"] = queries[QUERY].map(n_relevant).fillna(0).astype(int)
