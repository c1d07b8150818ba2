"""Downloads from a server of our own, which cuts connections on purpose."""

import gzip
import hashlib
import io
import zipfile
from pathlib import Path

import pytest

from itemvec.core.errors import DatasetError
from itemvec.datasets.download import download
from itemvec.datasets.sources import Download
from tests.datasets.file_server import BODY, Handler, Server


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
