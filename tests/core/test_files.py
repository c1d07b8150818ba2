import json
from pathlib import Path

import pyarrow as pa
import pytest

from itemvec.core.errors import TableError
from itemvec.core.files import read_json, read_parquet, replacing, write_json, write_parquet


def test_a_file_appears_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.txt"
    with replacing(path) as partial:
        partial.write_text("whole")
        assert not path.exists()
    assert path.read_text() == "whole"
    assert [one.name for one in path.parent.iterdir()] == ["file.txt"]


def test_a_folder_takes_the_place_of_a_folder(tmp_path: Path) -> None:
    for content in ("old", "new"):
        with replacing(tmp_path / "folder") as partial:
            partial.mkdir()
            (partial / content).touch()
    assert [one.name for one in tmp_path.rglob("*")] == ["folder", "new"]


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt])
def test_a_failure_leaves_what_was_there(tmp_path: Path, failure: type[BaseException]) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "old").write_text("old")
    with pytest.raises(failure), replacing(folder) as partial:
        partial.mkdir()
        (partial / "new").write_text("half")
        raise failure
    assert [one.name for one in tmp_path.rglob("*")] == ["folder", "old"]


def test_what_a_kill_left_behind_is_removed(tmp_path: Path) -> None:
    (tmp_path / ".file.partial").mkdir()
    (tmp_path / ".file.partial" / "torn").write_text("torn")
    with replacing(tmp_path / "file") as partial:
        partial.write_text("whole")
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


def test_json_is_rounded_so_that_equal_results_are_equal_bytes(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"x": [0.1 + 0.2], "y": {"z": 1 / 3}})
    assert json.loads((tmp_path / "a.json").read_text()) == {"x": [0.3], "y": {"z": 0.333333}}


def test_json_refuses_what_is_not_a_number(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        write_json(tmp_path / "a.json", {"x": float("nan")})
    assert not list(tmp_path.iterdir())


def test_a_torn_file_says_what_to_run(tmp_path: Path) -> None:
    write_parquet(tmp_path / "a.parquet", pa.table({"x": [1, 2]}))
    whole = (tmp_path / "a.parquet").read_bytes()
    (tmp_path / "a.parquet").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "a.json").write_text('{"x": ')
    for read, name in ((read_parquet, "a.parquet"), (read_json, "a.json"), (read_json, "missing.json")):
        with pytest.raises(TableError, match=f"{name}: cannot be read .*; run `dvc repro`"):
            read(tmp_path / name)
