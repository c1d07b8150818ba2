"""CrowdFlower search relevance (Kaggle, 2015): shop queries, returned products, and graded judgments."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.columns import GAIN, ITEM, PART, QUERY, TEXT
from itemvec.core.errors import ParamsError
from itemvec.datasets.base import DATASETS, Tables
from itemvec.datasets.graded_judgments import Gain, gains_of, judged_tables
from itemvec.datasets.hash_split import divided
from itemvec.datasets.html_text import plain
from itemvec.datasets.item_text import joined
from itemvec.datasets.mojibake import repaired
from itemvec.datasets.raw_tables import read_columns

QUERY_TEXT, TITLE, DESCRIPTION, LABEL = "query", "product_title", "product_description", "median_relevance"
LABELS = ("1", "2", "3", "4")  # off topic to perfect


@DATASETS.register("crowdflower")
@dataclass(frozen=True)
class CrowdFlower:
    """CrowdFlower: queries of shops, with products that people rated from 1 to 4.

    Its file is ``train.csv`` of the competition, the one that has the judgments. Products have no ids there: those of
    the same title and description, markup aside, are one item. Ids are hashes of what they name, and a hash of its
    words decides the part of a query, so that both stay the same whatever else the file holds.

    Parameters
    ----------
    text
        Columns that make the text of an item, joined with ". " where both are not empty.
    gains
        Gain of an item by its median rating: four numbers, for ratings 1 to 4.
    """

    text: list[Literal["product_title", "product_description"]] = field(
        default_factory=lambda: ["product_title", "product_description"]
    )
    gains: list[Gain] = field(default_factory=lambda: [0.0, 1.0, 2.0, 3.0])

    def __post_init__(self) -> None:
        if not self.text:
            raise ParamsError("dataset crowdflower: text is empty; name at least one column")
        if len(self.gains) != len(LABELS):
            raise ParamsError(f"dataset crowdflower: gains are {self.gains}; give one for each relevance from 1 to 4")

    def load(self, root: Path) -> Tables:
        """Read the file below ``root``."""
        path = root / "train.csv"
        names = dict.fromkeys((QUERY_TEXT, TITLE, DESCRIPTION, LABEL), pa.string())
        raw = read_columns(path, names, newlines_in_values=True).combine_chunks()
        columns = {name: plain(repaired(raw[name].combine_chunks())) for name in (TITLE, DESCRIPTION)}
        items = _hashed(pc.binary_join_element_wise(columns[TITLE], columns[DESCRIPTION], "\n"))
        queries = _hashed(raw[QUERY_TEXT].combine_chunks())
        gains = gains_of(raw[LABEL], dict(zip(LABELS, self.gains, strict=True)), path)
        texts = joined([columns[name] for name in self.text])
        catalogue = _first(pa.table({ITEM: items, TEXT: texts}), ITEM)
        asked = _first(pa.table({QUERY: queries, TEXT: raw[QUERY_TEXT]}), QUERY)
        asked = asked.append_column(PART, divided(asked[TEXT]))
        return judged_tables(root, catalogue, asked, pa.table({QUERY: queries, ITEM: items, GAIN: gains}))


def _hashed(texts: Any) -> Any:
    """An id for each text: 64 bits of its SHA-256, in hexadecimal."""
    return pa.array([hashlib.sha256(text.encode()).hexdigest()[:16] for text in texts.to_pylist()], pa.string())


def _first(table: Any, key: str) -> Any:
    return table.group_by(key, use_threads=False).aggregate([(TEXT, "first")]).rename_columns([key, TEXT])
