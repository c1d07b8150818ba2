"""Data in RecBole's atomic files (https://recbole.io/docs/user_guide/data/atomic_files.html)."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.columns import ITEM, PART, TEXT, TIME, USER
from itemvec.core.errors import DatasetError, ParamsError
from itemvec.core.options import Positive
from itemvec.datasets.base import DATASETS, Tables, as_tables
from itemvec.datasets.column_names import missing
from itemvec.datasets.delimited import Form, read_delimited
from itemvec.datasets.history_prefixes import histories_of
from itemvec.datasets.item_text import joined
from itemvec.datasets.k_core import k_core
from itemvec.datasets.known_items import with_known_items
from itemvec.datasets.raw_tables import read_columns
from itemvec.datasets.times import times_of_files

FILES = {"train": "train", "validation": "valid", "test": "test"}  # part -> word in the name of its file
PREFIX = "item_id_list"
ATOMIC = Form("\t", quotes="none", typed=True)
MOST = 0.5  # share of interactions with unknown items, from which files do not belong together


@DATASETS.register("recbole")
@dataclass(frozen=True)
class RecBole:
    """RecBole's atomic files, with or without a split.

    Interactions are ``<name>.inter``, or a split as ``<name>.{train,valid,test}.inter``; texts are ``<name>.item`` or
    ``<name>.text``. Files of a split hold interactions, or a row for each prefix of a history, with an
    ``item_id_list``. Where there are ``<name>.item2index`` and ``<name>.user2index``, interactions name the indices.
    Without a timestamp, interactions are in the order of the file. Left out, and counted, are items without a text and
    interactions with items that are not there, as long as these are less than half.

    Parameters
    ----------
    text
        Columns that make the text of an item, joined with ". " where several are not empty.
    name
        Name that the files begin with; by default that of the only ``.inter`` files in the folder.
    min_interactions
        Leave out users and items with fewer interactions, until all that are left have that many.
    """

    text: list[str] = field(default_factory=lambda: [TEXT])
    name: str | None = None
    min_interactions: Positive = 1

    def __post_init__(self) -> None:
        if not self.text:
            raise ParamsError("dataset recbole: text names no column; name at least one")

    def load(self, root: Path) -> Tables:
        """Read the files below ``root``."""
        name = self.name or _only_name(root)
        interactions = _interactions(root, name)
        for key, kind in ((USER, "user"), (ITEM, "item")):
            interactions = _with_names(interactions, key, root / f"{name}.{kind}2index")
        item, text = root / f"{name}.item", root / f"{name}.text"
        items = _read(text if text.exists() and not item.exists() else item, [ITEM, *self.text])
        items = pa.table({ITEM: items[ITEM], TEXT: joined([items[column] for column in self.text])})
        items, interactions = with_known_items(items, interactions, root, MOST)
        return k_core(as_tables(root, items, interactions), self.min_interactions)


def _only_name(root: Path) -> str:
    names = set()
    for path in root.glob("*.inter"):
        head, _, word = path.stem.rpartition(".")
        names.add(head if word in FILES.values() and head else path.stem)
    if len(names) != 1:
        found = ", ".join(sorted(names)) or "none"
        raise DatasetError(f"{root}: expected .inter files of one name, found {found}; say which in the option 'name'")
    return names.pop()


def _interactions(root: Path, name: str) -> Any:
    whole = root / f"{name}.inter"
    paths = {part: root / f"{name}.{word}.inter" for part, word in FILES.items()}
    divided = [path for path in paths.values() if path.exists()]
    if whole.exists() and divided:
        raise DatasetError(f"{whole} and {divided[0].name} both exist; keep the whole or its parts")
    if not divided:
        return _in_order({whole: _rows(whole)})
    if PREFIX in read_delimited(paths["train"], [PREFIX], ATOMIC)[0].column_names:
        return histories_of({part: _read(path, [USER, PREFIX, ITEM]) for part, path in paths.items()}, root / name)
    tables = {path: _rows(path) for path in paths.values()}
    parts = pa.concat_arrays([_all(part, len(table)) for part, table in zip(paths, tables.values(), strict=True)])
    return _in_order(tables).append_column(PART, parts)


def _rows(path: Path) -> Any:
    """User, item, and time where there is one, as strings."""
    table, others = read_delimited(path, [USER, ITEM, TIME], ATOMIC)
    for name in (USER, ITEM):
        if name not in table.column_names:
            raise missing(path, name, others)
    return table


def _in_order(tables: dict[Path, Any]) -> Any:
    """The rows of all files, their times as whole numbers; without times in the order of the rows."""
    timed = [TIME in table.column_names for table in tables.values()]
    if any(timed) and not all(timed):
        raise DatasetError(f"{list(tables)[timed.index(False)]}: has no field 'timestamp', as the other files have")
    whole = pa.concat_tables([table.select([USER, ITEM]) for table in tables.values()])
    if not all(timed):
        return whole.append_column(TIME, pa.array(range(len(whole))))
    found = times_of_files([(table[TIME], path) for path, table in tables.items()])
    return whole.append_column(TIME, pa.concat_arrays(found))


def _with_names(rows: Any, key: str, path: Path) -> Any:
    """Ids instead of the indices that a map, lines of id and index, gives them; as they are where there is no map."""
    if not path.exists():
        return rows
    names = ("id", "index")
    known = read_columns(path, names, Form("\t", quotes="none", names=names))
    places = pc.index_in(rows[key], value_set=known["index"].combine_chunks())
    if places.null_count:
        unknown = rows[key].filter(places.is_null())[0]
        raise DatasetError(f"{path}: has no line for index {unknown.as_py()}, which an interaction names; add it")
    return rows.set_column(rows.column_names.index(key), key, known["id"].take(places))


def _read(path: Path, names: list[str]) -> Any:
    """Columns of an atomic file as strings, whatever their type, under their names alone."""
    return read_columns(path, dict.fromkeys(names), ATOMIC)


def _all(value: str, rows: int) -> Any:
    return pa.repeat(pa.scalar(value), rows)
