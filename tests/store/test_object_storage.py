"""The row cache on object storage: a real S3 server, on this machine."""

import subprocess
import sys
from pathlib import Path

import pytest

from itemvec.core.errors import TableError
from itemvec.store import RowCache, cache, lance
from tests.store.test_cache import keys, rows, vectors

ROOT = str(Path(__file__).parents[2])


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "SETTLE", 0.1)


def test_what_was_added_is_found_and_kept(s3: str) -> None:
    RowCache(s3, "mine", 2).add(*rows(keys("a", "b"), vectors(1, 2)))
    again = RowCache(s3, "mine", 2)
    again.add(*rows(keys("c"), vectors(3)))
    found, values, *_ = again.lookup(keys("c", "x", "a", "b"))
    assert found.tolist() == [True, False, True, True]
    assert values.tolist() == vectors(3, 0, 1, 2).tolist()


def test_it_is_compacted(s3: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "FRAGMENTS", 4)
    ours, theirs = RowCache(s3, "mine", 2), RowCache(s3, "mine", 2)
    for number in range(6):
        ours.add(*rows(keys(str(number)), vectors(number)))
    theirs.add(*rows(keys("6"), vectors(6)))
    ours.compact()
    for one in (ours, theirs):
        assert one.lookup(keys(*map(str, range(7)))).vectors[:, 0].tolist() == list(range(7))


def test_who_creates_last_and_late_does_no_harm(s3: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """LanceDB replaces a table that appeared after it looked: nobody adds before that can no longer happen."""
    monkeypatch.setattr(cache, "SETTLE", 1.0)
    first = RowCache(s3, "mine", 2)
    lance.connect(s3).create_table("mine", schema=first._table.schema, storage_options=lance.GROWING, mode="overwrite")
    first.add(*rows(keys("a"), vectors(1)))
    assert len(RowCache(s3, "mine", 2)) == 1


WRITER = """
import sys
sys.path.insert(0, sys.argv[3])
from itemvec.store import RowCache
from tests.store.test_cache import keys, rows, vectors
for attempt in range(2):
    cache = RowCache(f"{sys.argv[1]}/{attempt}", "mine", 2)
    for number in range(5):
        cache.add(*rows(keys(f"{sys.argv[2]}-{number}"), vectors(number)))
"""


def test_processes_create_and_write_at_once(s3: str) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, s3, str(n), ROOT]) for n in range(3)]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    for attempt in range(2):
        one = RowCache(f"{s3}/{attempt}", "mine", 2)
        assert len(one) == 15
        for writer in range(3):
            found = one.lookup(keys(*(f"{writer}-{number}" for number in range(5))))
            assert found.vectors[:, 0].tolist() == list(range(5))


def test_what_cannot_be_reached_is_one_line_without_secrets(s3: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TableError, match=r"s3://no-such-bucket/x: cannot be opened \(NoSuchBucket\); check the bucket"):
        RowCache("s3://no-such-bucket/x", "mine", 2)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(TableError, match="cannot be opened") as error:
        RowCache(s3, "mine", 2)
    assert "a-secret" not in str(error.value)
    assert "\n" not in str(error.value)
