"""Shopping Queries Data Set of Amazon (Reddy et al., arXiv 2206.06588), known as ESCI."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.columns import GAIN, GROUP, ITEM, PART, QUERY, TEXT
from itemvec.core.errors import DatasetError, ParamsError
from itemvec.core.options import Natural, Positive, Probability
from itemvec.core.registry import suggest
from itemvec.datasets.base import DATASETS, Tables
from itemvec.datasets.graded_judgments import Gain, gains_of, judged_tables, only
from itemvec.datasets.hash_split import places
from itemvec.datasets.html_text import plain
from itemvec.datasets.item_text import joined
from itemvec.datasets.parquet_files import parquet_batches
from itemvec.datasets.raw_tables import read_columns, strings
from itemvec.datasets.sampled_pool import sampled_pool

NAME = "shopping_queries_dataset"
LABELS = ("E", "S", "C", "I")  # exact, substitute, complement, irrelevant
LOCALE = "product_locale"


@DATASETS.register("esci")
@dataclass(frozen=True)
class Esci:
    """ESCI, Amazon's shopping queries, with products judged exact, substitute, complement or irrelevant.

    Its files are ``shopping_queries_dataset_examples.parquet`` and ``..._products.parquet``, and ``..._sources.csv``
    for groups by source. Rows with the same words are one query, under the lowest of their ids. HTML is removed from
    texts.

    Parameters
    ----------
    locale
        Take the queries and products of this locale.
    version
        ``small`` has the harder queries, those of the ranking task of KDD Cup 2022; ``large`` has all.
    splits
        Which parts of the data to read.
    validation
        Share of the training queries that is kept for validation, chosen by a hash of their words.
    gains
        Gain of each label. The defaults are those of KDD Cup 2022.
    exact_only
        Give a gain to exact matches alone.
    text
        Columns that make the text of a product, joined with ". " where several are not empty.
    catalogue
        ``judged``: the products that were judged for the queries that are read. ``all``: every product of the
        locale. ``sampled``: the exact matches, and for each ``negatives`` products of its category, as in the code of
        arXiv 2507.05006; other judgments do not count then. Categories are those of ``asin2category.json``, a file of
        Amazon Reviews 2023.
    negatives, draw
        How many products ``catalogue: sampled`` adds for each pair of a query and an exact match, and the number of the
        draw.
    groups
        ``given``: all queries are one group. ``source``: negations, parse patterns and the other sources of queries
        are reported apart.
    """

    locale: Literal["us", "es", "jp"] = "us"
    version: Literal["small", "large"] = "small"
    splits: list[Literal["train", "validation", "test"]] = field(
        default_factory=lambda: ["train", "validation", "test"]
    )
    validation: Probability = 0.1
    gains: dict[Literal["E", "S", "C", "I"], Gain] = field(
        default_factory=lambda: {"E": 1.0, "S": 0.1, "C": 0.01, "I": 0.0}
    )
    exact_only: bool = False
    text: list[
        Literal["product_title", "product_description", "product_bullet_point", "product_brand", "product_color"]
    ] = field(default_factory=lambda: ["product_title", "product_description"])
    catalogue: Literal["judged", "all", "sampled"] = "judged"
    negatives: Positive = 50
    draw: Natural = 0
    groups: Literal["given", "source"] = "given"

    def __post_init__(self) -> None:
        for option in ("splits", "text"):
            if not getattr(self, option):
                raise ParamsError(f"dataset esci: {option} names none; name at least one")
        if left := set(LABELS) - set(self.gains):
            raise ParamsError(f"dataset esci: gains lack the label {min(left)!r}; give one for each of E, S, C, I")

    def load(self, root: Path) -> Tables:
        """Read the files below ``root``."""
        path = root / f"{NAME}_examples.parquet"
        rows = self._rows(path)
        queries = self._queries(rows, path)
        ids = queries[QUERY].take(pc.index_in(rows["query"], value_set=queries[TEXT].combine_chunks()))
        queries = queries.filter(pc.is_in(queries[PART], value_set=pa.array(self.splits)))
        if self.groups == "source":
            queries = queries.append_column(GROUP, _sources(root, queries[QUERY]))
        gains = dict(self.gains) | (dict.fromkeys(LABELS[1:], 0.0) if self.exact_only else {})
        qrels = pa.table({QUERY: ids, ITEM: rows["product_id"], GAIN: gains_of(rows["esci_label"], gains, path)})
        if self.catalogue == "sampled":
            qrels = qrels.filter(pc.equal(rows["esci_label"], "E"))
        qrels = only(qrels, QUERY, queries[QUERY])
        items = self._items(root, qrels[ITEM])
        if self.catalogue == "sampled":
            items, qrels = sampled_pool(root, items, qrels, self.negatives, self.draw)
        return judged_tables(root, items, queries, qrels)

    def _rows(self, path: Path) -> Any:
        """The judgments of the locale and the version."""
        version = f"{self.version}_version"
        names = ["query", "query_id", "product_id", "esci_label", "split", LOCALE, version]
        tables = []
        for batch in parquet_batches(path, names):
            local, within = (strings(batch, name, path) for name in (LOCALE, version))
            wanted = pc.and_(pc.equal(local, self.locale), pc.equal(within, "1"))
            tables.append(batch.filter(wanted).select(names[:5]))
        rows = pa.concat_tables(tables)
        if not len(rows):
            raise DatasetError(f"{path}: no row of locale {self.locale!r} is in the {self.version} version")
        columns = {name: strings(rows, name, path) for name in names[:5]}
        columns["query"] = columns["query"].fill_null("")  # which has no text, and is counted
        return pa.table(columns | {"query_id": rows["query_id"]})  # whose lowest is that of numbers, if they are

    def _queries(self, rows: Any, path: Path) -> Any:
        """One row for each text: its id, itself, its part."""
        if wrong := set(pc.unique(rows["split"]).to_pylist()) - {"train", "test"}:
            word = min(map(str, wrong))
            raise DatasetError(f"{path}: split is {word!r}{suggest(word, ['train', 'test'])}")
        # "test" comes before "train": what is asked in both is for the test alone.
        least = rows.group_by("query").aggregate([("query_id", "min"), ("split", "min")])
        aside = pa.array(places(least["query"]) < self.validation)
        trained = pc.if_else(aside, "validation", "train")
        parts = pc.if_else(pc.equal(least["split_min"], "test"), "test", trained)
        return pa.table({QUERY: least["query_id_min"].cast(pa.string()), TEXT: least["query"], PART: parts})

    def _items(self, root: Path, judged: Any) -> Any:
        """Products with their texts, a batch of raw ones in memory at a time."""
        path, known = root / f"{NAME}_products.parquet", pc.unique(judged)
        tables = []
        for batch in parquet_batches(path, dict.fromkeys(["product_id", LOCALE, *self.text])):
            wanted = pc.equal(strings(batch, LOCALE, path), self.locale)
            if self.catalogue == "judged":
                wanted = pc.and_(wanted, pc.is_in(strings(batch, "product_id", path), value_set=known))
            batch = batch.filter(wanted)
            texts = joined([plain(strings(batch, name, path)) for name in self.text])
            tables.append(pa.table({ITEM: strings(batch, "product_id", path), TEXT: texts}))
        return pa.concat_tables(tables)


def _sources(root: Path, ids: Any) -> Any:
    path = root / f"{NAME}_sources.csv"
    raw = read_columns(path, ["query_id", "source"])
    found = pc.index_in(ids, value_set=raw["query_id"].combine_chunks())
    if found.null_count:
        raise DatasetError(f"{path}: has no line for query {pc.filter(ids, pc.is_null(found))[0].as_py()!r}; add it")
    return raw["source"].take(found)
