"""Amazon Reviews 2023 (Hou et al., arXiv 2403.03952): one category, its reviews and its products."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.columns import ITEM, PART, TEXT, TIME, USER
from itemvec.core.errors import DatasetError, ParamsError
from itemvec.core.options import Positive
from itemvec.core.progress import say
from itemvec.datasets.base import DATASETS, Tables, as_tables
from itemvec.datasets.k_core import k_core
from itemvec.datasets.product_text import FIELDS, product_texts
from itemvec.datasets.raw_tables import plain_or_packed, present, read_columns, read_json_fields

FILES = {"train": "train", "validation": "valid", "test": "test"}  # part -> word in the name of its file
ASIN = "parent_asin"
KEYS = {USER: pa.string(), ASIN: pa.string(), TIME: pa.int64()}


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
    ascii_only: bool = False
    catalogue: Literal["reviewed", "all"] = "reviewed"
    min_interactions: Positive = 1

    def __post_init__(self) -> None:
        if not self.text:
            raise ParamsError("dataset amazon-reviews-2023: text is empty; name at least one field")

    def load(self, root: Path) -> Tables:
        """Read the files below ``root``."""
        interactions = _interactions(root, self.category)
        items = self._items(root, interactions[ITEM])
        known = pc.is_in(interactions[ITEM], value_set=items[ITEM].combine_chunks())
        if n_left := len(interactions) - pc.sum(known).as_py():
            say(f"{root}: {n_left:,} interactions were left out, with items that have no text")
        return k_core(as_tables(root, items, interactions.filter(known)), self.min_interactions)

    def _items(self, root: Path, reviewed: Any) -> Any:
        path = present(plain_or_packed(root / f"meta_{self.category}.jsonl"))
        names = list(dict.fromkeys(self.text))
        raw = read_json_fields(path, pa.schema([(ASIN, pa.string()), *((name, FIELDS[name]) for name in names)]))
        if self.catalogue == "reviewed":
            raw = raw.filter(pc.is_in(raw[ASIN], value_set=pc.unique(reviewed)))
        texts = product_texts(raw.select(names), self.text, self.ascii_only)
        items = pa.table({ITEM: raw[ASIN], TEXT: texts})
        return items.filter(pc.match_substring_regex(items[TEXT], r"\S"))


def _interactions(root: Path, category: str) -> Any:
    parts = {part: plain_or_packed(root / f"{category}.{word}.csv") for part, word in FILES.items()}
    ratings, reviews = (plain_or_packed(root / f"{category}.{suffix}") for suffix in ("csv", "jsonl"))
    found = [path for path in (parts["train"], ratings, reviews) if path.exists()]
    if len(found) > 1:
        raise DatasetError(f"{root}: {' and '.join(path.name for path in found)} both exist; keep one")
    if reviews in found:
        raw = _checked(read_json_fields(reviews, pa.schema(list(KEYS.items()))), reviews)
        return _earliest(raw)
    if ratings in found:
        return _checked(read_columns(ratings, KEYS), ratings)
    tables = [(part, _checked(read_columns(path, KEYS), path)) for part, path in parts.items()]
    return pa.concat_tables(
        [table.append_column(PART, pa.repeat(pa.scalar(part), len(table))) for part, table in tables]
    )


def _checked(table: Any, path: Path) -> Any:
    """The columns in our order and under our names; raise if a row lacks a field."""
    for name in KEYS:
        if table[name].null_count:
            raise DatasetError(f"{path}: {table[name].null_count:,} of {len(table):,} rows have no {name!r}; add it")
    return table.select(list(KEYS)).rename_columns([USER, ITEM, TIME])


def _earliest(reviews: Any) -> Any:
    """The earliest review of each user and item; of equal times, the first in the file."""
    reviews = reviews.sort_by([(TIME, "ascending")])
    numbered = reviews.append_column("row", pa.array(np.arange(len(reviews))))
    first = numbered.group_by([USER, ITEM]).aggregate([("row", "min")])["row_min"]
    return reviews.take(first.combine_chunks().sort())
