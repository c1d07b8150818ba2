import re
from pathlib import Path

import pytest

from itemvec.core.errors import DatasetError
from itemvec.core.params import Params
from itemvec.datasets import DATASETS
from itemvec.datasets.download import checksum
from itemvec.datasets.fetch import fetch
from itemvec.datasets.known_datasets import SOURCES
from itemvec.datasets.sources import Download, PackageFiles
from tests.conftest import ROOT


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
        DatasetError, match=r"mine is missing, and nothing is known to fetch it from; \d+ are known, the nearest limit"
    ):
        fetch("mine", tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "items.csv").touch()
    assert "in place" in fetch("mine", tmp_path)


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "movielens-100k").mkdir()
    assert "2 files, as published" in fetch("movielens-100k", tmp_path)


def test_what_needs_a_login_is_said(tmp_path: Path) -> None:
    with pytest.raises(
        DatasetError, match=r"crowdflower is missing, and train\.csv must be brought by hand: log in to"
    ):
        fetch("crowdflower", tmp_path)
    (tmp_path / "crowdflower").mkdir()
    (tmp_path / "crowdflower" / "train.csv").touch()
    assert "left as it is; it was not fetched" in fetch("crowdflower", tmp_path)


def test_what_can_be_fetched_can_be_selected() -> None:
    rows = Params.load(ROOT / "params.yaml").datasets
    assert set(SOURCES) <= set(rows)
    assert all(DATASETS.build(name, rows[name]) for name in SOURCES)


@pytest.mark.parametrize("name", [name for name, source in SOURCES.items() if isinstance(source, Download)])
def test_checksums_are_of_files_that_are_fetched(name: str) -> None:
    source = SOURCES[name]
    assert isinstance(source, Download)
    assert set(source.checksums) <= set(source.files)
    assert all(re.fullmatch("md5:[0-9a-f]{32}|sha256:[0-9a-f]{64}", one) for one in source.checksums.values())


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
