import gc
import json
import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from click.testing import CliRunner, Result

from itemvec.commands.main import main
from itemvec.encoders import CachedEncoder
from itemvec.encoders.hashing import HashingEncoder
from itemvec.store import RowCache, cache, lance
from itemvec.store.cache_rows import CHECKSUM
from itemvec.store.housekeeping import entries, verify
from tests.encoders.conftest import corpus_of
from tests.store.test_cache import keys, rows, vectors

DAY = 86_400
ABOUT: dict[str, Any] = {"kind": "sentence-transformer", "role": "item", "options": {"checkpoint": "some/model"}}


def itemvec(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["cache", *arguments])


def table(folder: Path, name: str, n_rows: int = 1, days: float = 0) -> str:
    """A table of the cache that was used so many days ago; nobody uses it now."""
    RowCache(str(folder), name, 2, ABOUT).add(*rows(keys(*map(str, range(n_rows))), vectors(*range(n_rows))))
    gc.collect()  # LanceDB has a cycle that holds who has created the table
    then = time.time() - days * DAY
    os.utime(cache.use_file(str(folder), name), (then, then))
    return name


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ITEMVEC_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def damage(folder: Path, name: str) -> None:
    """Overwrite the data of a table."""
    for path in folder.glob(f"{name}.lance/data/*.lance"):
        path.write_bytes(b"nothing" * 40)


def test_an_absent_cache_is_empty(folder: Path) -> None:
    assert itemvec("list").output == f"{folder}: 0 tables, 0 rows, 0 B\n"
    assert itemvec("verify").exit_code == 0
    assert itemvec("prune", "--older-than", "1d").output == "freed 0 B\n"


def test_list_says_what_each_encoder_is(folder: Path, tmp_path: Path) -> None:
    session = CachedEncoder(HashingEncoder(64), corpus_of(tmp_path, ["a", "b"]), str(folder))
    session.fill([pa.array(["a", "b", "c"])], "query")
    table(folder, "ancient", days=90)
    shown = itemvec("list").output
    assert "hashing, dim 64" in shown
    assert "sentence-transformer some/model, dim 2" in shown
    assert "3 tables, 4 rows" in shown
    found = json.loads(itemvec("list", "--json").output)
    assert [one["fingerprint"] for one in found["tables"]][-1] == "ancient"
    assert {one["about"]["role"]: one["rows"] for one in found["tables"][:2]} == {"item": 0, "query": 3}
    assert found["total"]["bytes"] == sum(one["bytes"] for one in found["tables"]) > 0


def test_verify_counts_keys_that_lie_there_twice(folder: Path) -> None:
    ours, theirs = (RowCache(str(folder), "mine", 2) for _ in range(2))
    for one in (ours, theirs):
        one.add(*rows(keys("a", "b"), vectors(1, 2)))
    result = itemvec("verify")
    assert "sound, 2 duplicate keys" in result.output
    assert result.exit_code == 0


def test_verify_names_what_is_broken_and_removes_it(folder: Path) -> None:
    for name in ("sound", "torn", "infinite", "narrow"):
        table(folder, name, n_rows=50)
    damage(folder, "torn")
    RowCache(str(folder), "infinite", 2).add(*rows(keys("x", "y"), np.array([[1, 1], [1, np.inf]], dtype=np.float32)))
    narrow = lance.connect(str(folder)).open_table("narrow").schema.with_metadata({cache.ABOUT: b'{"dim": 3}'})
    lance.remove(str(folder), "narrow")
    lance.open_or_create(str(folder), "narrow", narrow)
    result = itemvec("verify")
    assert result.exit_code == 1
    assert result.output.count("sound") == 2  # its name, and the word
    for said in ("cannot be read", "1 vectors hold NaN or infinity", "does not have the columns of a cache of dim 3"):
        assert said in result.output
    assert "3 tables are broken; run `itemvec cache verify --remove-broken`" in result.output
    assert itemvec("verify", "--remove-broken").exit_code == 0
    assert [check.entry.fingerprint for check in verify(str(folder))] == ["sound"]


def test_a_table_without_checksums_is_of_an_earlier_release(folder: Path) -> None:
    table(folder, "earlier")
    described = lance.connect(str(folder)).open_table("earlier").schema
    lance.remove(str(folder), "earlier")
    lance.open_or_create(str(folder), "earlier", described.remove(described.get_field_index(CHECKSUM)))
    assert "an earlier release wrote it, without checksums; no run reads it now" in itemvec("verify").output


def test_a_table_whose_folder_is_empty_is_broken(folder: Path) -> None:
    table(folder, "sound")
    name = "0123456789" * 4
    (folder / f"{name}.lance").mkdir()
    cache.use_file(str(folder), name).touch()
    assert "cannot be read: see `itemvec cache verify`" in itemvec("list").output
    assert f"{name[:12]} (cannot be read" in itemvec("verify").output
    assert itemvec("verify", "--remove-broken").exit_code == 0
    assert sorted(path.name for path in folder.glob("*.lance")) == ["sound.lance"]


def test_tables_of_others_are_never_listed_or_removed(folder: Path) -> None:
    table(folder, "ours", days=900)
    others = ["customers", "0123456789" * 4]
    for name in others:
        lance.connect(str(folder)).create_table(name, pa.table({"id": [1, 2], "vector": [[1.0], [2.0]]}))
    (folder / "empty.lance").mkdir()
    torn = folder / ("ab" * 20 + ".lance")
    torn.mkdir()
    (torn / "notes.txt").write_text("not a table")
    assert f"{folder}: 1 tables, 1 rows" in itemvec("list").output
    assert itemvec("verify", "--remove-broken").output.count("\n") == 1
    assert itemvec("prune", "--older-than", "0h", "--keep-under", "0").output.count("removed") == 1
    assert (torn / "notes.txt").read_text() == "not a table"
    assert sorted(path.stem for path in folder.glob("*.lance")) == sorted([*others, "empty", torn.stem])
    assert [lance.connect(str(folder)).open_table(name).count_rows() for name in others] == [2, 2]
    assert not any(cache.use_file(str(folder), name).exists() for name in [*others, "empty", torn.stem])


def test_all_of_it_on_object_storage(s3: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ITEMVEC_CACHE", s3)
    monkeypatch.setattr(cache, "SETTLE", 0.1)
    assert itemvec("list").output == f"{s3}: 0 tables, 0 rows, 0 B\n"
    RowCache(s3, "mine", 2, ABOUT).add(*rows(keys("a"), vectors(1)))
    assert "sentence-transformer some/model, dim 2" in itemvec("list").output
    assert "sound" in itemvec("verify").output
    assert "left alone, in use" in itemvec("prune", "--keep-under", "0").output  # for it was written just now
    monkeypatch.setattr("itemvec.store.housekeeping.FRESH", timedelta(0))
    assert "removed mine" in itemvec("prune", "--keep-under", "0").output
    assert entries(s3) == []


def test_a_file_uri_is_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ITEMVEC_CACHE", f"file://{tmp_path}/with%20space")
    table(tmp_path / "with space", "mine")
    assert f"{tmp_path}/with space: 1 tables, 1 rows" in itemvec("list").output
