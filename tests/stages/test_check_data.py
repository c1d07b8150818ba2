"""What `itemvec check` says of the data."""

from pathlib import Path

import pytest

from itemvec.core.errors import DatasetError
from itemvec.stages.check import check_data

TABLES = {"kind": "tables"}


def test_data_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="mine is missing; put its files there"):
        check_data(tmp_path, "mine", TABLES)
    (tmp_path / "mine").mkdir()
    with pytest.raises(DatasetError, match="mine is empty; put its files there"):
        check_data(tmp_path, "mine", TABLES)
    with pytest.raises(DatasetError, match="movielens-100k is missing; run `itemvec fetch`"):
        check_data(tmp_path, "movielens-100k", {"kind": "movielens"})


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("products.csv", r"products\.csv is not read; expected one of items\.parquet, items\.csv"),
        ("items.xml", r"items\.xml is not read; expected one of"),
        ("train.csv", r"items\.csv is missing; .*; beside it are 'train\.csv'"),
    ],
)
def test_files_that_are_meant_are_named(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / name).write_text("item_id,text\n1,a\n")
    with pytest.raises(DatasetError, match=said):
        check_data(tmp_path, "mine", TABLES)


def test_every_problem_of_the_data_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "items.csv").write_text("item_id,text\n1,a\n1,b\n2,\n")
    (folder / "interactions.csv").write_text("user_id,item_id,timestamp,split\nu,1,soon,train\n,9,2024-02-30,dev\n")
    (folder / "queries.csv").write_text("query_id,text\nq,a\nr,b\n")
    (folder / "qrels.csv").write_text("query_id,item_id,gain\nq,1,-1\ns,9,2\n")
    with pytest.raises(DatasetError) as error:
        check_data(tmp_path, "mine", TABLES)
    lines = [line.removeprefix(f"{folder}/") for line in error.value.message.splitlines()]
    assert [line.split("; ")[0] for line in lines] == [
        "interactions.csv: timestamp is neither a whole number nor a date: 'soon' in row 1",
        "interactions.csv: timestamp is no day or time that there is: '2024-02-30' in row 2",
        "items.csv: text is empty: '' in row 3",
        "interactions.csv: user_id is empty: '' in row 2",
        "interactions.csv: split is none of train, validation, test, history: 'dev' in row 2",
        "qrels.csv: gain is below zero: -1.0 in row 1",
        "interactions.csv: item_id is not in items.csv: '9' in row 2",
        "qrels.csv: item_id is not in items.csv: '9' in row 2",
        "qrels.csv: query_id is not in queries.csv: 's' in row 2",
        "queries.csv: no item is relevant to query_id: 'q' in row 1 and 1 more",
    ]


def test_of_a_large_file_the_first_rows_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("itemvec.stages.check.ROWS", 3)
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "items.csv").write_text("item_id,text\n" + "".join(f"{row},a\n" for row in range(9)) + "9,\n")
    (folder / "interactions.csv").write_text("user_id,item_id,timestamp\nu,8,1\nu,7,2\n")  # known behind the sample
    said = check_data(tmp_path, "mine", TABLES)
    assert said[-1] == "of larger files the first 3 rows were looked at"
    (folder / "items.csv").write_text("item_id,text\n1,a\n2,\n3,c\n4,d\n")
    with pytest.raises(DatasetError, match=r"items\.csv: text is empty: '' in row 2"):
        check_data(tmp_path, "mine", TABLES)
