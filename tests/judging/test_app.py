"""The page as HTTP: who is let in, and that texts of the data are texts."""

import socket
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from itemvec.core.errors import ParamsError
from itemvec.core.params import Params
from itemvec.judging.access import Access, is_loopback
from itemvec.judging.app import application
from itemvec.judging.material import Material
from itemvec.judging.serving import checked_access, listening
from tests.judging.conftest import made

TOKEN = "0123456789abcdef"
BODY = {"who": "anna", "tab": "t"}


def client(root: Path, access: Access, base: str = "http://127.0.0.1:8765", who: str = "anna") -> TestClient:
    material = Material.load(root, Params.load(root / "params.yaml"), 5, [], False, print)
    page = material.page(None, "judge.js", 4)
    return TestClient(application(material.session(None, 0.1), page, access, who), base_url=base)


@pytest.fixture
def local(tmp_path: Path) -> TestClient:
    return client(made(tmp_path, hostile=True), Access("127.0.0.1"))


def test_it_answers_its_own_page(local: TestClient) -> None:
    found = local.get("/")
    assert found.status_code == 200
    assert "script-src 'self'" in found.headers["content-security-policy"]
    assert "unsafe" not in found.headers["content-security-policy"]
    assert found.headers["x-content-type-options"] == "nosniff"
    shown = local.post("/ask/next", json=BODY, headers={"origin": "http://127.0.0.1:8765"}).json()
    assert shown["items"][0]["text"].endswith("<img src=x onerror=alert(1)>")  # a script puts it in as text
    assert "onerror" not in found.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "evil.example:8765"}, 421),
        ({"host": "127.0.0.1.evil.example"}, 421),
        ({"host": "192.168.0.9:8765"}, 421),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://127.0.0.1:9999"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"content-type": "text/plain"}, 400),
        ({"host": "localhost:8765", "origin": "http://localhost:8765"}, 200),
        ({"host": "[::1]:8765"}, 200),
    ],
)
def test_other_pages_and_names_are_refused(local: TestClient, headers: dict[str, str], status: int) -> None:
    found = local.post("/ask/next", json=BODY, headers=headers)
    assert found.status_code == status
    assert "content-security-policy" in found.headers


def test_with_a_token_nobody_comes_in_without(tmp_path: Path) -> None:
    remote = client(made(tmp_path), Access("0.0.0.0", TOKEN), "http://192.168.0.9:8765")
    assert remote.get("/").status_code == 401
    assert remote.get("/style.css").status_code == 401
    assert remote.post("/ask/next", json=BODY).status_code == 401
    assert remote.get("/?token=wrong").status_code == 401
    came = remote.get(f"/?token={TOKEN}", follow_redirects=False)
    assert (came.status_code, came.headers["location"]) == (303, "/")
    cookie = came.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert remote.get("/").status_code == remote.post("/ask/next", json=BODY).status_code == 200
    assert remote.get("/", headers={"host": "evil.example"}).status_code == 421


def test_others_can_reach_it_with_a_token_alone() -> None:
    assert [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "192.168.0.9")] == [
        *(True, True, True, False, False),
    ]
    for token in (None, "short"):
        with pytest.raises(ParamsError, match="others can reach it; add a token of 16 letters or more, as --token"):
            checked_access("0.0.0.0", token)
    assert checked_access("0.0.0.0", TOKEN).token == TOKEN


@pytest.mark.parametrize("who", ["", "../anna", "a b", "<b>", "a" * 41])
def test_without_a_name_it_asks_for_one(tmp_path: Path, who: str) -> None:
    found = client(made(tmp_path), Access("127.0.0.1"), who="").get("/", params={"who": who})
    assert 'name="who"' in found.text
    assert "<b>" not in found.text
    assert ("A name may hold" in found.text) == bool(who)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"{}",
        b'{"who": 1, "tab": "t"}',
        b'{"who": "../a", "tab": "t"}',
        b'{"who": "anna", "tab": "t", "query": [], "item": {}, "grade": 1, "token": 2}',
        b" " * 70_000,
    ],
)
def test_other_bodies_are_refused_in_words(local: TestClient, body: bytes) -> None:
    for path in ("judge", "undo", "nothing"):
        found = local.post(f"/ask/{path}", content=body, headers={"content-type": "application/json"})
        assert found.status_code == 400
        assert found.json()["error"].startswith("no request of this page")


def test_guidelines_are_escaped(tmp_path: Path) -> None:
    root = made(tmp_path)
    (tmp_path / "guide.txt").write_text("Is it <script>good</script>?\nYes & no")
    material = Material.load(root, Params.load(root / "params.yaml"), 5, [], False, print)
    shown = material.page(tmp_path / "guide.txt", "judge.js", 4).judging("anna")
    assert "Is it &lt;script&gt;good&lt;/script&gt;?\nYes &amp; no" in shown
    (tmp_path / "guide.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(ParamsError, match="is not UTF-8 text"):
        material.page(tmp_path / "guide.txt", "judge.js", 4)


def test_the_address_takes_a_connection_before_it_is_said() -> None:
    with listening("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname(), timeout=5):
        pass
