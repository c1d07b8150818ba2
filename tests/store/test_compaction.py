"""Joining small fragments moves rows; nobody who reads or adds meanwhile may see another vector for a key."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from itemvec.core.errors import TableError
from itemvec.store import RowCache, cache, lance
from tests.store.test_cache import keys, rows, vectors


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "FRAGMENTS", 4)


def fill(one: RowCache, start: int, stop: int) -> None:
    for number in range(start, stop):
        one.add(*rows(keys(str(number)), vectors(number)))


def values(one: RowCache, stop: int) -> list[float]:
    found, found_vectors, *_ = one.lookup(keys(*map(str, range(stop))))
    assert found.all()
    return found_vectors[:, 0].tolist()  # type: ignore[no-any-return]


def test_many_small_fragments_become_one(tmp_path: Path) -> None:
    one = RowCache(str(tmp_path), "mine", 2)
    fill(one, 0, 4)
    one.compact()
    assert lance.facts(one._table).small_fragments == 4  # few enough
    fill(one, 4, 6)
    one.compact()
    assert lance.facts(one._table).small_fragments == 1
    assert values(one, 6) == values(RowCache(str(tmp_path), "mine", 2), 6) == list(range(6))


def test_who_has_the_table_open_reads_and_adds_on(tmp_path: Path) -> None:
    ours, theirs = (RowCache(str(tmp_path), "mine", 2) for _ in range(2))
    fill(ours, 0, 6)
    theirs.add(*rows(keys("0", "6"), vectors(9, 6)))  # reads what we have added; the key 0 is there already
    ours.compact()
    assert values(theirs, 7) == list(range(7))
    fill(theirs, 7, 9)
    fill(ours, 9, 10)
    assert values(theirs, 9) == list(range(9))  # it has not looked since
    for one in (ours, RowCache(str(tmp_path), "mine", 2)):
        assert values(one, 10) == list(range(10))


def test_a_table_is_compacted_while_it_is_filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "WRITES", 6)
    one = RowCache(str(tmp_path), "mine", 2)
    fill(one, 0, 13)
    assert lance.facts(one._table).small_fragments == 2
    assert values(one, 13) == list(range(13))


def test_stretches_and_single_rows_are_taken_alike(tmp_path: Path, rng: np.random.Generator) -> None:
    one = RowCache(str(tmp_path), "mine", 2)
    for start in range(0, 2000, 500):
        one.add(*rows(keys(*map(str, range(start, start + 500))), vectors(*range(start, start + 500))))
    asked = [*range(300, 900), *range(1000, 1900, 40), 1999, 3, *range(1300, 1620, 2), 700]
    rng.shuffle(asked)
    _, found, tokens, kept = one.lookup(keys(*map(str, asked)))
    assert found[:, 0].tolist() == tokens.tolist() == asked
    assert (kept == tokens - 1).all()


def test_a_table_that_holds_other_rows_is_refused(tmp_path: Path) -> None:
    one = RowCache(str(tmp_path), "mine", 2)
    fill(one, 0, 2)
    one._index.add(keys("another"), np.array([1]))  # as if the table had been replaced
    with pytest.raises(TableError, match="holds other rows than it did; run `itemvec cache verify`"):
        one.lookup(keys("another"))


def test_a_table_that_was_removed_is_not_written_to(tmp_path: Path) -> None:
    one = RowCache(str(tmp_path), "mine", 2)
    fill(one, 0, 2)
    lance.remove(str(tmp_path), "mine")
    with pytest.raises(TableError, match="was removed while this run was adding to it; run again"):
        fill(one, 2, 3)


WRITER = """
import sys
sys.path.insert(0, sys.argv[3])
from itemvec.store import RowCache, cache
from tests.store.test_cache import keys, rows, vectors
cache.FRAGMENTS = 4
one = RowCache(sys.argv[1], "mine", 2)
for number in range(20):
    row = int(sys.argv[2]) * 20 + number
    one.add(*rows(keys(str(row)), vectors(row)))
    if number % 5 == 4:
        one.compact()
    found, known, *_ = one.lookup(keys(*(str(row) for row in range(60))))
    assert (known[found, 0] == [row for row in range(60) if found[row]]).all()
    assert found[int(sys.argv[2]) * 20 : row + 1].all()
"""


def test_processes_add_and_compact_at_once(tmp_path: Path) -> None:
    root = str(Path(__file__).parents[2])
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), str(n), root]) for n in range(3)]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    assert values(RowCache(str(tmp_path), "mine", 2), 60) == list(range(60))
