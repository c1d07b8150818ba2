"""Odd inputs that are one of a kind: what is written in place of a sound file, and the options of the row."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

DEEP = b"[" * 20_000 + b"]" * 20_000
OBJECTS = b'{"a":' * 20_000 + b"1" + b"}" * 20_000
LINES = "".join(f'{{"item_id": "{key}", "text": "x"}}\n' for key in "bacd").encode()
ITEM = b"item_id,text\nb,red\na,blue\nc,green\nd,black\n"
QRELS = b"query-id\tcorpus-id\tscore\nq\tb\t1\n"
INTER = b"user_id:token\titem_id:token\ttimestamp:float\n"
TIMED = "user_id,item_id,timestamp\nu,b,{}\nu,a,{}\nv,c,{}\n"
ESCI = "shopping_queries_dataset_{}.parquet"


def parquet(**columns: Any) -> bytes:
    """A Parquet file of these columns."""
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink)
    return bytes(sink.getvalue())


def examples(**changed: Any) -> bytes:
    """Four judgments of ESCI, columns of which may be others."""
    sound: dict[str, Any] = {
        "query": ["shoe", "shoe", "hat", "coat"],
        "query_id": [1, 1, 2, 3],
        "product_id": list("badc"),
        "product_locale": ["us"] * 4,
        "esci_label": list("EIEE"),
        "small_version": [1] * 4,
        "split": ["train", "train", "test", "test"],
    }
    return parquet(**{name: column for name, column in (sound | changed).items() if column is not None})


def products(**changed: Any) -> bytes:
    """Four products of ESCI, columns of which may be others."""
    sound = {"product_id": list("badc"), "product_title": ["a shoe"] * 4, "product_description": [None, "x", "", "y"]}
    return parquet(**(sound | {"product_locale": ["us"] * 4} | changed))


BROKEN = pa.array([b"caf\xe9", b"a", b"b", b"c"], pa.binary()).view(pa.string())
# (Kind, file) -> fault -> its content. A file of JSON lines takes the place of the CSV of the same name.
CONTENTS: dict[tuple[str, str], dict[str, bytes]] = {
    ("tables", "items.jsonl"): {
        "nested 20,000 deep in a text": b'{"item_id": 1, "text": ' + DEEP + b"}\n",
        "nested 20,000 deep in a field nobody asked for": LINES + b'{"item_id": "e", "x": ' + DEEP + b"}\n",
        "objects nested 20,000 deep": OBJECTS + b"\n",
        "a byte that is no UTF-8": LINES + b'{"item_id": "e", "text": "caf\xe9"}\n',
        "half of a pair, escaped": LINES + b'{"item_id": "e", "text": "\\ud800"}\n',
        "a text that is a list": LINES + b'{"item_id": "e", "text": ["x"]}\n',
        "a text that is null": LINES + b'{"item_id": "e", "text": null}\n',
        "an id that is null": LINES + b'{"item_id": null, "text": "x"}\n',
        "an id that is a fraction": LINES + b'{"item_id": 1.5, "text": "x"}\n',
        "an id beyond 64 bits": LINES + json.dumps({"item_id": 10**30, "text": "x"}).encode(),
        "a key twice": LINES + b'{"item_id": "e", "item_id": "f", "text": "x"}\n',
        "NaN": LINES + b'{"item_id": "e", "text": NaN}\n',
        "one array": b'[{"item_id": "e", "text": "x"}]\n',
        "a comma behind each line": LINES.replace(b"}\n", b"},\n"),
        "a Python dict": LINES.replace(b'"', b"'"),
        "an object over several lines": b'{\n"item_id": "e",\n"text": "x"}\n',
    },
    ("tables", "items.csv"): {
        "unused headers twice": b"item_id,text,x,x\nb,red,1,2\na,blue,1,2\nc,green,1,2\nd,black,1,2\n",
        "a used header twice": b"item_id,text,text\nb,x,y\n",
        "headers with blanks and capitals": ITEM.replace(b"item_id,text", b" Item_ID , TEXT"),
        "semicolons": ITEM.replace(b",", b";"),
        "line ends of old Macs": ITEM.replace(b"\n", b"\r"),
        "a text of a million letters": ITEM + b"e," + b"x" * 1_000_000 + b"\n",
        "a thousand columns": b"item_id,text" + b",c" * 1000 + b"\nb,x" + b"," * 1000 + b"\n",
        "an empty id": ITEM + b",nothing\n",
        "an id twice with another text": ITEM + b"b,other\n",
        "marks of direction in an id": ITEM + "\u202ee\u202c,x\n".encode(),
        "a formula of a spreadsheet": ITEM + b"e,=1+1\n",
        "a text that is a quote": ITEM + b'e,""""\n',
        "an accent in two letters": ITEM + "e\u0301,x\n\u00e9,x\n".encode(),
    },
    ("tables", "qrels.csv"): {
        "a grade whose column is not recognised": b"query_id,item_id,stars\nq,b,1\nr,a,0\ns,d,2\n",
        "a grade that is not recognised and partly empty": b"query_id,item_id,stars\nq,b,1\nr,a,\ns,d,2\n",
        "a grade under a near name": b"query_id,item_id,relevnce\nq,b,1\nr,a,0\ns,d,2\n",
        "a grade in words": b"query_id,item_id,gain\nq,b,good\n",
        "a gain below zero": b"query_id,item_id,gain\nq,b,-1\nr,a,1\ns,d,1\n",
        "an item that is not there": b"query_id,item_id,gain\nq,b,1\nr,zz,1\ns,d,1\n",
    },
    ("tables", "interactions.csv"): {
        name: TIMED.format(*values).encode()
        for name, *values in (
            ("a word as a time", "1", "soon", "3"),
            ("no time", "1", "", "3"),
            ("seconds and milliseconds", "1700000000", "1700000001000", "1700000002"),
            ("a day that there is not", "2024-02-28", "2024-02-30", "2024-03-01"),
            ("times with and without a zone", "2024-02-28T21:00:00Z", "2024-02-28 21:00:00", "2024-02-28T22:00:00Z"),
            ("dates of America", "02/28/2024", "02/29/2024", "03/01/2024"),
            ("a time beyond 64 bits", "1", "9" * 30, "3"),
            ("an infinite time", "1", "inf", "3"),
        )
    },
    ("beir", "qrels/test.tsv"): {
        "a header in other words": b"qid\tdocid\trel\nq\tb\t1\n",
        "the form of trec_eval": b"q 0 b 1\nr 0 a 1\n",
        "a word as a score": QRELS + b"r\ta\thigh\n",
        "no score": QRELS + b"r\ta\t\n",
        "a score that is NaN": QRELS + b"r\ta\tNaN\n",
        "a score that is infinite": QRELS + b"r\ta\tinf\n",
        "a header of Latin-1 that nobody reads": b"query-id\tcorpus-id\tscore\tcaf\xe9\nq\tb\t1\tx\n",
        "unused headers twice": b"query-id\tcorpus-id\tscore\tx\tx\nq\tb\t1\t2\t3\n",
        "a used header twice": b"query-id\tcorpus-id\tscore\tscore\nq\tb\t1\t2\n",
        "a byte-order mark and Windows": b"\xef\xbb\xbf" + QRELS.replace(b"\n", b"\r\n"),
    },
    ("beir", "queries.jsonl"): {
        "nested 20,000 deep": b'{"_id": "q", "text": ' + DEEP + b"}\n",
        "an id that is null": b'{"_id": null, "text": "x"}\n{"_id": "q", "text": "x"}\n',
        "metadata of changing form": b'{"_id": "q", "text": "x", "m": {}}\n{"_id": "r", "text": "y", "m": 7}\n',
    },
    ("beir", "qrels.tsv"): {"judgments beside the folder": QRELS},
    ("beir", "qrels.jsonl"): {"two files of judgments": b'{"query-id": "q", "corpus-id": "b", "score": 1}\n'},
    ("beir", "qrels/test.tsv.gz"): {"judgments plain and packed": b"\x1f\x8b"},
    ("recbole", "x.inter"): {
        "a word as a time": INTER + b"u\tb\tsoon\nv\ta\t2\n",
        "no time": INTER + b"u\tb\t\nv\ta\t2\n",
        "a field twice": b"user_id:token\titem_id:token\titem_id:token\nu\tb\tb\n",
        "an unused field twice": b"user_id:token\titem_id:token\tx:token\tx:float\nu\tb\t1\t2\nv\ta\t1\t2\n",
        "a byte-order mark and no times": b"\xef\xbb\xbfuser_id:token\titem_id:token\nu\tb\nv\ta\n",
    },
    ("recbole", "x.item"): {
        "a header of Latin-1": b"item_id:token\ttext:token_seq\tcaf\xe9:token\nb\tx\ty\na\tx\ty\nc\tx\ty\nd\tx\ty\n",
        "no types in the header": b"item_id\ttext\nb\tx\na\tx\nc\tx\nd\tx\n",
    },
    ("recbole", "y.inter"): {"files of two names": b"user_id:token\titem_id:token\nu\tb\n"},
    ("recbole", "x.train.inter"): {"the whole and its parts": b"user_id:token\titem_id:token\nu\tb\n"},
    ("amazon-reviews-2023", "meta_X.jsonl.gz"): {"metadata plain and packed": b"\x1f\x8b"},
    ("amazon-reviews-2023", "X.csv"): {"no user": b"user_id,parent_asin,rating,timestamp\n,b,5,1\nu,a,5,2\n"},
    ("wands", "label.csv"): {"a label that there is not": b"id\tquery_id\tproduct_id\tlabel\n0\tq\tb\tExakt\n"},
    ("esci", ESCI.format("examples")): {
        "a query that is null": examples(query=["shoe", "shoe", "hat", None]),
        "a query that is empty": examples(query=["shoe", "shoe", "hat", ""]),
        "an id of a query that is null": examples(query_id=[1, 1, 2, None]),
        "a product that is null": examples(product_id=["b", "a", "d", None]),
        "a label that is null": examples(esci_label=["E", "I", "E", None]),
        "no labels": examples(esci_label=None),
        "texts that are no UTF-8": examples(query=BROKEN),
        "queries that are numbers": examples(query=[1.5, 1.5, 2.5, 3.5]),
        "another locale": examples(product_locale=["es"] * 4),
    },
    ("esci", ESCI.format("products")): {
        "titles that are no UTF-8": products(product_title=BROKEN),
        "titles that are lists": products(product_title=[["a"], ["b"], ["c"], ["d"]]),
        "a product twice": products(product_id=["b", "a", "d", "d"]),
    },
}


def single() -> Iterator[tuple[str, str, dict[str, bytes | None]]]:
    """Kind, fault, and what is written in place of which file; None where it is not there."""
    for (kind, name), faults in CONTENTS.items():
        for fault, content in faults.items():
            away: dict[str, bytes | None] = {"items.csv": None} if name == "items.jsonl" else {}
            yield kind, f"{name}: {fault}", away | {name: content}
