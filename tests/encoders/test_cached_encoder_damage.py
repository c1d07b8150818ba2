"""Bytes of the row cache that change on disk never change a vector: the text is encoded again, and this is said."""

from pathlib import Path
from shutil import copytree

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.errors import TableError
from itemvec.encoders import CachedEncoder, Corpus
from itemvec.encoders.hashing import HashingEncoder
from itemvec.store.housekeeping import verify

ENCODER = HashingEncoder(16)
TEXTS = pa.array([f"item {number} of colour {number % 7}" for number in range(40)])


def vectors(corpus: Corpus, folder: Path) -> list[list[float]]:
    """Vectors of ``TEXTS``, read through the cache as a run reads them."""
    session = CachedEncoder(ENCODER, corpus, str(folder))
    session.fill([TEXTS], "item")
    return session.read(TEXTS, "item").vectors.tolist()  # type: ignore[no-any-return]


def data_file(folder: Path) -> Path:
    """The one file with rows."""
    (path,) = folder.glob("*.lance/data/*.lance")
    return path


def flip(path: Path, bit: int) -> None:
    data = bytearray(path.read_bytes())
    data[bit // 8] ^= 1 << bit % 8
    path.write_bytes(data)


def first_bit_of(path: Path, vector: list[float]) -> int:
    """Where the numbers of a vector lie in a file, in bits."""
    at = path.read_bytes().find(np.array(vector, dtype=np.float32).tobytes())
    assert at > 0
    return 8 * at


def faults(folder: Path) -> list[str]:
    return [check.fault for check in verify(str(folder)) if check.fault]


def test_a_vector_that_changed_is_found_said_and_encoded_again(
    corpus: Corpus, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = vectors(corpus, tmp_path)
    flip(data_file(tmp_path), first_bit_of(data_file(tmp_path), expected[3]) + 5)
    assert faults(tmp_path) == ["1 rows have other bytes than were written (their checksum differs)"]
    capsys.readouterr()
    assert vectors(corpus, tmp_path) == expected
    said = "row cache: 1 rows had changed on disk, by their checksums; encoding their texts again\n"
    assert capsys.readouterr().out == said
    assert faults(tmp_path) == []
    assert vectors(corpus, tmp_path) == expected
    assert capsys.readouterr().out == ""  # mended for good


def test_no_bit_of_the_file_can_change_a_vector(corpus: Corpus, tmp_path: Path, rng: np.random.Generator) -> None:
    whole = tmp_path / "whole"
    expected, n_mended, refused = vectors(corpus, whole), 0, {}
    for bit in rng.integers(0, 8 * data_file(whole).stat().st_size, size=60).tolist():
        folder = tmp_path / str(bit)
        copytree(whole, folder)
        flip(data_file(folder), bit)
        try:
            assert vectors(corpus, folder) == expected
            n_mended += 1
        except TableError as error:
            refused[folder] = error.message
    assert all(said.endswith("run `itemvec cache verify`") and faults(folder) for folder, said in refused.items())
    assert n_mended > 30  # most bytes are vectors
