"""Amazon-C4 (Hou et al., arXiv 2403.03952): long queries that ChatGPT made of reviews, each for one product."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.columns import GAIN, GROUP, ITEM, QUERY, TEXT
from itemvec.core.errors import DatasetError
from itemvec.core.options import Share
from itemvec.core.registry import suggest
from itemvec.datasets.base import DATASETS, Tables
from itemvec.datasets.graded_judgments import judged_tables, only
from itemvec.datasets.hash_split import places
from itemvec.datasets.json_lines import json_batches
from itemvec.datasets.raw_tables import read_columns

POOL = "sampled_item_metadata_1M.jsonl"
FIELDS = pa.schema([(ITEM, pa.string()), ("category", pa.string()), ("metadata", pa.string())])


@DATASETS.register("amazon-c4")
@dataclass(frozen=True)
class AmazonC4:
    """Amazon-C4: long, spoken queries, and the products of Amazon that answer them.

    Its files are ``test.csv`` and ``sampled_item_metadata_1M.jsonl``. All products of the second are searched. The text
    of a product is its title and description. The ESCI files that the code of arXiv 2507.05006 reads have this form.

    Parameters
    ----------
    category
        Keep the products of this category alone, and the queries for them. By default all.
    share
        Which share to keep of the products that no query wants, chosen by a hash of their ids. Fewer products make
        the search easier, so compare figures at the same share only.
    queries_for
        Keep the queries for products of these categories alone; the products that are searched stay. Each category is a
        group of queries. By default all queries, in one group.
    pool
        Name of the file with the products.
    """

    category: str | None = None
    share: Share = 1.0
    queries_for: list[str] = field(default_factory=list)
    pool: str = POOL

    def load(self, root: Path) -> Tables:
        """Read the files below ``root``."""
        path = root / "test.csv"
        raw = read_columns(path, ["qid", "query", ITEM])
        items = self._items(root / self.pool, pc.unique(raw[ITEM]))
        if self.category is not None:
            raw = only(raw, ITEM, items[ITEM])
        if self.queries_for:
            raw = only(raw, ITEM, items[ITEM].filter(pc.is_in(items[GROUP], value_set=pa.array(self.queries_for))))
        queries = pa.table({QUERY: raw["qid"], TEXT: raw["query"]})
        if self.queries_for:
            groups = items[GROUP].take(pc.index_in(raw[ITEM], value_set=items[ITEM].combine_chunks()))
            queries = queries.append_column(GROUP, groups)
        items = items.drop_columns([GROUP])
        qrels = pa.table({QUERY: raw["qid"], ITEM: raw[ITEM], GAIN: pa.repeat(pa.scalar(1.0), len(raw))})
        return judged_tables(root, items, queries, qrels)

    def _items(self, path: Path, asked: Any) -> Any:
        """Products of the pool that are kept."""
        tables, categories = [], set()
        for batch in json_batches(path, FIELDS):
            categories.update(pc.unique(batch["category"]).drop_null().to_pylist())
            kept = batch
            if self.category is not None:
                kept = kept.filter(pc.equal(kept["category"], self.category))
            if self.share < 1:
                near = pa.array(places(kept[ITEM]) < self.share)
                kept = kept.filter(pc.or_(near, pc.is_in(kept[ITEM], value_set=asked)))
            tables.append(kept.select([ITEM, "metadata", "category"]).rename_columns([ITEM, TEXT, GROUP]))
        for one in [*self.queries_for, *([self.category] if self.category is not None else [])]:
            if one not in categories:
                raise DatasetError(f"{path}: has no category {one!r}{suggest(one, categories)}")
        return pa.concat_tables(tables)
