from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.errors import TableError
from itemvec.core.files import read_json
from itemvec.stages.decompose import decompose, read_moments
from itemvec.store import Block, write_database


def database(folder: Path, name: str, points: list[list[float]]) -> Path:
    vectors = np.array(points, dtype=np.float32)
    ids = pa.array([str(row) for row in range(len(points))])
    write_database(folder / name, {"items": (vectors.shape[1], [Block(ids, vectors)])})
    return folder / f"{name}.digest"


def test_moments_by_hand_lie_beside_what_they_are_of(tmp_path: Path) -> None:
    """Plus and minus 3 on one axis, plus and minus 1 on the other, about (5, 5)."""
    source = database(tmp_path, "full", [[8, 5], [2, 5], [5, 6], [5, 4]])
    decompose(source, tmp_path / "moments.digest")
    assert read_json(tmp_path / "moments.digest") == read_json(source)
    found = read_moments(tmp_path / "moments.digest", source)
    assert found.n == 4
    assert found.mean.tolist() == [5, 5]
    assert found.values == pytest.approx([2 * 9 / 4, 2 * 1 / 4])
    assert found.directions == pytest.approx(np.eye(2))


def test_moments_of_other_vectors_are_refused(tmp_path: Path) -> None:
    decompose(database(tmp_path, "full", [[1, 2], [3, 4]]), tmp_path / "moments.digest")
    other = database(tmp_path, "other", [[1, 2], [3, 5]])
    with pytest.raises(TableError, match="belongs to other vectors; run `dvc checkout`"):
        read_moments(tmp_path / "moments.digest", other)
