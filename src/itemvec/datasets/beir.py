"""Search data in the layout of BEIR (arXiv 2104.08663): a corpus, queries, and judgments by split."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.columns import GAIN, HIDDEN, ITEM, PART, QUERY, TEXT
from itemvec.core.errors import DatasetError, ParamsError
from itemvec.core.shown import shown
from itemvec.datasets.base import DATASETS, Tables
from itemvec.datasets.delimited import Form
from itemvec.datasets.gains import numbers
from itemvec.datasets.graded_judgments import judged_tables, only
from itemvec.datasets.raw_files import present
from itemvec.datasets.raw_tables import column, read, read_columns, strings
from itemvec.datasets.reading import note

PARTS = {"train": "train", "dev": "validation", "test": "test"}  # name of the file -> part


@DATASETS.register("beir")
@dataclass(frozen=True)
class Beir:
    """Search data in the layout of BEIR.

    Its files are ``corpus.jsonl``, ``queries.jsonl`` and ``qrels/<split>.tsv``, or one ``qrels.jsonl`` for the whole.
    The text of an item is its title, a space, its text. Queries without judgments in the split are left out. So are, as
    in BEIR, and counted: judgments of documents that are not there, and queries to which nothing is relevant. A
    judgment below zero counts as zero.

    Parameters
    ----------
    split
        Which file of judgments to read. A list, as in ``[train, dev, test]``, reads several: each query belongs to
        the part its judgments are in, and dev is for validation.
    drop_identical_ids
        Leave a document out of the ranking for the query of the same id, as BEIR's evaluation does: where arguments
        are searched by arguments, the query itself is in the corpus.
    """

    split: str | list[Literal["train", "dev", "test"]] = "test"
    drop_identical_ids: bool = True

    def __post_init__(self) -> None:
        if not self.split:
            raise ParamsError("dataset beir: split names none; name one, or a list of train, dev and test")

    def load(self, root: Path) -> Tables:
        """Read the files below ``root``."""
        items = _items(root / "corpus.jsonl")
        qrels = self._qrels(root)
        path = root / "queries.jsonl"
        raw = _read(path, ["_id", TEXT])
        queries = pa.table({QUERY: strings(raw, "_id", path), TEXT: strings(raw, TEXT, path).fill_null("")})
        queries = only(queries, QUERY, qrels[QUERY])
        if PART in qrels.column_names:
            queries = queries.append_column(PART, _parts(queries[QUERY], qrels, root))
        if self.drop_identical_ids:
            queries = _with_hidden(queries, items, root)
        return judged_tables(root, items, queries, qrels.select([QUERY, ITEM, GAIN]))

    def _qrels(self, root: Path) -> Any:
        """The judgments; with the part of each, where there are several."""
        whole = root / "qrels.jsonl"
        if isinstance(self.split, str):
            parted = root / "qrels" / f"{self.split}.tsv"
            if whole.exists() and parted.exists():
                raise DatasetError(f"{whole} and {parted.relative_to(root)} both exist; keep one")
            path = whole if whole.exists() else present(parted)
            _say_unread(root, path)
            return _judgments(path)
        if whole.exists():
            raise DatasetError(f"{whole}: is one file for the whole, without splits; drop the list in option 'split'")
        tables = [(PARTS[name], _judgments(root / "qrels" / f"{name}.tsv")) for name in dict.fromkeys(self.split)]
        return pa.concat_tables(
            [table.append_column(PART, pa.repeat(pa.scalar(part), len(table))) for part, table in tables]
        )


def _say_unread(root: Path, read: Path) -> None:
    """Name other files of judgments, so that nobody takes them for the one that counts."""
    for path in [*sorted(root.glob("qrels.*")), *sorted((root / "qrels").glob(f"{read.stem}.*"))]:
        if path != read and path.is_file():
            note("not read", path, f"the judgments are those of {read.relative_to(root)}")


def _items(path: Path) -> Any:
    corpus = _read(path, ["_id", "title", TEXT])
    texts = strings(corpus, TEXT, path).fill_null("")
    if "title" in corpus.column_names:
        texts = pc.binary_join_element_wise(strings(corpus, "title", path).fill_null(""), texts, " ")
    return pa.table({ITEM: strings(corpus, "_id", path), TEXT: pc.utf8_trim_whitespace(texts)})


def _read(path: Path, names: list[str]) -> Any:
    return read(path, names)[0]


def _judgments(path: Path) -> Any:
    """A table of query, item and gain; ``.tsv`` has no quotes."""
    ids = {QUERY: "query-id", ITEM: "corpus-id"}
    names = [*ids.values(), "score"]
    raw = _read(path, names) if path.suffix == ".jsonl" else read_columns(path, names, Form("\t", quotes="none"))
    found = {name: strings(raw, key, path) for name, key in ids.items()}
    return pa.table(found | {GAIN: numbers(column(raw, "score", path), path, "score")})


def _with_hidden(queries: Any, items: Any, root: Path) -> Any:
    """Queries with the item of the same id, where some have one."""
    same = pc.is_in(queries[QUERY], value_set=pc.unique(items[ITEM]))
    count = pc.sum(same).as_py() or 0
    if not count:
        return queries
    first = shown(queries[QUERY].filter(same)[0].as_py())
    what = f"the item of the query's own id, as {first}, is not ranked for it (drop_identical_ids)"
    note("left out", root, what, count)
    return queries.append_column(HIDDEN, pc.if_else(same, queries[QUERY], None))


def _parts(ids: Any, qrels: Any, root: Path) -> Any:
    """The one part of each query."""
    by_query = qrels.group_by(QUERY).aggregate([(PART, "min"), (PART, "max")])
    if len(both := by_query.filter(pc.not_equal(by_query["split_min"], by_query["split_max"]))):
        query, least, most = (both[name][0].as_py() for name in (QUERY, "split_min", "split_max"))
        raise DatasetError(f"{root}: query {query!r} is judged for {least} and for {most}; keep it in one of them")
    return by_query["split_min"].take(pc.index_in(ids, value_set=by_query[QUERY].combine_chunks()))
