from pathlib import Path

import pytest

from tests.datasets.test_esci import ROWS, load, write


def test_a_judgment_of_an_absent_product_and_an_empty_query_are_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, [*ROWS, ("x", 1, "Z", "us", "E", 1, 1, "test"), (" ", 2, "A", "us", "E", 1, 1, "test")])
    assert load(tmp_path).queries["query_id"].to_pylist() == ["7", "9"]
    said = capsys.readouterr().out
    assert "1 row left out: the judgment has an unknown item_id, as 'Z'" in said
    assert "1 row left out: the query has no text" in said
    assert "1 row left out: no item is relevant to the query" in said


def test_a_query_that_is_null_is_left_out_as_an_empty_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, [*ROWS, (None, 2, "A", "us", "E", 1, 1, "test"), ("x", None, "A", "us", "E", 1, 1, "test")])
    assert load(tmp_path).queries["query_id"].to_pylist() == ["7", "9"]
    said = capsys.readouterr().out
    assert "1 row left out: the query has no text" in said
    assert "1 row left out: the query has no id" in said
