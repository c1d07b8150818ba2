"""What published files are known to have: taken by one rule, and counted; what cannot be used is named."""

from pathlib import Path
from typing import Any

import pytest

from itemvec.core.errors import DatasetError
from itemvec.datasets import DATASETS, Tables
from itemvec.datasets.reading import recorded
from tests.datasets.test_contract import FILES, ROWS

CORPUS = '{"_id": "d1", "title": "Red", "text": "red shoe"}\n{"_id": "d2", "text": "blue shoe"}\n'
ASKED = '{"_id": "q1", "text": "red"}\n{"_id": "q2", "text": "blue"}\n'
QRELS = "query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td2\t1\n"
BEIR = {"corpus.jsonl": CORPUS, "queries.jsonl": ASKED, "qrels/test.tsv": QRELS}
INTER = "user_id:token\titem_id:token\ttimestamp:float\nu\tb\t2\nu\ta\t1\n"


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
        ("beir", {"corpus.jsonl": CORPUS + '{"_id": "d3", "title": "", "text": ""}\n'}, (2, 2, 2), ["1 row left out: the item has no text"]),
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
            {"corpus.jsonl": CORPUS.replace("}\n", ', "metadata": {"year": 2019}}\n', 1).replace("e shoe\"", "e shoe\", \"metadata\": {\"year\": \"n.d.\"}")},
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
            {"meta_X.jsonl": FILES["amazon-reviews-2023"]["meta_X.jsonl"] + '{"parent_asin": "b", "title": "z", "price": "-"}\n'},
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
        ("recbole", {"x.inter": INTER.replace("timestamp:float", "timestamp:float\tcafé:token").replace("2\n", "2\tx\n").replace("1\n", "1\ty\n").encode("latin-1")}, (2, 0, 0), ["guessed: it is not UTF-8; read as cp1252, in which a word is 'café:token'"]),
    ],
)  # fmt: skip
def test_it_is_taken_and_counted(
    tmp_path: Path, kind: str, changed: dict[str, str | bytes], sizes: tuple[int, ...], said: list[str]
) -> None:
    tables, lines = load(tmp_path, kind, changed)
    assert (len(tables.items), len(tables.queries), len(tables.qrels)) == sizes
    assert lines == said


@pytest.mark.parametrize(
    ("kind", "changed", "said"),
    [
        ("beir", {"qrels.jsonl": '{"query-id": "q1", "corpus-id": "d1", "score": 1}\n'}, r"qrels\.jsonl and qrels/test\.tsv both exist; keep one"),
        ("beir", {"qrels/test.tsv": QRELS.replace("\td", "\te")}, "2 of 2 judgments have an unknown item_id, as 'e1'"),
        ("beir", {"qrels/test.tsv": QRELS + "q1\td2\tgood\n"}, "score is no number: 'good' in row 3"),
        ("beir", {"qrels/test.tsv": QRELS + "q1\td2\n"}, r"row 3 \(line 4\) has 2 fields, the header has 3"),
        ("beir", {"qrels/test.tsv": QRELS.replace("\t", ",")}, "column 'query-id' is missing"),
        ("beir", {"corpus.jsonl": CORPUS.encode() + b'{"_id": "caf\xe9", "text": "x"}\n'}, r"corpus\.jsonl: line 3 cannot be read: it is not UTF-8"),
        ("beir", {"corpus.jsonl": CORPUS + '{"_id": 1.5, "text": "x"}\n'}, "line 3 has 1.5 as '_id', elsewhere of type str"),
        ("beir", {"queries.jsonl": CORPUS + '{"_id": "q", "text": ' + "[" * 20_000 + "]" * 20_000 + "}\n"}, "nested too deep"),
        ("recbole", {"x.inter": INTER + "u\ta\tsoon\n"}, r"x\.inter: timestamp is neither a whole number nor a date: 'soon' in row 3"),
        ("recbole", {"x.inter": INTER + "u\ta\t\n"}, r"x\.inter: timestamp is missing: '' in row 3"),
        ("recbole", {"x.inter": INTER.replace("timestamp:float", "item_id:token")}, "two columns are called 'item_id'"),
        ("recbole", {"x.inter": INTER + "v\tz\t3\nv\ty\t3\n"}, "2 of 4 interactions are with unknown items, as 'z'"),
        ("recbole", {"x.inter": "user_id:token\ttimestamp:float\nu\t1\n"}, "column 'item_id' is missing"),
        ("amazon-reviews-2023", {"X.csv": "user_id,parent_asin,rating,timestamp\nu,b,5.0,2\n,a,5.0,1\n"}, "user_id is missing: '' in row 2"),
        ("amazon-reviews-2023", {"meta_X.jsonl": '{"parent_asin": "b", "title": ["x"]}\n'}, r"line 1 has \['x'\] as 'title'; expected string"),
        ("wands", {"label.csv": "id\tquery_id\tproduct_id\tlabel\n0\tq\tb\t\x1b[2J\n"}, r"a label like '\\x1b\[2J'"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_named(tmp_path: Path, kind: str, changed: dict[str, str | bytes], said: str) -> None:
    with pytest.raises(DatasetError, match=said) as error:
        load(tmp_path, kind, changed)
    assert error.value.format_message().isprintable()


def test_the_own_item_of_a_query_is_hidden_on_request(tmp_path: Path) -> None:
    changed: dict[str, str | bytes] = {
        "corpus.jsonl": CORPUS.replace("d2", "q2"),
        "qrels/test.tsv": QRELS.replace("d2", "d1"),
    }
    assert load(tmp_path, "beir", changed)[0].queries["hidden_item"].to_pylist() == [None, "q2"]
    assert "hidden_item" not in load(tmp_path, "beir", changed, drop_identical_ids=False)[0].queries.column_names
