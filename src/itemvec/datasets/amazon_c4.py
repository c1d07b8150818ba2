"""Amazon-C4 (Hou et al., arXiv 2403.03952): long queries that ChatGPT wrote from reviews, each for one product."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.columns import GAIN, ITEM, QUERY, TEXT
from itemvec.core.errors import DatasetError
from itemvec.core.options import Share
from itemvec.core.progress import say
from itemvec.core.registry import suggest
from itemvec.datasets.base import DATASETS, Tables
from itemvec.datasets.graded_judgments import judged_tables, only
from itemvec.datasets.hash_split import places
from itemvec.datasets.raw_tables import json_batches, read_columns

POOL = "sampled_item_metadata_1M.jsonl"
FIELDS = pa.schema([(ITEM, pa.string()), ("category", pa.string()), ("metadata", pa.string())])


@DATASETS.register("amazon-c4")
@dataclass(frozen=True)
class AmazonC4:
    """Amazon-C4: long, spoken queries, and the products of Amazon that answer them.

    Its files are ``test.csv`` and ``sampled_item_metadata_1M.jsonl``. All products of the second are searched. The text
    of a product is its title and description.

    Parameters
    ----------
    category
        Keep the products of this category alone, and the queries for them. By default all.
    share
        Which share to keep of the products that no query wants, chosen by a hash of their ids. Fewer products make
        the search easier, so compare figures at the same share only.
    """

    category: str | None = None
    share: Share = 1.0

    def load(self, root: Path) -> Tables:
        """Read the files below ``root``."""
        path = root / "test.csv"
        names = dict.fromkeys(("qid", "query", ITEM), pa.string())
        raw = read_columns(path, names, newlines_in_values=True)
        items = self._items(root / POOL, pc.unique(raw[ITEM]))
        if self.category is not None:
            raw = only(raw, ITEM, items[ITEM])
        queries = pa.table({QUERY: raw["qid"], TEXT: raw["query"]})
        qrels = pa.table({QUERY: raw["qid"], ITEM: raw[ITEM], GAIN: pa.repeat(pa.scalar(1.0), len(raw))})
        return judged_tables(root, items, queries, qrels)

    def _items(self, path: Path, asked: Any) -> Any:
        """Products of the pool that are kept; of several with the same id, the first."""
        tables, categories, seen = [], set(), 0
        for batch in json_batches(path, FIELDS):
            categories.update(pc.unique(batch["category"]).drop_null().to_pylist())
            kept = batch
            if self.category is not None:
                kept = kept.filter(pc.equal(kept["category"], self.category))
            if self.share < 1:
                near = pa.array(places(kept[ITEM]) < self.share)
                kept = kept.filter(pc.or_(near, pc.is_in(kept[ITEM], value_set=asked)))
            tables.append(kept.select([ITEM, "metadata"]).rename_columns([ITEM, TEXT]))
            seen += len(kept)
        if self.category is not None and self.category not in categories:
            raise DatasetError(f"{path}: has no category {self.category!r}{suggest(self.category, categories)}")
        items = pa.concat_tables(tables)
        if len(pc.unique(items[ITEM])) == seen:
            return items
        first = items.group_by(ITEM, use_threads=False).aggregate([(TEXT, "first")]).rename_columns([ITEM, TEXT])
        say(f"{path}: {seen - len(first):,} products stand there again, and were left out")
        return first
