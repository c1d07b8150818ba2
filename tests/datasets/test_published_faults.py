"""What published files are known to have: taken by one rule, and counted; what cannot be used is named."""

from pathlib import Path
from typing import Any

import pytest

from itemvec.datasets import DATASETS, Tables
from itemvec.datasets.reading import recorded
from tests.datasets.test_contract import FILES, ROWS

CORPUS = '{"_id": "d1", "title": "Red", "text": "red shoe"}\n{"_id": "d2", "text": "blue shoe"}\n'
ASKED = '{"_id": "q1", "text": "red"}\n{"_id": "q2", "text": "blue"}\n'
QRELS = "query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td2\t1\n"
BEIR = {"corpus.jsonl": CORPUS, "queries.jsonl": ASKED, "qrels/test.tsv": QRELS}
MIXED = CORPUS.replace('", "text"', '", "year": 2019, "text"', 1).replace('"d2", ', '"d2", "year": "n.d.", ')
META = FILES["amazon-reviews-2023"]["meta_X.jsonl"]
INTER = "user_id:token\titem_id:token\ttimestamp:float\nu\tb\t2\nu\ta\t1\n"
LATIN = (
    INTER.replace("float\n", "float\tcafé:token\n").replace("2\n", "2\tx\n").replace("1\n", "1\ty\n").encode("latin-1")
)


def load(root: Path, kind: str, changed: dict[str, str | bytes], **options: Any) -> tuple[Tables, list[str]]:
    files: dict[str, Any] = (BEIR if kind == "beir" else FILES[kind]) | changed
    for name, content in files.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    with recorded() as reading:
        tables = DATASETS.build("mine", {"kind": kind, **ROWS[kind], **options}).load(root)
    lines = [line.split(": ", 1)[1] for line in reading.lines]
    return tables, [line for line in lines if "timestamp is read as" not in line]


@pytest.mark.parametrize(
    ("kind", "changed", "sizes", "said"),
    [
        ("beir", {}, (2, 2, 2), []),
        (
            "beir",
            {"qrels/test.tsv": QRELS + "q1\td9\t1\n"},
            (2, 2, 2),
            ["1 row left out: the judgment has an unknown item_id, as 'd9'"],
        ),
        (
            "beir",
            {"qrels/test.tsv": QRELS + "q9\td1\t1\n"},
            (2, 2, 2),
            ["1 row left out: the judgment has an unknown query_id, as 'q9'"],
        ),
        (
            "beir",
            {"corpus.jsonl": CORPUS + '{"_id": "d3", "title": "", "text": ""}\n'},
            (2, 2, 2),
            ["1 row left out: the item has no text"],
        ),
        (
            "beir",
            {"qrels/test.tsv": QRELS + "q1\td2\t-2\n"},
            (2, 2, 3),
            ["1 row changed: the gain is negative, as -2, and counts as 0"],
        ),
        (
            "beir",
            {"qrels/test.tsv": QRELS.replace("q2\td2\t1", "q2\td2\t0")},
            (2, 1, 1),
            ["1 row left out: no item is relevant to the query"],
        ),
        (
            "beir",
            {"qrels/test.tsv": QRELS + "q1\td1\t2\n"},
            (2, 2, 2),
            ["1 row left out: the query and item are judged more than once, and the highest counts"],
        ),
        (
            "beir",
            {"corpus.jsonl": CORPUS + CORPUS.splitlines()[0] + "\n"},
            (2, 2, 2),
            ["1 row left out: the product stands there before, and the first counts"],
        ),
        (
            "beir",
            {"corpus.jsonl": CORPUS.replace("d2", "q2"), "qrels/test.tsv": QRELS.replace("d2", "d1")},
            (2, 2, 2),
            ["1 row left out: the item of the query's own id, as 'q2', is not ranked for it (drop_identical_ids)"],
        ),
        ("beir", {"queries.jsonl": ASKED.replace("blue", " ")}, (2, 1, 1), ["1 row left out: the query has no text"]),
        (
            "beir",
            {"corpus.jsonl": MIXED},
            (2, 2, 2),
            [],
        ),
        ("beir", {"qrels/test.tsv": "\ufeff" + QRELS}, (2, 2, 2), []),
        (
            "amazon-c4",
            {"sampled_item_metadata_1M.jsonl": FILES["amazon-c4"]["sampled_item_metadata_1M.jsonl"] * 2},
            (2, 1, 1),
            ["2 rows left out: the product stands there before, and the first counts"],
        ),
        (
            "wands",
            {"product.csv": FILES["wands"]["product.csv"] + "b\tx\t\n"},
            (2, 1, 1),
            ["1 row left out: the product stands there before, and the first counts"],
        ),
        (
            "amazon-reviews-2023",
            {"meta_X.jsonl": META + '{"parent_asin": "b", "title": "z", "price": "-"}\n'},
            (2, 0, 0),
            ["1 row left out: the product stands there before, and the first counts; 1 have another text there"],
        ),
        (
            "recbole",
            {"x.item": FILES["recbole"]["x.item"] + "b\tx\n"},
            (2, 0, 0),
            ["1 row left out: the product stands there before, and the first counts"],
        ),
        (
            "recbole",
            {"x.inter": INTER + "v\tz\t3\n"},
            (2, 0, 0),
            ["1 row left out: the interaction is with an item that has no text or is not there, as 'z'"],
        ),
        ("recbole", {"x.inter": "\ufeff" + INTER}, (2, 0, 0), []),
        (
            "recbole",
            {"x.inter": LATIN},
            (2, 0, 0),
            ["guessed: it is not UTF-8; read as cp1252, in which a word is 'café:token'"],
        ),
    ],
)
def test_it_is_taken_and_counted(
    tmp_path: Path, kind: str, changed: dict[str, str | bytes], sizes: tuple[int, ...], said: list[str]
) -> None:
    tables, lines = load(tmp_path, kind, changed)
    assert (len(tables.items), len(tables.queries), len(tables.qrels)) == sizes
    assert lines == said


def test_the_own_item_of_a_query_is_hidden_on_request(tmp_path: Path) -> None:
    changed: dict[str, str | bytes] = {
        "corpus.jsonl": CORPUS.replace("d2", "q2"),
        "qrels/test.tsv": QRELS.replace("d2", "d1"),
    }
    assert load(tmp_path, "beir", changed)[0].queries["hidden_item"].to_pylist() == [None, "q2"]
    assert "hidden_item" not in load(tmp_path, "beir", changed, drop_identical_ids=False)[0].queries.column_names
