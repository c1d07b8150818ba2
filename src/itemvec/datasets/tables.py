"""A catalogue of your own, as plain tables."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from itemvec.columns import GAIN, GROUP, ITEM, QUERY, TEXT, TIME, USER
from itemvec.datasets.base import DATASETS, GIVEN, Tables, as_tables
from itemvec.datasets.raw import present, read_csv, read_json_lines, read_parquet
from itemvec.errors import DatasetError
from itemvec.registry import suggest

IDS = {name: pa.string() for name in (ITEM, USER, QUERY, TEXT)}


@DATASETS.register("tables")
@dataclass(frozen=True)
class PlainTables:
    """``items`` and, as far as you have them, ``interactions``, ``queries`` and ``qrels``.

    Each is a ``.parquet``, ``.csv`` or ``.jsonl`` file with the columns of its schema. The text of an item is made of
    the columns ``text``, joined with ". " where there are several. A judgment without a ``gain`` has gain 1; ``group``
    names the slice a query is reported in.
    """

    text: list[str] = field(default_factory=lambda: [TEXT])

    def load(self, root: Path) -> Tables:
        """Read the files below ``root``."""
        items = _read(root, "items")
        if items is None:
            present(root / "items.csv")
        for name in (name for name in self.text if name not in items.column_names):
            raise DatasetError(f"{root}: items: column {name!r} is missing{suggest(name, items.column_names)}")
        parts = [items[name].cast(pa.string()) for name in self.text]
        texts = pc.binary_join_element_wise(*parts, ". ", null_handling="skip")
        items = items.drop_columns([TEXT] if TEXT in items.column_names else []).append_column(TEXT, texts)
        interactions = _read(root, "interactions")
        if interactions is not None and TIME in interactions.column_names:
            interactions = _with_integer_times(interactions)
        queries, qrels = _read(root, "queries"), _read(root, "qrels")
        if queries is not None and GROUP not in queries.column_names:
            queries = queries.append_column(GROUP, pa.repeat(pa.scalar(GIVEN), len(queries)))
        if qrels is not None and GAIN not in qrels.column_names:
            qrels = qrels.append_column(GAIN, pa.repeat(pa.scalar(1.0), len(qrels)))
        return as_tables(root, items, interactions, queries, qrels)


def _read(root: Path, name: str) -> Any:
    """The one file of that name; None where there is none."""
    found = [path for path in (root / f"{name}{suffix}" for suffix in (".parquet", ".csv", ".jsonl")) if path.exists()]
    if len(found) > 1:
        raise DatasetError(f"{root}: {' and '.join(path.name for path in found)} both exist; keep one")
    if not found:
        return None
    path = found[0]
    if path.suffix == ".csv":
        return read_csv(path, IDS)
    return read_json_lines(path) if path.suffix == ".jsonl" else read_parquet(path)


def _with_integer_times(interactions: Any) -> Any:
    """Dates and times become microseconds, so that their order is kept."""
    times = interactions[TIME]
    if pa.types.is_temporal(times.type):
        times = times.cast(pa.timestamp("us")).cast(pa.int64())
    return interactions.set_column(interactions.column_names.index(TIME), TIME, times)
