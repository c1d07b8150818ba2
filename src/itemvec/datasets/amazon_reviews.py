"""Amazon Reviews 2023 (Hou et al., arXiv 2403.03952): one category, its reviews and its products."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.columns import ITEM, PART, TEXT, TIME, USER
from itemvec.core.errors import DatasetError, ParamsError
from itemvec.core.options import Positive
from itemvec.datasets.attributes import check_names, values_of
from itemvec.datasets.base import DATASETS, Tables, as_tables
from itemvec.datasets.events import event_values
from itemvec.datasets.json_lines import json_batches
from itemvec.datasets.k_core import k_core
from itemvec.datasets.known_items import with_known_items
from itemvec.datasets.problem_rows import refuse
from itemvec.datasets.product_text import FIELDS, product_texts
from itemvec.datasets.raw_files import plain_or_packed, present
from itemvec.datasets.raw_tables import read_columns
from itemvec.datasets.times import times_of_files

FILES = {"train": "train", "validation": "valid", "test": "test"}  # part -> word in the name of its file
ASIN = "parent_asin"
KEYS = (USER, ASIN, TIME)
EVENTS = {"rating": pa.float64(), "verified_purchase": pa.bool_()}


@DATASETS.register("amazon-reviews-2023")
@dataclass(frozen=True)
class AmazonReviews2023:
    """One category of Amazon Reviews 2023. Every file may be packed with gzip.

    Products are ``meta_<category>.jsonl``. Reviews are one of three: ``<category>.{train,valid,test}.csv``, the files
    of the benchmark, which bring a split; ``<category>.csv``, its ratings before the split; or ``<category>.jsonl``,
    raw reviews, of which the earliest of a user and an item counts, as in the benchmark. Items without a text are left
    out, with their interactions.

    Parameters
    ----------
    category
        Name of the category, as in the names of the files: ``Video_Games``.
    text
        Fields of the metadata that make the text of an item, in this order.
    attributes
        Fields of the metadata that the table of items keeps beside the text.
    events
        Fields of the reviews that the table of interactions keeps. The files of the benchmark have no
        ``verified_purchase``, which is in raw reviews alone.
    ascii_only
        Remove all characters that are not ASCII, as the code of BLaIR does.
    catalogue
        ``reviewed``: only items with an interaction. ``all``: every item of the metadata.
    min_interactions
        Leave out users and items with fewer interactions, until all that are left have that many.
    """

    category: str
    text: list[Literal["title", "features", "categories", "description", "main_category", "store"]] = field(
        default_factory=lambda: ["title", "features", "categories", "description"]
    )
    attributes: list[Literal["categories", "main_category", "store"]] = field(default_factory=list)
    events: list[Literal["rating", "verified_purchase"]] = field(default_factory=list)
    ascii_only: bool = False
    catalogue: Literal["reviewed", "all"] = "reviewed"
    min_interactions: Positive = 1

    def __post_init__(self) -> None:
        if not self.text:
            raise ParamsError("dataset amazon-reviews-2023: text names no field; name at least one")
        for names in (self.attributes, self.events):
            check_names(names, (), "dataset amazon-reviews-2023")

    def load(self, root: Path) -> Tables:
        """Read the files below ``root``."""
        interactions = _interactions(root, self.category, self.events)
        items = self._items(root, interactions[ITEM])
        items, interactions = with_known_items(items, interactions, root)
        return k_core(as_tables(root, items, interactions), self.min_interactions)

    def _items(self, root: Path, reviewed: Any) -> Any:
        path = present(plain_or_packed(root / f"meta_{self.category}.jsonl"))
        names = list(dict.fromkeys([*self.text, *self.attributes]))
        schema = pa.schema([(ASIN, pa.string()), *((name, FIELDS[name]) for name in names)])
        raw = pa.concat_tables(list(json_batches(path, schema)))
        if self.catalogue == "reviewed":
            raw = raw.filter(pc.is_in(raw[ASIN], value_set=pc.unique(reviewed)))
        texts = product_texts(raw.select(list(dict.fromkeys(self.text))), self.text, self.ascii_only)
        kept = {name: values_of(raw, name, path) for name in self.attributes}
        return pa.table({ITEM: raw[ASIN], TEXT: texts} | kept)


def _interactions(root: Path, category: str, events: Sequence[str]) -> Any:
    parts = {part: plain_or_packed(root / f"{category}.{word}.csv") for part, word in FILES.items()}
    ratings, reviews = (plain_or_packed(root / f"{category}.{suffix}") for suffix in ("csv", "jsonl"))
    found = [path for path in (parts["train"], ratings, reviews) if path.exists()]
    if len(found) > 1:
        raise DatasetError(f"{root}: {' and '.join(path.name for path in found)} both exist; keep one")
    if reviews in found:
        fields = [(USER, pa.string()), (ASIN, pa.string()), (TIME, pa.int64()), *((one, EVENTS[one]) for one in events)]
        schema = pa.schema(fields)
        return _earliest(_checked([(pa.concat_tables(list(json_batches(reviews, schema))), reviews)])[0])
    if ratings in found:
        return _checked([(read_columns(ratings, [*KEYS, *events]), ratings)])[0]
    tables = _checked([(read_columns(path, [*KEYS, *events]), path) for path in parts.values()])
    return pa.concat_tables(
        [
            table.append_column(PART, pa.repeat(pa.scalar(part), len(table)))
            for part, table in zip(parts, tables, strict=True)
        ]
    )


def _checked(files: list[tuple[Any, Path]]) -> list[Any]:
    """The columns in order and under our names; a field that is missing somewhere is an error."""
    for table, path in files:
        for name in KEYS[:2]:
            values = table[name].combine_chunks()
            empty = pc.or_kleene(values.is_null(), pc.equal(values, "")).fill_null(True)
            refuse(empty, values, f"{path}: {name} is missing", "add it")
    moments = times_of_files([(table[TIME], path) for table, path in files])
    tables = []
    for (table, path), moment in zip(files, moments, strict=True):
        events = {name: event_values(table[name], path, name) for name in table.column_names if name not in KEYS}
        tables.append(pa.table({USER: table[USER], ITEM: table[ASIN], TIME: moment} | events))
    return tables


def _earliest(reviews: Any) -> Any:
    """The earliest review of each user and item; of equal times the one that stands first."""
    reviews = reviews.sort_by([(TIME, "ascending")])
    numbered = reviews.append_column("row", pa.array(np.arange(len(reviews))))
    first = numbered.group_by([USER, ITEM]).aggregate([("row", "min")])["row_min"]
    return reviews.take(first.combine_chunks().sort())
