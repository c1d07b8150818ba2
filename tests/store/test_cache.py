import hashlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from itemvec.core.arrays import Floats
from itemvec.store import RowCache


def keys(*words: str) -> Any:
    return pa.array([hashlib.blake2b(word.encode(), digest_size=16).digest() for word in words], pa.binary(16))


def vectors(*values: float) -> Floats:
    return np.array([[value, -value] for value in values], dtype=np.float32)


def rows(keys: Any, vectors: Floats) -> tuple[Any, ...]:
    """With token counts that are the first numbers of the vectors, and one less."""
    tokens = vectors[:, 0].astype(np.int32)
    return keys, vectors, tokens, tokens - 1


def test_what_was_added_is_found(tmp_path: Path) -> None:
    cache = RowCache(str(tmp_path), "mine", 2)
    cache.add(*rows(keys("a", "b"), vectors(1, 2)))
    found, found_rows, *_ = cache.lookup(keys("b", "x", "a", "b"))
    assert found.tolist() == [True, False, True, True]
    assert found_rows.tolist() == vectors(2, 0, 1, 2).tolist()


def test_it_is_kept(tmp_path: Path) -> None:
    RowCache(str(tmp_path), "mine", 2).add(*rows(keys("a"), vectors(1)))
    again = RowCache(str(tmp_path), "mine", 2)
    assert len(again) == 1
    assert again.lookup(keys("a"))[0].all()


def test_another_fingerprint_is_another_cache(tmp_path: Path) -> None:
    RowCache(str(tmp_path), "mine", 2).add(*rows(keys("a"), vectors(1)))
    assert not RowCache(str(tmp_path), "other", 2).lookup(keys("a"))[0].any()


def test_an_empty_cache_finds_nothing(tmp_path: Path) -> None:
    found, found_rows, *_ = RowCache(str(tmp_path), "mine", 2).lookup(keys("a", "b"))
    assert not found.any()
    assert found_rows.shape == (2, 2)


def test_rows_that_another_process_added_first_do_not_shift_ours(tmp_path: Path) -> None:
    ours, theirs = RowCache(str(tmp_path), "mine", 2), RowCache(str(tmp_path), "mine", 2)
    theirs.add(*rows(keys("x", "a"), vectors(9, 8)))
    ours.add(*rows(keys("a", "b"), vectors(1, 2)))
    found, found_rows, *_ = ours.lookup(keys("b", "a", "x"))
    assert found.all()
    assert found_rows.tolist() == vectors(2, 8, 9).tolist()  # of two rows with one key, the first


WRITER = """
import sys, time; from pathlib import Path
sys.path.insert(0, sys.argv[3])
from tests.store.test_cache import keys, rows, vectors
from itemvec.store import RowCache
folder = Path(sys.argv[1])
(folder / sys.argv[2]).touch()
while len(list(folder.glob("writer-*"))) < 3:  # until all are ready, so that they create the table at once
    time.sleep(0.001)
for attempt in range(10):
    cache = RowCache(str(folder / str(attempt)), "mine", 2)
    for number in range(4):
        cache.add(*rows(keys(f"{sys.argv[2]}{number}"), vectors(number)))
"""


def test_processes_create_and_write_at_once(tmp_path: Path) -> None:
    root, names = str(Path(__file__).parents[2]), ("writer-a", "writer-b", "writer-c")
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), name, root]) for name in names]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    for attempt in range(10):
        cache = RowCache(str(tmp_path / str(attempt)), "mine", 2)
        assert len(cache) == 12
        for name in names:
            found, found_rows, *_ = cache.lookup(keys(*(f"{name}{number}" for number in range(4))))
            assert found.all()
            assert found_rows.tolist() == vectors(0, 1, 2, 3).tolist()
