"""Search data in the layout of BEIR (arXiv 2104.08663): a corpus, queries, and judgments by split."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.columns import GAIN, GROUP, ITEM, PART, QUERY, TEXT
from itemvec.core.errors import DatasetError, ParamsError
from itemvec.datasets.base import DATASETS, GIVEN, Tables, as_tables
from itemvec.datasets.graded_judgments import only
from itemvec.datasets.raw_tables import column, read_delimited, read_json_lines, strings

PARTS = {"train": "train", "dev": "validation", "test": "test"}  # name of the file -> part


@DATASETS.register("beir")
@dataclass(frozen=True)
class Beir:
    """Search data in the layout of BEIR.

    Its files are ``corpus.jsonl``, ``queries.jsonl`` and ``qrels/<split>.tsv``, or one ``qrels.jsonl`` for the whole.
    The text of an item is its title, a space, its text. Queries without judgments in the split are left out.

    Parameters
    ----------
    split
        Which file of judgments to read. A list, as in ``[train, dev, test]``, reads several: each query belongs to
        the part its judgments are in, and dev is for validation.
    """

    split: str | list[Literal["train", "dev", "test"]] = "test"

    def __post_init__(self) -> None:
        if not self.split:
            raise ParamsError("dataset beir: split is empty; name one, or a list of train, dev and test")

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
        queries = only(queries, QUERY, qrels[QUERY])
        queries = queries.append_column(GROUP, pa.repeat(pa.scalar(GIVEN), len(queries)))
        if PART in qrels.column_names:
            queries = queries.append_column(PART, _parts(queries[QUERY], qrels, root))
        return as_tables(root, items, queries=queries, qrels=qrels)

    def _qrels(self, root: Path) -> Any:
        """The judgments, with the part of each if there are several splits."""
        whole = root / "qrels.jsonl"
        if isinstance(self.split, str):
            return _judgments(whole if whole.exists() else root / "qrels" / f"{self.split}.tsv")
        if whole.exists():
            raise DatasetError(f"{whole}: is one file without splits; remove the list in option 'split'")
        tables = [(PARTS[name], _judgments(root / "qrels" / f"{name}.tsv")) for name in dict.fromkeys(self.split)]
        return pa.concat_tables(
            [table.append_column(PART, pa.repeat(pa.scalar(part), len(table))) for part, table in tables]
        )


def _judgments(path: Path) -> Any:
    ids = {QUERY: "query-id", ITEM: "corpus-id"}
    types = {"query-id": pa.string(), "corpus-id": pa.string(), "score": pa.float64()}
    raw = read_json_lines(path, ids.values()) if path.suffix == ".jsonl" else read_delimited(path, types)
    return pa.table({name: strings(raw, key, path) for name, key in ids.items()} | {GAIN: column(raw, "score", path)})


def _parts(ids: Any, qrels: Any, root: Path) -> Any:
    """The part of each query; raise if it has several."""
    by_query = qrels.group_by(QUERY).aggregate([(PART, "min"), (PART, "max")])
    if len(both := by_query.filter(pc.not_equal(by_query["split_min"], by_query["split_max"]))):
        query, least, most = (both[name][0].as_py() for name in (QUERY, "split_min", "split_max"))
        raise DatasetError(f"{root}: query {query!r} is judged for {least} and for {most}; keep it in one of them")
    return by_query["split_min"].take(pc.index_in(ids, value_set=by_query[QUERY].combine_chunks()))
