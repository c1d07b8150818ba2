"""Histories put together again from files that have a row for each prefix of them."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.arrays import Ints
from itemvec.core.columns import ITEM, PART, PARTS, TIME, USER
from itemvec.core.errors import DatasetError
from itemvec.datasets.reading import note


def histories_of(parts: dict[str, Any], where: Path) -> Any:
    """One row per interaction, with its place in the history of its user as its time, and its part.

    A row says what came before (a user's latest items, cut at some length) and what came next. So a history is the
    first row's prefix and then the target of every row. That prefix was trained on where its row was, and else only
    shown. Lengths of the rows of the test alone would count too few: of Amazon's Scientific they give 59,384, since the
    prefixes of three users are cut at 50 items, and all rows together the 59,427 that are published.

    Parameters
    ----------
    parts
        By part, a table of three columns of strings: user, prefix (ids and spaces), target. Rows of a user are in the
        order of time or, as many files have them, in the reverse; the same in all files.

    Raises
    ------
    DatasetError
        A row's prefix does not end with the target of the row before it.
    """
    rows = pa.concat_tables([_forward(table).append_column(PART, _all(part, table)) for part, table in parts.items()])
    rows = rows.rename_columns([USER, "prefix", ITEM, PART]).combine_chunks()
    users = rows[USER].combine_chunks().dictionary_encode().indices.to_numpy()
    order = np.argsort(users, kind="stable")  # within a user: by part, then as in its file
    rows, users = rows.take(pa.array(order)), users[order]
    first = np.concatenate([[True], users[1:] != users[:-1]]) if len(users) else np.zeros(0, dtype=bool)
    _check(rows, first, where)
    heads = rows.filter(pa.array(first))
    shown = pc.split_pattern(heads["prefix"].combine_chunks(), " ")
    lengths = pc.list_value_length(shown).to_numpy().astype(np.int64)
    parents = pa.array(np.repeat(np.arange(len(heads)), lengths))
    parts_shown = pc.if_else(pc.equal(heads[PART], PARTS[0]), PARTS[0], PARTS[3])
    columns = [heads[USER].take(parents), pc.list_flatten(shown), parts_shown.take(parents)]
    before = pa.table([*columns, pa.array(_places(lengths))], [USER, ITEM, PART, TIME])
    sizes = np.diff(np.append(np.flatnonzero(first), len(users)))
    places = _places(sizes) + np.repeat(lengths, sizes)
    after = rows.select([USER, ITEM, PART]).append_column(TIME, pa.array(places))
    whole = pa.concat_tables([before, after])
    whole = whole.filter(pc.not_equal(whole[ITEM], ""))  # an empty prefix
    told = f"{len(rows):,} rows, each an item and what came before it, are {len(whole):,} interactions"
    note("noticed", where, f"{told} of {len(heads):,} users")
    return whole


def _forward(table: Any) -> Any:
    """The rows from old to new: where prefixes mostly shrink from a user's row to the next, they are turned round."""
    users, prefixes = table.columns[0].combine_chunks(), table.columns[1]
    same = pc.equal(users[1:], users[:-1]).to_numpy(zero_copy_only=False)
    growth = np.diff(pc.count_substring(prefixes, " ").to_numpy())
    return table.take(pa.array(np.arange(len(table))[::-1])) if np.sign(growth[same]).sum() < 0 else table


def _check(rows: Any, first: Any, where: Path) -> None:
    latest = pc.replace_substring_regex(rows["prefix"], "^.* ", "").combine_chunks()
    follows = pc.equal(latest[1:], rows[ITEM].combine_chunks()[:-1]).to_numpy(zero_copy_only=False)
    if (torn := np.flatnonzero(~follows & ~first[1:])).size:
        user = rows[USER][int(torn[0]) + 1].as_py()
        raise DatasetError(
            f"{where}: in {len(torn):,} rows the item_id_list does not end with the item_id of the row before, first "
            f"for user {user!r}; put in all rows, oldest first or newest first"
        )


def _places(lengths: Ints) -> Ints:
    """0, 1, ... anew for each length, int64."""
    places: Ints = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return places


def _all(part: str, table: Any) -> Any:
    return pa.repeat(pa.scalar(part), len(table))
