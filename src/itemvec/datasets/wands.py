"""WANDS, the Wayfair annotation data set (Chen et al., ECIR 2022): furniture, queries, three grades of relevance."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from itemvec.core.columns import GAIN, ITEM, PART, QUERY, TEXT
from itemvec.core.errors import ParamsError
from itemvec.datasets.attributes import check_names, listed
from itemvec.datasets.base import DATASETS, Tables
from itemvec.datasets.delimited import Form
from itemvec.datasets.graded_judgments import Gain, gains_of, judged_tables
from itemvec.datasets.hash_split import divided
from itemvec.datasets.html_text import plain
from itemvec.datasets.item_text import joined
from itemvec.datasets.raw_tables import read_columns

LABELS = ("Exact", "Partial", "Irrelevant")
SEPARATORS = {"product_class": "|", "category hierarchy": "/"}  # between values of one product


@DATASETS.register("wands")
@dataclass(frozen=True)
class Wands:
    """WANDS, Wayfair's queries for furniture, with products judged exact, partial or irrelevant.

    Its files are ``product.csv``, ``query.csv`` and ``label.csv``, whose fields are separated by tabs.

    Parameters
    ----------
    text
        Columns that make the text of a product, joined with ". " where several are not empty.
    attributes
        Columns that the table of items keeps beside the text: ``product_class`` and ``category hierarchy``, whose
        levels become values of their own.
    gains
        Gain of each label.
    exact_only
        Give a gain to exact matches alone.
    divided
        Divide the queries into training, validation and test by a hash of their words, as for ``crowdflower``.
        Published figures are of all queries.
    """

    text: list[
        Literal["product_name", "product_class", "category hierarchy", "product_description", "product_features"]
    ] = field(default_factory=lambda: ["product_name", "product_description"])
    attributes: list[Literal["product_class", "category hierarchy"]] = field(default_factory=list)
    gains: dict[Literal["Exact", "Partial", "Irrelevant"], Gain] = field(
        default_factory=lambda: {"Exact": 1.0, "Partial": 0.5, "Irrelevant": 0.0}
    )
    exact_only: bool = False
    divided: bool = False

    def __post_init__(self) -> None:
        if not self.text:
            raise ParamsError("dataset wands: text names no column; name at least one")
        check_names(self.attributes, (), "dataset wands")
        if left := set(LABELS) - set(self.gains):
            raise ParamsError(f"dataset wands: gains lack the label {min(left)!r}; give one for each of {LABELS}")

    def load(self, root: Path) -> Tables:
        """Read the files below ``root``."""
        names = dict.fromkeys(["product_id", *self.text, *self.attributes])
        products = _read(root / "product.csv", list(names))
        items = {ITEM: products["product_id"], TEXT: joined([plain(products[name]) for name in self.text])}
        items |= {name: listed(products[name], SEPARATORS[name]) for name in self.attributes}
        queries = _read(root / "query.csv", ["query_id", "query"]).rename_columns([QUERY, TEXT])
        if self.divided:
            queries = queries.append_column(PART, divided(queries[TEXT]))
        labels = _read(root / "label.csv", ["query_id", "product_id", "label"])
        gains = dict(self.gains) | (dict.fromkeys(LABELS[1:], 0.0) if self.exact_only else {})
        found = gains_of(labels["label"], gains, root / "label.csv")
        qrels = pa.table({QUERY: labels["query_id"], ITEM: labels["product_id"], GAIN: found})
        return judged_tables(root, pa.table(items), queries, qrels)


def _read(path: Path, names: list[str]) -> Any:
    return read_columns(path, names, Form("\t"))
