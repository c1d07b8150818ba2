"""Your own data, as plain tables in Parquet, CSV or JSON lines."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.columns import GAIN, GROUP, ITEM, PART, QUERY, TEXT, TIME, USER
from itemvec.core.errors import DatasetError, ParamsError
from itemvec.core.options import Positive
from itemvec.datasets.base import DATASETS, GIVEN, Tables, as_tables
from itemvec.datasets.item_text import joined
from itemvec.datasets.k_core import k_core
from itemvec.datasets.raw_tables import present, read_csv, read_json_lines, read_parquet, strings

STRINGS = (ITEM, USER, QUERY, TEXT, GROUP, PART)
TIMES = r"^\s*(-?\d+|\d{4}-\d\d-\d\d.*)\s*$"
SUFFIXES = (".parquet", ".csv", ".jsonl")


@DATASETS.register("tables")
@dataclass(frozen=True)
class PlainTables:
    """Your own tables: ``items`` and, as far as you have them, ``interactions``, ``queries`` and ``qrels``.

    Each is a ``.parquet``, ``.csv`` or ``.jsonl`` file with the columns of its table. A judgment without a ``gain`` has
    gain 1. ``group`` of a query names the slice it is reported in. ``split`` of an interaction or a query is its part
    in a split of your own.

    Parameters
    ----------
    text
        Columns that make the text of an item, joined with ". " where several are not empty.
    min_interactions
        Leave out users and items with fewer interactions, until all that are left have that many.
    """

    text: list[str] = field(default_factory=lambda: [TEXT])
    min_interactions: Positive = 1

    def __post_init__(self) -> None:
        if not self.text:
            raise ParamsError("dataset tables: text is empty; name at least one column")

    def load(self, root: Path) -> Tables:
        """Read the files below ``root``."""
        tables = as_tables(root, self._items(root), _interactions(root), _queries(root), _qrels(root))
        return k_core(tables, self.min_interactions)

    def _items(self, root: Path) -> Any:
        items = _read(root, "items", self.text)
        if items is None:
            present(root / "items.csv")
        texts = joined([strings(items, name, root / "items") for name in self.text])
        others = items.drop_columns([TEXT]) if TEXT in items.column_names else items
        return others.append_column(TEXT, texts)


def _interactions(root: Path) -> Any:
    interactions = _read(root, "interactions")
    if interactions is None or TIME not in interactions.column_names:
        return interactions
    times = interactions[TIME]
    if pa.types.is_string(times.type):  # Arrow reads the whole column as text if a single value is not a number
        _check_times(times.combine_chunks(), root / "interactions")
    if pa.types.is_timestamp(times.type) or pa.types.is_date(times.type):  # microseconds keep their order
        times = times.cast(pa.timestamp("us"), safe=False).cast(pa.int64())
    return interactions.set_column(interactions.column_names.index(TIME), TIME, times)


def _check_times(times: Any, where: Path) -> None:
    bad = pc.invert(pc.match_substring_regex(times.fill_null("0"), TIMES))
    if pc.any(bad).as_py():
        row = pc.index(bad, True).as_py()
        raise DatasetError(
            f"{where}: timestamp {times[row].as_py()!r} in row {row + 1:,} is neither a whole number nor a date as "
            "2024-02-28 21:00:00"
        )


def _queries(root: Path) -> Any:
    queries = _read(root, "queries")
    if queries is None:
        return None
    if GROUP not in queries.column_names:
        return queries.append_column(GROUP, pa.repeat(pa.scalar(GIVEN), len(queries)))
    groups = strings(queries, GROUP, root / "queries").fill_null("")
    groups = pc.if_else(pc.equal(groups, ""), GIVEN, groups)
    return queries.set_column(queries.column_names.index(GROUP), GROUP, groups)


def _qrels(root: Path) -> Any:
    qrels = _read(root, "qrels")
    if qrels is None or GAIN in qrels.column_names:
        return qrels
    return qrels.append_column(GAIN, pa.repeat(pa.scalar(1.0), len(qrels)))


def _read(root: Path, name: str, texts: list[str] | None = None) -> Any:
    """Read the file of that name; None if there is none.

    Raises
    ------
    DatasetError
        There are two, or one with a similar name, which would be ignored.
    """
    found = [path for path in (root / f"{name}{suffix}" for suffix in SUFFIXES) if path.exists()]
    if len(found) > 1:
        raise DatasetError(f"{root}: {' and '.join(path.name for path in found)} both exist; keep one")
    if not found:
        _check_names(root, name)
        return None
    path, names = found[0], {*STRINGS, *(texts or [])}
    if path.suffix == ".csv":
        return read_csv(path, names)
    return read_json_lines(path, names) if path.suffix == ".jsonl" else read_parquet(path)


def _check_names(root: Path, name: str) -> None:
    """Raise if there is a file of another format or spelling, which was meant to be read."""
    spellings = {name, name.removesuffix("s"), name.removesuffix("ies") + "y"}
    for path in sorted(root.glob("*")):
        if path.name.split(".")[0].lower() in spellings:
            expected = ", ".join(f"{name}{suffix}" for suffix in SUFFIXES)
            raise DatasetError(f"{path} is not read; expected one of {expected}")
