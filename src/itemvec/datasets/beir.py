"""Search data in the layout of BEIR (arXiv 2104.08663): a corpus, queries, and judgments by split."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from itemvec.columns import GAIN, GROUP, ITEM, QUERY, TEXT
from itemvec.datasets.base import DATASETS, GIVEN, Tables, as_tables
from itemvec.datasets.raw import read_delimited, read_json_lines


@DATASETS.register("beir")
@dataclass(frozen=True)
class Beir:
    """``corpus.jsonl``, ``queries.jsonl`` and ``qrels/<split>.tsv``, or one ``qrels.jsonl`` for the whole.

    The text of an item is its title, a space, its text. Queries without judgments in the split are left out.
    """

    split: str = "test"

    def load(self, root: Path) -> Tables:
        """Read the files below ``root``."""
        corpus = read_json_lines(root / "corpus.jsonl")
        texts = pc.binary_join_element_wise(_column(corpus, "title"), _column(corpus, TEXT), " ")
        items = pa.table({ITEM: _column(corpus, "_id"), TEXT: pc.utf8_trim_whitespace(texts)})
        qrels = self._qrels(root)
        raw = read_json_lines(root / "queries.jsonl")
        queries = pa.table({QUERY: _column(raw, "_id"), TEXT: _column(raw, TEXT)})
        queries = queries.filter(pc.is_in(queries[QUERY], value_set=qrels[QUERY]))
        queries = queries.append_column(GROUP, pa.repeat(pa.scalar(GIVEN), len(queries)))
        return as_tables(root, items, queries=queries, qrels=qrels)

    def _qrels(self, root: Path) -> Any:
        names = {"query-id": pa.string(), "corpus-id": pa.string(), "score": pa.float64()}
        whole = root / "qrels.jsonl"
        raw = read_json_lines(whole) if whole.exists() else read_delimited(root / "qrels" / f"{self.split}.tsv", names)
        return pa.table({QUERY: raw["query-id"], ITEM: raw["corpus-id"], GAIN: raw["score"]})


def _column(table: Any, name: str) -> Any:
    """A column as strings, nothing where it is missing: an absent ``title`` is an empty one."""
    if name in table.column_names:
        return table[name].cast(pa.string()).fill_null("")
    return pa.chunked_array([pa.repeat(pa.scalar(""), len(table))])
