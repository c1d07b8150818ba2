"""Bad and odd inputs of every kind of data set that is read from texts, made from a sound one."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from itemvec.datasets import DATASETS, Tables
from itemvec.datasets.reading import recorded
from tests.datasets.odd_single import ESCI, examples, products, single

Files = dict[str, bytes]
Change = Callable[[bytes], bytes]

ITEMS = [("b", "red wool shoe"), ("a", "blue hat, wide"), ("c", "green scarf"), ("d", "black coat")]
CSV_ITEMS = "item_id,text\n" + "".join(f'{key},"{text}"\n' for key, text in ITEMS)
EVENTS = [("u", "b", 1), ("u", "a", 2), ("u", "c", 3), ("v", "d", 1), ("v", "b", 2), ("v", "c", 4)]
ASKED = [("q", "red shoe"), ("r", "hat"), ("s", "coat")]
JUDGED = [("q", "b", 1), ("r", "a", 2), ("s", "d", 1), ("s", "c", 0)]
META = "".join(f'{{"parent_asin": "{key}", "title": "{text}"}}\n' for key, text in ITEMS)
POOL = "".join(f'{{"item_id": "{key}", "category": "P", "metadata": "{text}"}}\n' for key, text in ITEMS)


def _rows(header: str, rows: list[tuple[Any, ...]], separator: str = ",") -> str:
    lines = [header.replace(",", separator), *(separator.join(map(str, row)) for row in rows)]
    return "".join(f"{line}\n" for line in lines)


# Kind -> its row of params.yaml, and the files of a sound data set.
SOUND: dict[str, tuple[dict[str, Any], dict[str, str | bytes]]] = {
    "tables": (
        {},
        {
            "items.csv": CSV_ITEMS,
            "interactions.csv": _rows("user_id,item_id,timestamp", EVENTS),
            "queries.csv": _rows("query_id,text", ASKED),
            "qrels.csv": _rows("query_id,item_id,gain", JUDGED),
        },
    ),
    "beir": (
        {},
        {
            "corpus.jsonl": "".join(f'{{"_id": "{key}", "text": "{text}"}}\n' for key, text in ITEMS),
            "queries.jsonl": "".join(f'{{"_id": "{key}", "text": "{text}"}}\n' for key, text in ASKED),
            "qrels/test.tsv": _rows("query-id,corpus-id,score", JUDGED, "\t"),
        },
    ),
    "recbole": (
        {},
        {
            "x.item": _rows("item_id:token,text:token_seq", ITEMS, "\t"),
            "x.inter": _rows("user_id:token,item_id:token,timestamp:float", EVENTS, "\t"),
        },
    ),
    "amazon-reviews-2023": (
        {"category": "X"},
        {
            "meta_X.jsonl": META,
            "X.csv": _rows("user_id,parent_asin,rating,timestamp", [(u, i, 5.0, t) for u, i, t in EVENTS]),
        },
    ),
    "crowdflower": (
        {},
        {
            "train.csv": _rows(
                "id,query,product_title,product_description,median_relevance,relevance_variance",
                [(n, f"query {n}", f"title {n}", "", 4, 0) for n in range(4)],
            )
        },
    ),
    "amazon-c4": (
        {},
        {
            "test.csv": _rows("qid,query,item_id,user_id,ori_rating,ori_review", [(0, "q", "b", "u", 5, "fine")]),
            "sampled_item_metadata_1M.jsonl": POOL,
        },
    ),
    "wands": (
        {},
        {
            "product.csv": _rows("product_id,product_name,product_description", [(*one, "") for one in ITEMS], "\t"),
            "query.csv": _rows("query_id,query,query_class", [(*one, "P") for one in ASKED], "\t"),
            "label.csv": _rows(
                "id,query_id,product_id,label", [(0, "q", "b", "Exact"), (1, "r", "a", "Partial")], "\t"
            ).replace("1\tr", "1\ts\td\tExact\n2\tr"),
        },
    ),
    "esci": ({}, {ESCI.format("examples"): examples(), ESCI.format("products"): products()}),
}

# What leaves the tables as they are: a right reader gives the same ones, or says in a line why it cannot.
HARMLESS: dict[str, Change] = {
    "byte-order mark": lambda raw: b"\xef\xbb\xbf" + raw,
    "line ends of Windows": lambda raw: raw.replace(b"\n", b"\r\n"),
    "no last line end": lambda raw: raw.rstrip(b"\n"),
    "blank lines at the end": lambda raw: raw + b"\n\n",
    "packed by gzip under its plain name": lambda raw: gzip.compress(raw, mtime=0),
    "UTF-16": lambda raw: raw.decode().encode("utf-16"),
}
# What takes something away or puts something in: a line, or tables that lack only what is counted as left out.
HARMFUL: dict[str, Change] = {
    "nothing": lambda raw: b"",
    "only blanks": lambda raw: b" \n \n",
    "first line alone": lambda raw: raw.split(b"\n")[0] + b"\n",
    "cut in the middle of its last row": lambda raw: raw[:-4],
    "a web page": lambda raw: b"<!DOCTYPE html><html><body>Log in</body></html>",
    "a pointer of Git LFS": lambda raw: b"version https://git-lfs.github.com/spec/v1\noid sha256:25\n",
    "a zip archive": lambda raw: b"PK\x03\x04" + raw,
    "a PDF": lambda raw: b"%PDF-1.4\n" + raw,
    "an SQLite database": lambda raw: b"SQLite format 3\x00" + raw,
    "zero bytes": lambda raw: raw[:20] + b"\x00\x00" + raw[20:],
    "a byte that is no UTF-8": lambda raw: raw[:-2] + b"\xff\xfe" + raw[-2:],
    "a letter of Latin-1": lambda raw: raw.replace(b"shoe", b"caf\xe9"),
    "half of a surrogate pair": lambda raw: raw[:-3] + b"\xed\xa0\x80" + raw[-3:],
    "an escape sequence of a terminal": lambda raw: raw[:-2] + b"\x1b[2J\n" + raw[-2:],
    "a stray quote": lambda raw: raw[: len(raw) // 2] + b'"' + raw[len(raw) // 2 :],
    "a stray row": lambda raw: raw + b"stray\n",
    "a row too wide": lambda raw: raw + raw.split(b"\n")[-2] + b",1,2,3\t1\t2\t3\n",
    "its last row twice": lambda raw: raw + raw.split(b"\n")[-2] + b"\n",
    "another first line": lambda raw: b"one,two\tthree\n" + raw.split(b"\n", 1)[1],
    "numbers without a bound": lambda raw: raw.replace(b"1", b"1e999"),
    "gzip, cut off": lambda raw: gzip.compress(raw * 9, mtime=0)[:30],
}
WHOLE = ("nothing", "only blanks", "cut in the middle of its last row", "a web page", "a pointer of Git LFS")
MISSING = "not there"


@dataclass(frozen=True)
class Odd:
    """One input: the files of a data set of some ``kind``, one of which has a ``fault``.

    base
        The sound files it was made from, whose rows must be there or counted as left out; None if nothing is known.
    same
        Whether the tables must be equal to those of ``base``.
    """

    kind: str
    fault: str
    files: Files
    row: dict[str, Any] = field(default_factory=dict)
    base: Files | None = None
    same: bool = False

    @property
    def name(self) -> str:
        """What it is, in words."""
        return f"{self.kind}: {self.fault}"

    def write(self, root: Path, files: Files | None = None) -> None:
        """Put the files, or others, below ``root``."""
        for name, content in (self.files if files is None else files).items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def load(self, root: Path) -> tuple[Tables, int, list[str]]:
        """The tables of the files below ``root``, rows that were counted as left out, and all that was said."""
        with recorded() as reading:
            tables = DATASETS.build("mine", {"kind": self.kind, **self.row}).load(root)
        left = sum(one.rows or 0 for one in reading.remarks if one.kind == "left out")
        return tables, left, reading.lines


def odd_inputs() -> Iterator[Odd]:
    """Every change of every file of every kind, then the single ones."""
    for kind, (row, texts) in SOUND.items():
        files = {name: text if isinstance(text, bytes) else text.encode() for name, text in texts.items()}
        for name, content in files.items():
            for fault, change in ({} if name.endswith(".parquet") else HARMLESS).items():
                if (changed := change(content)) != content:
                    yield Odd(kind, f"{name}: {fault}", files | {name: changed}, row, files, same=True)
            for fault, change in HARMFUL.items():
                if name.endswith(".parquet") and fault not in WHOLE:
                    continue  # a page of Parquet with another byte may be another value, which nobody can know
                base = None if fault == "first line alone" and name.endswith(".jsonl") else files
                if (changed := change(content)) != content:
                    yield Odd(kind, f"{name}: {fault}", files | {name: changed}, row, base)
            yield Odd(kind, f"{name}: {MISSING}", {one: text for one, text in files.items() if one != name}, row)
        for other, fault, changes in single():
            if other == kind:
                put = {name: one for name, one in (files | changes).items() if one is not None}
                yield Odd(kind, fault, put, row)
