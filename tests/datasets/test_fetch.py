from pathlib import Path

import pytest

from itemvec.datasets.download import checksum
from itemvec.datasets.fetch import fetch
from itemvec.datasets.sources import SOURCES, PackageFiles
from itemvec.errors import DatasetError


def test_the_published_bytes_are_put_in_place(tmp_path: Path) -> None:
    assert "2 files, as published" in fetch("movielens-100k", tmp_path)
    found = {path.name: checksum(path) for path in (tmp_path / "movielens-100k").iterdir()}
    assert found == SOURCES["movielens-100k"].expected(tmp_path)
    assert "in place, as published" in fetch("movielens-100k", tmp_path)


def test_changed_files_are_left_alone_and_named(tmp_path: Path) -> None:
    fetch("movielens-100k", tmp_path)
    mine = tmp_path / "movielens-100k" / "ml-100k.item"
    mine.write_text("mine")
    assert "left as it is; ml-100k.item differ from what was published" in fetch("movielens-100k", tmp_path)
    assert mine.read_text() == "mine"


def test_own_files_need_no_source(tmp_path: Path) -> None:
    with pytest.raises(
        DatasetError, match="mine is missing, and nothing is known to fetch it from; choose from amazon"
    ):
        fetch("mine", tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "items.csv").touch()
    assert "in place" in fetch("mine", tmp_path)


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "movielens-100k").mkdir()
    assert "2 files, as published" in fetch("movielens-100k", tmp_path)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (PackageFiles("no_such_package", ".", {}), "comes with the package 'no_such_package', which is missing"),
        (PackageFiles("recbole", "dataset_example/ml-100k", {"ml-100k.item": "0" * 64}), "carries other bytes"),
        (PackageFiles("recbole", "dataset_example/ml-100k", {"ml-100k.film": "0" * 64}), "carries other bytes"),
    ],
)
def test_other_bytes_are_refused_and_nothing_is_kept(tmp_path: Path, source: PackageFiles, said: str) -> None:
    with pytest.raises(DatasetError, match=said):
        source.bring(tmp_path / "data")
    assert not list(tmp_path.iterdir())
