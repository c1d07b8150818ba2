"""Downloads from a server of our own, which cuts connections on purpose."""

import gzip
import hashlib
import io
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from itemvec.core.errors import DatasetError
from itemvec.datasets.download import checksum, download
from itemvec.datasets.fetch import fetch
from itemvec.datasets.known_datasets import SOURCES
from itemvec.datasets.sources import SUMS, Download
from tests.datasets.file_server import Handler, Server

BODY = bytes(range(256)) * 40


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr("itemvec.datasets.download.WAIT", 0)
    one = Server(("127.0.0.1", 0), Handler)
    one.files, one.cuts, one.asked = {"a": BODY}, [], []
    threading.Thread(target=one.serve_forever, args=(0.01,), daemon=True).start()
    yield one
    one.shutdown()
    one.server_close()


def test_a_cut_connection_is_taken_up_where_it_ended(server: Server, tmp_path: Path) -> None:
    server.cuts = [1000, 500]
    download(f"{server.base}a", tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == BODY
    assert server.asked == [None, "bytes=1000-", "bytes=1500-"]
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_what_came_is_kept_for_the_next_call(server: Server, tmp_path: Path) -> None:
    server.cuts = [1000, *[0] * 5]
    with pytest.raises(DatasetError, match=r"ended before its 10,240 bytes had come; 1,000 bytes are kept: run it ag"):
        download(f"{server.base}a", tmp_path / "a")
    assert not (tmp_path / "a").exists()
    download(f"{server.base}a", tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == BODY
    assert server.asked[-1] == "bytes=1000-"


def test_another_version_is_read_from_its_beginning(server: Server, tmp_path: Path) -> None:
    server.cuts = [1000, *[0] * 5]
    with pytest.raises(DatasetError):
        download(f"{server.base}a", tmp_path / "a")
    server.files, server.tag = {"a": BODY[::-1]}, '"2"'
    download(f"{server.base}a", tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == BODY[::-1]


def test_what_is_not_there_is_said_at_once(server: Server, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="/b: 404 Not Found; see whether it has moved"):
        download(f"{server.base}b", tmp_path / "b")
    assert len(server.asked) == 1


def test_no_server_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("itemvec.datasets.download.WAIT", 0)
    with pytest.raises(DatasetError, match=r"refused.*; 0 bytes are kept: run it again"):
        download("http://127.0.0.1:9/a", tmp_path / "a")


def test_a_cut_answer_in_chunks_is_taken_up_where_it_ended(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Handler, "protocol_version", "HTTP/1.1")
    monkeypatch.setattr(Handler, "close_connection", True, raising=False)
    server.states, server.cuts = "chunks", [1000]
    download(f"{server.base}a", tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == BODY


def test_a_file_without_stated_end_must_show_that_it_is_whole(server: Server, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("x", BODY)
    server.states = ""
    server.files = {"a": BODY, "a.gz": gzip.compress(BODY), "a.zip": packed.getvalue()}
    for name in ("a.gz", "a.zip"):
        for cut in (20, len(server.files[name]) - 4):
            server.cuts = [cut]
            with pytest.raises(DatasetError, match=f"/{name}: it did not come whole .*; it was thrown away"):
                download(f"{server.base}{name}", tmp_path / name)
        download(f"{server.base}{name}", tmp_path / name)
        assert (tmp_path / name).read_bytes() == server.files[name]
    with pytest.raises(DatasetError, match="does not say how long it is, and no checksum is published, so it may have"):
        download(f"{server.base}a", tmp_path / "a")
    assert {path.name for path in tmp_path.iterdir()} == {"a.gz", "a.zip"}


def test_a_file_without_stated_end_is_compared_with_its_checksum(server: Server, tmp_path: Path) -> None:
    server.states, server.cuts = "", [1000]
    source = Download(server.base, ["a"], {"a": f"sha256:{hashlib.sha256(BODY).hexdigest()}"})
    with pytest.raises(DatasetError, match="sha256 is not the published"):
        source.bring(tmp_path / "mine")
    assert source.bring(tmp_path / "mine") == "as published"
    assert (tmp_path / "mine" / "a").read_bytes() == BODY


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
