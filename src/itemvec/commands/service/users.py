"""Histories of users by id, from a file of interactions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from itemvec.commands.service.requests import RefusedError
from itemvec.commands.service.settings import LONGEST_HISTORY
from itemvec.core.columns import ITEM, TIME, USER
from itemvec.core.errors import TableError
from itemvec.core.files import read_parquet


class Users:
    """Items of each user, oldest first.

    Parameters
    ----------
    path
        Parquet file with the columns ``user_id``, ``item_id`` and ``timestamp``; None where no user is known.

    Raises
    ------
    TableError
        It cannot be read, or lacks a column.
    """

    def __init__(self, path: Path | None) -> None:
        self._rows: dict[str, tuple[int, int]] = {}
        self._items: Any = None
        if path is None:
            return
        table = read_parquet(path)
        lacking = {USER, ITEM, TIME} - set(table.column_names)
        if lacking:
            raise TableError(f"{path}: column {min(lacking)!r} is missing; give a file as artifacts/tables has")
        table = table.sort_by([(USER, "ascending"), (TIME, "ascending")])
        names = np.asarray(table[USER].to_pylist(), dtype=object)
        starts = np.flatnonzero(np.r_[True, names[1:] != names[:-1]]) if len(names) else np.empty(0, np.int64)
        ends = np.r_[starts[1:], len(names)]
        self._rows = {names[start]: (int(start), int(end)) for start, end in zip(starts, ends, strict=True)}
        self._items = table[ITEM].combine_chunks()

    def history(self, user: str) -> list[str]:
        """The latest items of a user.

        Raises
        ------
        RefusedError
            There is no such user.
        """
        if self._items is None:
            raise RefusedError(422, "no users are known here; start with --interactions FILE, or ask with history")
        if user not in self._rows:
            raise RefusedError(404, f"user {user[:40]!r} is not in the interactions")
        start, end = self._rows[user]
        found: list[str] = self._items[max(start, end - LONGEST_HISTORY) : end].to_pylist()
        return found
