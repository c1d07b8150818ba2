from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.arrays import Floats
from itemvec.core.errors import TableError
from itemvec.store import Block, open_vectors, write_database


def blocks(vectors: Floats, size: int) -> Iterator[Block]:
    for start in range(0, len(vectors), size):
        part = vectors[start : start + size]
        yield Block(pa.array([f"i{row}" for row in range(start, start + len(part))]), part)


@pytest.fixture
def vectors(rng: np.random.Generator) -> Floats:
    return rng.standard_normal((500, 6), dtype=np.float32)


def write(folder: Path, vectors: Floats, size: int = 100) -> Path:
    tables = {name: (vectors.shape[1], blocks(vectors, size)) for name in ("items", "queries")}
    write_database(folder / "full", tables)
    return folder / "full.digest"


def test_what_is_written_is_read(tmp_path: Path, vectors: Floats) -> None:
    table = open_vectors(write(tmp_path, vectors), "items")
    ids, found = table.load()
    assert ids.to_pylist() == [f"i{row}" for row in range(500)]
    assert (found == vectors).all()
    assert found.dtype == np.float32
    assert table.ids().equals(ids)
    assert (np.concatenate(list(table.vectors)) == vectors).all()
    assert (len(table), table.dim) == (500, 6)


def test_a_block_of_wide_vectors_has_fewer_rows(tmp_path: Path, rng: np.random.Generator) -> None:
    wide = rng.standard_normal((40, 1 << 18), dtype=np.float32)  # 1 MiB each
    table = open_vectors(write(tmp_path, wide, size=40), "items")
    assert [len(block) for block in table.vectors] == [32, 8]
    assert (table.load().vectors == wide).all()


def test_equal_content_has_an_equal_digest_and_equal_data_files(tmp_path: Path, vectors: Floats) -> None:
    first, second = write(tmp_path / "a", vectors), write(tmp_path / "b", vectors)
    third = write(tmp_path / "c", vectors, size=33)
    assert first.read_text() == second.read_text() == third.read_text()
    files = [sorted(path.read_bytes() for path in tmp_path.glob(f"{name}/full/*/data/*.lance")) for name in "ab"]
    assert files[0] == files[1] != []


@pytest.mark.parametrize("change", ["value", "order", "rows"])
def test_other_content_has_another_digest(tmp_path: Path, vectors: Floats, change: str) -> None:
    other = vectors.copy()
    if change == "value":
        other[7, 3] = np.nextafter(other[7, 3], 9)
    elif change == "order":
        other[[0, 1]] = other[[1, 0]]
    else:
        other = other[:-1]
    assert write(tmp_path / "a", vectors).read_text() != write(tmp_path / "b", other).read_text()


@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_a_broken_vector_is_named_and_nothing_is_kept(tmp_path: Path, vectors: Floats, broken: float) -> None:
    vectors[217, 2] = broken
    with pytest.raises(TableError, match="items: 1 vectors hold NaN or infinity, the first of 'i217'"):
        write(tmp_path, vectors)
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_width_is_refused(tmp_path: Path, vectors: Floats) -> None:
    with pytest.raises(TableError, match=r"expected vectors of shape \(100, 7\), got \(100, 6\)"):
        write_database(tmp_path / "full", {"items": (7, blocks(vectors, 100))})


def test_an_interrupt_leaves_the_former_table(tmp_path: Path, vectors: Floats) -> None:
    digest = write(tmp_path, vectors)

    def interrupted() -> Iterator[Block]:
        yield from blocks(vectors, 100)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_database(tmp_path / "full", {"items": (6, interrupted())})
    assert len(open_vectors(digest, "items").load().ids) == 500
    assert {path.name for path in tmp_path.iterdir()} == {"full", "full.digest"}


def test_a_missing_database_says_what_to_run(tmp_path: Path, vectors: Floats) -> None:
    digest = write(tmp_path, vectors)
    (tmp_path / "full").rename(tmp_path / "elsewhere")
    with pytest.raises(TableError, match="full is missing; run `dvc checkout` or `dvc pull`"):
        open_vectors(digest, "items")


def test_a_database_that_is_not_the_digests_is_refused(tmp_path: Path, vectors: Floats) -> None:
    """Of equal shape, so that only the content tells them apart."""
    digest = write(tmp_path / "a", vectors)
    digest.write_text(write(tmp_path / "b", vectors[::-1]).read_text())
    with pytest.raises(TableError, match=r"full: its content does not match full\.digest; run `dvc checkout`"):
        open_vectors(digest, "items")


def test_a_table_may_be_empty(tmp_path: Path, vectors: Floats) -> None:
    """A catalogue without queries has no query vectors."""
    write_database(tmp_path / "full", {"items": (6, blocks(vectors, 9)), "queries": (6, [])})
    table = open_vectors(tmp_path / "full.digest", "queries")
    ids, found = table.load()
    assert (len(table), len(ids), found.shape) == (0, 0, (0, 6))
    assert list(table.vectors) == []
    assert len(table.ids()) == 0
