"""Validation of the prepared tables against their expectations, before anything is computed from them."""

from pathlib import Path
from typing import Any

from itemvec.core.columns import GAIN, ITEM, PART, PARTS, QUERY, QUERY_PARTS, TIME, USER
from itemvec.core.errors import ExpectationError
from itemvec.core.files import read_parquet
from itemvec.stages.expectations import meet

KEYS = {"items": [ITEM], "interactions": [USER, ITEM, PART], "queries": [QUERY, PART], "qrels": [QUERY, ITEM]}


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
    frames = {name: read_parquet(path).to_pandas() for name, path in paths.items()}
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
    met["interactions"]["tied"] = int(frames["interactions"].duplicated([USER, TIME], keep=False).sum())
    return met


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
