"""Data sets that are downloaded: compared with what is published, unpacked, and recorded."""

import hashlib
import zipfile
from pathlib import Path

import pytest

from itemvec.core.errors import DatasetError
from itemvec.datasets.download import checksum
from itemvec.datasets.fetch import fetch
from itemvec.datasets.known_datasets import SOURCES
from itemvec.datasets.sources import SUMS, Download
from tests.datasets.file_server import BODY, Server


def test_files_without_a_published_checksum_are_recorded(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.files = {"raw/a": BODY, "b": b"b"}
    monkeypatch.setitem(SOURCES, "mine", Download(server.base, ["raw/a", "b"]))
    server.cuts = [len(BODY), *[0] * 6]
    with pytest.raises(DatasetError, match="/b: the connection ended"):
        fetch("mine", tmp_path)
    assert not (tmp_path / "mine").exists()
    assert "2 files, of which no checksum is published; SHA256SUMS holds" in fetch("mine", tmp_path)
    assert len(server.asked) == 8  # a was not asked for again: 1 for a, 6 in vain for b, 1 for b
    assert (tmp_path / "mine" / SUMS).read_text().splitlines()[1] == f"{hashlib.sha256(b'b').hexdigest()}  b"
    assert {path.name for path in tmp_path.rglob("*")} == {"mine", "a", "b", SUMS}
    assert "in place, as fetched" in fetch("mine", tmp_path)
    (tmp_path / "mine" / "b").write_bytes(b"c")
    assert "left as it is; b differ from what was fetched" in fetch("mine", tmp_path)


def test_members_of_a_zip_are_taken_out(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("x/ratings.csv", "r")
        archive.writestr("x/README", "not wanted")
    md5 = checksum(tmp_path / "x.zip", "md5")
    server.files = {"x.zip": (tmp_path / "x.zip").read_bytes()}
    source = Download(server.base, ["x.zip"], {"x.zip": f"md5:{md5}"}, ["x/ratings.csv"])
    monkeypatch.setitem(SOURCES, "mine", source)
    assert "1 files, as published" in fetch("mine", tmp_path / "data")
    assert {path.name for path in (tmp_path / "data" / "mine").iterdir()} == {"ratings.csv", SUMS}


def test_members_keep_their_folders(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for name in ("x/corpus.jsonl", "x/qrels/test.tsv", "x/qrels/dev.tsv"):
            archive.writestr(name, name)
    server.files = {"x.zip": (tmp_path / "x.zip").read_bytes()}
    monkeypatch.setitem(SOURCES, "mine", Download(server.base, ["x.zip"], {}, ["x/corpus.jsonl", "x/qrels/test.tsv"]))
    assert "2 files, of which no checksum is published" in fetch("mine", tmp_path / "data")
    mine = tmp_path / "data" / "mine"
    assert {str(path.relative_to(mine)) for path in mine.rglob("*")} == {
        "corpus.jsonl",
        "qrels",
        "qrels/test.tsv",
        SUMS,
    }
    assert (mine / "qrels" / "test.tsv").read_text() == "x/qrels/test.tsv"
    assert "in place, as fetched" in fetch("mine", tmp_path / "data")


@pytest.mark.parametrize(
    ("sums", "said"), [({"x.zip": "sha256:00"}, "sha256 is not the published 00"), ({}, "not the zip it should be")]
)
def test_other_bytes_are_thrown_away(server: Server, tmp_path: Path, sums: dict[str, str], said: str) -> None:
    server.files = {"x.zip": b"broken"}
    with pytest.raises(DatasetError, match=said):
        Download(server.base, ["x.zip"], sums, ["x/ratings.csv"]).bring(tmp_path / "mine")
    assert not list(tmp_path.glob("*/x.zip"))


def test_files_put_there_by_hand_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "amazon-all-beauty").mkdir()
    (tmp_path / "amazon-all-beauty" / "All_Beauty.jsonl").touch()
    assert "left as it is; it was not fetched" in fetch("amazon-all-beauty", tmp_path)
