import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from itemvec.core.errors import TableError
from itemvec.reducers import Decomposition, Moments


def test_moments_by_hand() -> None:
    moments = Moments.of([np.array([[1, 2]], dtype=np.float32), np.array([[3, 6]], dtype=np.float32)])
    assert moments.n == 2
    assert moments.mean.tolist() == [2, 4]
    assert moments.covariance.tolist() == [[1, 2], [2, 4]]


def test_nothing_cancels_far_from_the_origin(rng: np.random.Generator) -> None:
    small = rng.standard_normal((1000, 5)).astype(np.float32)
    far = small + np.float32(1024)  # keeps 13 bits after the point
    found = Moments.of(np.split(far, 10)).covariance
    assert found == pytest.approx(np.cov((far - 1024).T, bias=True), abs=1e-6)


def test_spectrum_descends_and_has_a_fixed_sign(rng: np.random.Generator) -> None:
    moments = Moments.of([rng.standard_normal((100, 6)).astype(np.float32)])
    values, directions = moments.spectrum()
    assert (np.diff(values) <= 0).all()
    assert directions @ directions.T == pytest.approx(np.eye(6), abs=1e-12)
    assert (directions[np.arange(6), np.abs(directions).argmax(axis=1)] > 0).all()
    assert directions.T @ np.diag(values) @ directions == pytest.approx(moments.covariance, abs=1e-12)


def test_no_vectors_are_refused() -> None:
    with pytest.raises(ValueError, match="no vectors"):
        Moments.of([])


def test_a_decomposition_comes_back_as_it_was_written(tmp_path: Path, rng: np.random.Generator) -> None:
    vectors = rng.standard_normal((50, 4)).astype(np.float32)
    Decomposition.of([vectors]).write(tmp_path / "m.safetensors", "these")
    found = Decomposition.read(tmp_path / "m.safetensors", "these")
    assert found.n == 50
    assert found.mean == pytest.approx(vectors.mean(axis=0), abs=1e-6)
    assert found.covariance == pytest.approx(np.cov(vectors.T, bias=True), abs=1e-6)


def test_a_decomposition_of_other_vectors_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    with pytest.raises(TableError, match=r"m\.safetensors: cannot be read .*; run `dvc checkout`"):
        Decomposition.read(path, "these")
    Decomposition.of([np.eye(3, dtype=np.float32)]).write(path, "these")
    with pytest.raises(TableError, match=r"m\.safetensors: belongs to other vectors; run `dvc checkout`"):
        Decomposition.read(path, "those")


WRITE = """
import sys
import subprocess
import sys
from pathlib import Path
import numpy as np
from itemvec.reducers import Decomposition
Decomposition.of([np.eye(3, dtype=np.float32)]).write(Path(sys.argv[1]), "these")
"""


def test_equal_moments_are_equal_bytes_in_every_process(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.safetensors" for number in range(8)]
    running = [subprocess.Popen([sys.executable, "-c", WRITE, str(path)]) for path in paths]
    assert [process.wait() for process in running] == [0] * 8
    assert len({path.read_bytes() for path in paths}) == 1


def test_moments_of_an_earlier_form_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    for metadata in (None, {"n": "3", "source": "these"}):
        save_file({"mean": np.zeros(3)}, path, metadata)
        with pytest.raises(TableError, match=r"m\.safetensors: cannot be read .*; run `dvc checkout`"):
            Decomposition.read(path, "these")
