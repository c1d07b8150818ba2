"""Search data in the layout of BEIR (arXiv 2104.08663): a corpus, queries, and judgments by split."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from itemvec.columns import GAIN, GROUP, ITEM, QUERY, TEXT
from itemvec.datasets.base import DATASETS, GIVEN, Tables, as_tables
from itemvec.datasets.raw import column, read_delimited, read_json_lines, strings


@DATASETS.register("beir")
@dataclass(frozen=True)
class Beir:
    """``corpus.jsonl``, ``queries.jsonl`` and ``qrels/<split>.tsv``, or one ``qrels.jsonl`` for the whole.

    The text of an item is its title, a space, its text. Queries without judgments in the split are left out.
    """

    split: str = "test"

    def load(self, root: Path) -> Tables:
        """Read the files below ``root``."""
        corpus = read_json_lines(root / "corpus.jsonl", ["_id", "title", TEXT])
        texts = strings(corpus, TEXT, root / "corpus.jsonl").fill_null("")
        if "title" in corpus.column_names:
            titles = strings(corpus, "title", root / "corpus.jsonl").fill_null("")
            texts = pc.binary_join_element_wise(titles, texts, " ")
        ids = strings(corpus, "_id", root / "corpus.jsonl")
        items = pa.table({ITEM: ids, TEXT: pc.utf8_trim_whitespace(texts)})
        qrels = self._qrels(root)
        raw = read_json_lines(root / "queries.jsonl", ["_id", TEXT])
        queries = pa.table(
            {name: strings(raw, key, root / "queries.jsonl") for name, key in ((QUERY, "_id"), (TEXT, TEXT))}
        )
        queries = queries.filter(pc.is_in(queries[QUERY], value_set=qrels[QUERY]))
        queries = queries.append_column(GROUP, pa.repeat(pa.scalar(GIVEN), len(queries)))
        return as_tables(root, items, queries=queries, qrels=qrels)

    def _qrels(self, root: Path) -> Any:
        whole, part = root / "qrels.jsonl", root / "qrels" / f"{self.split}.tsv"
        path = whole if whole.exists() else part
        ids = {QUERY: "query-id", ITEM: "corpus-id"}
        types = {"query-id": pa.string(), "corpus-id": pa.string(), "score": pa.float64()}
        raw = read_json_lines(path, ids.values()) if path == whole else read_delimited(path, types)
        return pa.table(
            {name: strings(raw, key, path) for name, key in ids.items()} | {GAIN: column(raw, "score", path)}
        )
