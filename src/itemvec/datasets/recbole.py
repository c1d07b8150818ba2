"""Data in RecBole's atomic files (https://recbole.io/docs/user_guide/data/atomic_files.html)."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.columns import ITEM, PART, TEXT, TIME, USER
from itemvec.core.errors import DatasetError, ParamsError
from itemvec.core.options import Positive
from itemvec.core.registry import suggest
from itemvec.datasets.base import DATASETS, Tables, as_tables
from itemvec.datasets.history_prefixes import histories_of
from itemvec.datasets.item_text import joined
from itemvec.datasets.k_core import k_core
from itemvec.datasets.raw_tables import present, read_delimited, read_headless

FILES = {"train": "train", "validation": "valid", "test": "test"}  # part -> word in the name of its file
PREFIX = "item_id_list"


@DATASETS.register("recbole")
@dataclass(frozen=True)
class RecBole:
    """RecBole's atomic files, with or without a split.

    Interactions are ``<name>.inter``, or a split as ``<name>.{train,valid,test}.inter``; texts are ``<name>.item`` or
    ``<name>.text``. Files of a split hold interactions, or a row for each prefix of a history, with an
    ``item_id_list``. Where there are ``<name>.item2index`` and ``<name>.user2index``, interactions name the indices.
    Without a timestamp, interactions are in the order of the file.

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
            raise ParamsError("dataset recbole: text is empty; name at least one column")

    def load(self, root: Path) -> Tables:
        """Read the files below ``root``."""
        name = self.name or _only_name(root)
        interactions = _interactions(root, name)
        for key, kind in ((USER, "user"), (ITEM, "item")):
            interactions = _with_names(interactions, key, root / f"{name}.{kind}2index")
        item, text = root / f"{name}.item", root / f"{name}.text"
        items = _read(text if text.exists() and not item.exists() else item, [ITEM, *self.text])
        items = pa.table({ITEM: items[ITEM], TEXT: joined([items[column] for column in self.text])})
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
        return _in_order(_rows(whole))
    if PREFIX in _fields(paths["train"]):
        return histories_of({part: _read(path, [USER, PREFIX, ITEM]) for part, path in paths.items()}, root / name)
    parts = [(part, _rows(path)) for part, path in paths.items()]
    return _in_order(pa.concat_tables([rows.append_column(PART, _all(part, len(rows))) for part, rows in parts]))


def _rows(path: Path) -> Any:
    timed = TIME in _fields(path)
    rows = _read(path, [USER, ITEM] + [TIME] * timed)
    return rows.set_column(2, TIME, rows[TIME].cast(pa.float64())) if timed else rows


def _in_order(rows: Any) -> Any:
    return rows if TIME in rows.column_names else rows.append_column(TIME, pa.array(range(len(rows))))


def _with_names(rows: Any, key: str, path: Path) -> Any:
    """Replace indices by ids, by a map with lines of id and index; without a map, return the rows unchanged."""
    if not path.exists():
        return rows
    names = ["id", "index"]
    known = read_headless(path, names, dict.fromkeys(names, pa.string()), "\t")
    places = pc.index_in(rows[key], value_set=known["index"].combine_chunks())
    if places.null_count:
        unknown = rows[key].filter(places.is_null())[0]
        raise DatasetError(f"{path}: has no line for index {unknown.as_py()}, which an interaction names; add it")
    return rows.set_column(rows.column_names.index(key), key, known["id"].take(places))


def _fields(path: Path) -> dict[str, str]:
    """Fields of an atomic file: from name to name and type, as in its header."""
    with present(path).open(encoding="utf-8") as file:
        header = file.readline().rstrip("\r\n")
    return {column.partition(":")[0]: column for column in header.split("\t")}


def _read(path: Path, names: list[str]) -> Any:
    """Columns of an atomic file as strings, whatever their type, with names without the type."""
    fields = _fields(path)
    for name in names:
        if name not in fields:
            raise DatasetError(f"{path}: field {name!r} is missing{suggest(name, fields)}")
    typed = {fields[name]: pa.string() for name in names}
    return read_delimited(path, typed).select(list(typed)).rename_columns(names)


def _all(value: str, rows: int) -> Any:
    return pa.repeat(pa.scalar(value), rows)
