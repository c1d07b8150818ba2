from pathlib import Path
from typing import Any

import pytest

from itemvec.core.columns import DIVIDED_QUERIES
from itemvec.core.errors import DatasetError, ParamsError
from itemvec.datasets import DATASETS, Tables


def load(root: Path, **options: Any) -> Tables:
    return DATASETS.build("mine", {"kind": "beir", **options}).load(root)


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    (tmp_path / "corpus.jsonl").write_text(
        '{"_id": "b", "title": "Title", "text": "body"}\n{"_id": "a", "title": "", "text": "only body"}\n'
    )
    (tmp_path / "queries.jsonl").write_text(
        '{"_id": "2", "text": "judged"}\n{"_id": "1", "text": "of another split"}\n'
    )
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n2\tb\t1\n2\ta\t0\n")
    return tmp_path


def test_the_layout_becomes_tables(raw: Path) -> None:
    tables = load(raw)
    assert tables.items.to_pylist() == [{"item_id": "a", "text": "only body"}, {"item_id": "b", "text": "Title body"}]
    assert tables.queries.to_pylist() == [{"query_id": "2", "text": "judged", "group": "given"}]
    assert [row["gain"] for row in tables.qrels.to_pylist()] == [0, 1]
    assert len(tables.interactions) == 0


def test_judgments_may_be_one_file(raw: Path) -> None:
    (raw / "qrels" / "test.tsv").unlink()
    (raw / "qrels.jsonl").write_text('{"query-id": 1, "corpus-id": "a", "score": 2}\n')
    assert load(raw).qrels.to_pylist() == [{"query_id": "1", "item_id": "a", "gain": 2}]


def test_a_list_of_splits_says_what_each_query_is_for(raw: Path) -> None:
    (raw / "qrels" / "dev.tsv").write_text("query-id\tcorpus-id\tscore\n1\ta\t2\n")
    tables = load(raw, split=["test", "dev"])
    assert tables.queries.schema == DIVIDED_QUERIES
    assert tables.queries.select(["query_id", "split"]).to_pylist() == [
        {"query_id": "1", "split": "validation"},
        {"query_id": "2", "split": "test"},
    ]
    assert tables.qrels["gain"].to_pylist() == [2, 0, 1]
    assert load(raw, split="dev").queries["query_id"].to_pylist() == ["1"]
    (raw / "qrels" / "dev.tsv").write_text("query-id\tcorpus-id\tscore\n2\ta\t2\n")
    with pytest.raises(DatasetError, match="query '2' is judged for test and for validation; keep it in one"):
        load(raw, split=["dev", "test"])


def test_splits_that_are_not_there_are_named(raw: Path) -> None:
    with pytest.raises(DatasetError, match=r"train\.tsv is missing"):
        load(raw, split=["train", "test"])
    (raw / "qrels.jsonl").write_text('{"query-id": 1, "corpus-id": "a", "score": 2}\n')
    with pytest.raises(DatasetError, match=r"qrels\.jsonl: is one file for the whole, without splits; drop the list"):
        load(raw, split=["test"])
    with pytest.raises(ParamsError, match="'train', 'dev' or 'test'"):
        load(raw, split=["valid"])
    with pytest.raises(ParamsError, match="split names none"):
        load(raw, split=[])


@pytest.mark.parametrize(
    ("name", "line", "said"),
    [
        ("qrels.jsonl", '{"query": 1, "corpus-id": "a", "score": 2}', "column 'query-id' is missing"),
        ("corpus.jsonl", '{"id": "a", "text": "x"}', "column '_id' is missing"),
        ("queries.jsonl", '{"_id": "a", "title": "x"}', "column 'text' is missing"),
    ],
)
def test_only_a_title_may_be_missing(raw: Path, name: str, line: str, said: str) -> None:
    if name == "qrels.jsonl":
        (raw / "qrels" / "test.tsv").unlink()
    (raw / name).write_text(f"{line}\n")
    with pytest.raises(DatasetError, match=said):
        load(raw)


def test_a_torn_line_is_named(raw: Path) -> None:
    (raw / "corpus.jsonl").write_text('{"_id": "b", "title": "Ti')
    with pytest.raises(DatasetError, match=r"corpus\.jsonl: line 1 cannot be read: JSON parse error"):
        load(raw)


def test_a_missing_split_is_named(raw: Path) -> None:
    with pytest.raises(DatasetError, match=r"dev\.tsv is missing"):
        load(raw, split="dev")


def test_files_of_judgments_that_are_not_read_are_named(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("qrels.tsv", "qrels/test.tsv.gz", "qrels/train.tsv"):
        (raw / name).write_text("")
    assert len(load(raw).qrels) == 2
    said = capsys.readouterr().out.splitlines()
    assert said == [
        "qrels.tsv: not read: the judgments are those of qrels/test.tsv",
        "test.tsv.gz: not read: the judgments are those of qrels/test.tsv",
    ]
