import gc
import os
import time
from pathlib import Path

import pytest

from itemvec.store import RowCache, cache
from itemvec.store.housekeeping import entries, prune
from tests.store.test_cache import keys, rows, vectors
from tests.store.test_housekeeping import DAY, itemvec, table


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ITEMVEC_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_prune_by_age(folder: Path) -> None:
    old, new = table(folder, "old", days=100), table(folder, "new", days=80)
    assert (
        "would remove old (sentence-transformer some/model"
        in itemvec("prune", "--older-than", "90d", "--dry-run").output
    )
    assert len(entries(str(folder))) == 2
    assert f"removed {old}" in itemvec("prune", "--older-than", "90d").output
    assert [entry.fingerprint for entry in entries(str(folder))] == [new]
    assert not cache.use_file(str(folder), old).exists()


def test_prune_by_size_takes_the_oldest(folder: Path) -> None:
    for name, days in (("c", 1), ("a", 3), ("b", 2)):
        table(folder, name, n_rows=200, days=days)
    size = max(entry.bytes for entry in entries(str(folder)))
    removals = prune(str(folder), None, int(2.5 * size))
    assert [(one.entry.fingerprint, one.gone) for one in removals] == [("a", True)]
    assert prune(str(folder), None, int(2.5 * size)) == []
    assert [one.entry.fingerprint for one in prune(str(folder), None, 0)] == ["b", "c"]


def test_prune_by_size_keeps_a_large_table_that_was_used_after_small_ones(folder: Path) -> None:
    for name, n_rows, days in (("large", 2000, 1), ("middle", 1000, 30), ("small", 100, 300)):
        table(folder, name, n_rows, days)
    size = entries(str(folder))[0].bytes
    would = prune(str(folder), None, size, dry_run=True)
    assert [one.entry.fingerprint for one in would] == ["small", "middle"]
    assert [one.entry.fingerprint for one in prune(str(folder), None, size)] == ["small", "middle"]
    assert [entry.fingerprint for entry in entries(str(folder))] == ["large"]


def test_what_is_in_use_counts_towards_the_size(folder: Path) -> None:
    for name, days in (("a", 3), ("b", 2), ("c", 1)):
        table(folder, name, n_rows=200, days=days)
    using = RowCache(str(folder), "a", 2)
    os.utime(cache.use_file(str(folder), "a"), (0, 0))  # opened long ago, and still open
    size = max(entry.bytes for entry in entries(str(folder)))
    removals = prune(str(folder), None, int(2.5 * size))
    assert [(one.entry.fingerprint, one.gone) for one in removals] == [("a", False), ("b", True)]
    assert len(using) == 200


@pytest.fixture
def unlocked(folder: Path) -> Path:
    """A cache of one table, written 300 days ago, that has lost its lock file."""
    cache.use_file(str(folder), table(folder, "mine")).unlink()
    then = time.time() - 300 * DAY
    for path in folder.rglob("*"):
        os.utime(path, (then, then))
    return folder


@pytest.mark.parametrize("limit", [("--older-than", "90d"), ("--keep-under", "0")])
def test_a_dry_run_writes_nothing(limit: tuple[str, str], unlocked: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in (unlocked, *unlocked.rglob("*"))}
    assert "would remove mine" in itemvec("prune", *limit, "--dry-run").output
    assert {path: path.stat().st_mtime_ns for path in (unlocked, *unlocked.rglob("*"))} == before
    assert "removed mine" in itemvec("prune", *limit).output


def test_a_table_that_is_only_tidied_does_not_look_used(unlocked: Path) -> None:
    assert prune(str(unlocked), None, 10**9) == []
    assert cache.use_file(str(unlocked), "mine").exists()
    assert "removed mine" in itemvec("prune", "--older-than", "90d").output


def test_prune_removes_former_versions_before_tables(folder: Path) -> None:
    name = table(folder, "mine", n_rows=100, days=5)
    one = RowCache(str(folder), name, 2)
    for number in range(100, 110):
        one.add(*rows(keys(str(number)), vectors(number)))
    before = entries(str(folder))[0].bytes
    assert prune(str(folder), None, 10**9) == []
    assert entries(str(folder))[0].bytes >= before  # in use
    del one
    gc.collect()
    time.sleep(1.1)  # a version younger than a second stays
    assert prune(str(folder), None, 10**9) == []
    assert entries(str(folder))[0].bytes < before
    assert RowCache(str(folder), name, 2).contains(keys("7", "105")).all()


def test_a_table_in_use_is_left_alone(folder: Path) -> None:
    name = table(folder, "mine")
    using = RowCache(str(folder), name, 2)
    result = itemvec("prune", "--keep-under", "0")
    assert "left alone, in use: mine" in result.output
    using.add(*rows(keys("x"), vectors(5)))
    assert len(RowCache(str(folder), name, 2)) == 2
    del using
    gc.collect()
    assert "removed mine" in itemvec("prune", "--keep-under", "0").output
    assert len(RowCache(str(folder), name, 2)) == 0


@pytest.mark.parametrize("arguments", [[], ["--older-than", "90"], ["--keep-under", "much"]])
def test_prune_wants_to_know_what(folder: Path, arguments: list[str]) -> None:
    result = itemvec("prune", *arguments)
    assert result.exit_code == 2
    assert "90d" in result.output or "20GB" in result.output
