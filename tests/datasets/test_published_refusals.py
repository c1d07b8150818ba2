"""What cannot be used of published files ends in one line that names file, row and value."""

from pathlib import Path

import pytest

from itemvec.core.errors import DatasetError
from tests.datasets.test_published_faults import CORPUS, INTER, QRELS, load

ONE = '{"query-id": "q1", "corpus-id": "d1", "score": 1}\n'
DEEP = CORPUS + '{"_id": "q", "text": ' + "[" * 20_000 + "]" * 20_000 + "}\n"
TORN = CORPUS.encode() + b'{"_id": "caf\xe9", "text": "x"}\n'
REVIEWS = "user_id,parent_asin,rating,timestamp\nu,b,5.0,2\n,a,5.0,1\n"


@pytest.mark.parametrize(
    ("kind", "changed", "said"),
    [
        ("beir", {"qrels.jsonl": ONE}, r"qrels\.jsonl and qrels/test\.tsv both exist; keep one"),
        ("beir", {"qrels/test.tsv": QRELS.replace("\td", "\te")}, "2 of 2 judgments have an unknown item_id, as 'e1'"),
        ("beir", {"qrels/test.tsv": QRELS + "q1\td2\tgood\n"}, "score is no number: 'good' in row 3"),
        ("beir", {"qrels/test.tsv": QRELS + "q1\td2\n"}, r"row 3 \(line 4\) has 2 fields, the header has 3"),
        ("beir", {"qrels/test.tsv": QRELS.replace("\t", ",")}, "column 'query-id' is missing"),
        ("beir", {"corpus.jsonl": TORN}, r"corpus\.jsonl: line 3 cannot be read: it is not UTF-8"),
        (
            "beir",
            {"corpus.jsonl": CORPUS + '{"_id": 1.5, "text": "x"}\n'},
            "line 3 has 1.5 as '_id', elsewhere of type str",
        ),
        ("beir", {"queries.jsonl": DEEP}, "nested too deep"),
        (
            "recbole",
            {"x.inter": INTER + "u\ta\tsoon\n"},
            r"x\.inter: timestamp is neither a whole number nor a date: 'soon' in row 3",
        ),
        ("recbole", {"x.inter": INTER + "u\ta\t\n"}, r"x\.inter: timestamp is missing: '' in row 3"),
        ("recbole", {"x.inter": INTER.replace("timestamp:float", "item_id:token")}, "two columns are called 'item_id'"),
        ("recbole", {"x.inter": INTER + "v\tz\t3\nv\ty\t3\n"}, "2 of 4 interactions are with unknown items, as 'z'"),
        ("recbole", {"x.inter": "user_id:token\ttimestamp:float\nu\t1\n"}, "column 'item_id' is missing"),
        ("amazon-reviews-2023", {"X.csv": REVIEWS}, "user_id is missing: '' in row 2"),
        (
            "amazon-reviews-2023",
            {"meta_X.jsonl": '{"parent_asin": "b", "title": ["x"]}\n'},
            r"line 1 has \['x'\] as 'title'; expected string",
        ),
        ("wands", {"label.csv": "id\tquery_id\tproduct_id\tlabel\n0\tq\tb\t\x1b[2J\n"}, r"a label like '\\x1b\[2J'"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, kind: str, changed: dict[str, str | bytes], said: str) -> None:
    with pytest.raises(DatasetError, match=said) as error:
        load(tmp_path, kind, changed)
    assert error.value.format_message().isprintable()
