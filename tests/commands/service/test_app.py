"""Every route in this process: what is refused, what is escaped, and what is counted."""

import os
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest
from starlette.testclient import TestClient

from itemvec.commands.service.app import application
from itemvec.commands.service.counters import total
from itemvec.commands.service.openapi import described
from itemvec.commands.service.settings import LARGEST_BODY, LONGEST_QUERY, Settings
from itemvec.core.columns import INTERACTIONS
from itemvec.core.files import write_parquet
from tests.commands.service.exports import TEXTS, N, write_export, write_search


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    root = tmp_path_factory.mktemp("service")
    folders = {"a": write_search(root / "a", root / "tables"), "b": write_export(root / "b", 0)}
    log = pa.table([["ann", "ann", "bob"], ["i1", "i2", "gone"], [2, 1, 1]], schema=INTERACTIONS)
    write_parquet(root / "interactions.parquet", log)
    (root / "work").mkdir()
    return Settings(folders, root / "work", 1, os.getppid(), interactions=root / "interactions.parquet")


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(application(settings), base_url="http://127.0.0.1:8321", raise_server_exceptions=False) as found:
        yield found


def test_a_query_finds_the_item_of_its_text(client: TestClient) -> None:
    for place, text in enumerate(TEXTS):
        answer = client.get("/search", params={"q": text, "k": 2})
        items = answer.json()["items"]
        assert (answer.status_code, len(items), items[0]["item_id"]) == (200, 2, f"t{place}")
        assert items[0]["score"] == pytest.approx(1, abs=1e-5)
        assert (items[0]["text"], answer.headers["content-type"]) == (text, "application/json")
    assert [one["item_id"] for one in client.get("/search?q=hat&mode=words").json()["items"]] == ["t1"]
    assert client.get("/search?q=hat&mode=hybrid&k=1").json()["items"][0]["score"] <= 2 / 61


def test_a_user_has_the_answer_of_the_history(client: TestClient) -> None:
    """Ordered by time; ids that the network does not know are counted."""
    asked: dict[str, str | int] = {"system": "b", "user": "ann", "k": 3}
    by_user, by_history = (
        client.get("/recommend", params=asked),
        client.post("/recommend", json={"system": "b", "history": ["nowhere", "i2", "i1"], "k": 3}),
    )
    assert by_user.json()["items"] == by_history.json()["items"]
    assert (by_user.json()["unknown_in_history"], by_history.json()["unknown_in_history"]) == (0, 1)
    assert not {"i1", "i2"} & {one["item_id"] for one in by_user.json()["items"]}
    kept = client.get("/recommend?system=b&history=i1&k=100&mask=false").json()["items"]
    assert len(kept) == N


WRONG = [
    ("/search", 400, "q is missing"),
    ("/search?q=%20", 422, "q is blank"),
    ("/search?q=%FF%FE", 422, "write it as UTF-8"),
    ("/search?q=a%00b", 422, "write it as UTF-8"),
    (f"/search?q={'x' * (LONGEST_QUERY + 1)}", 422, "at most 1,000 are taken"),
    ("/search?q=a&q=b", 422, "q is given more than once"),
    ("/search?q=a&k=0", 422, "it must be from 1 to 100"),
    ("/search?q=a&k=1e3", 422, "it must be a whole number"),
    ("/search?q=a&k=%C2%B2", 422, "it must be a whole number"),
    ("/search?q=a&sytem=b", 422, "did you mean 'system'?"),
    ("/search?q=a&system=c", 422, "it can be a, b"),
    ("/search?q=a&mode=x", 422, "it can be vector, words, hybrid"),
    ("/search?q=a&system=b", 422, "no model with a table"),
    ("/recommend?history=t1", 422, "system a has no recommender"),
    ("/recommend?system=b", 400, "name either history"),
    ("/recommend?system=b&user=ann&history=i1", 400, "name either history"),
    ("/recommend?system=b&history=nowhere", 422, "names no item that the network knows"),
    ("/recommend?system=b&user=bob", 422, "names no item that the network knows"),
    ("/recommend?system=b&user=zoe", 404, "'zoe' is not in the interactions"),
    ("/recommend?system=b&" + "&".join(["history=i1"] * 1001), 422, "at most 1,000 are taken"),
    ("/recommend?system=b&history=", 422, "an id is empty"),
    ("/nowhere", 404, "/openapi.json lists them"),
    ("/page/../app.py", 404, "no such address"),
]


@pytest.mark.parametrize(("path", "code", "said"), WRONG, ids=[path[:40] for path, _, _ in WRONG])
def test_a_wrong_request_is_refused_in_one_line(client: TestClient, path: str, code: int, said: str) -> None:
    answer = client.get(path)
    assert answer.status_code == code
    assert said in answer.json()["error"]
    assert "\n" not in answer.json()["error"]


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"{", 400), (b"[" * 9999, 400), (b"[]", 422), (b'{"history": "i1"}', 422), (b'{"history": [1]}', 422),
     (b'{"user": 1}', 422), (b'{"k": true, "history": ["i1"]}', 422), (b'{"histoy": []}', 422),
     (b" " * (LARGEST_BODY + 1), 413)],
)  # fmt: skip
def test_a_wrong_body_is_refused(client: TestClient, body: bytes, code: int) -> None:
    answer = client.post("/recommend", content=body)
    assert (answer.status_code, list(answer.json())) == (code, ["error"])


def test_the_page_runs_nothing_but_its_own_script(client: TestClient) -> None:
    page = client.get("/")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "<script src=" in page.text
    assert "innerHTML" not in client.get("/page.js").text
    assert client.post("/").status_code == 405


def test_the_description_has_every_address(client: TestClient) -> None:
    assert client.get("/openapi.json").json() == described(["a", "b"])
    for path in described(["a"])["paths"]:
        assert client.get(path).status_code != 404


def test_another_host_or_no_token_is_refused(settings: Settings, client: TestClient) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example", "", "localhost.evil.example:8321"):
        assert client.get("/health", headers={"host": host}).status_code == 400, host
    assert client.get("/health", headers={"host": "localhost:8321"}).status_code == 200
    one = Settings({"b": settings.folders["b"]}, settings.work, 1, os.getppid(), token="a-long-secret-token")
    with TestClient(application(one), base_url="http://shop.example") as other:
        for shown in ({}, {"authorization": "Bearer a-long-secret-toke"}, {"authorization": "a-long-secret-token"}):
            assert other.get("/health", headers=shown).status_code == 401
        assert other.get("/health", headers={"authorization": "Bearer a-long-secret-token"}).status_code == 200
        assert other.get("/").status_code == 200  # which asks for the token


def test_what_fails_is_counted_and_says_nothing_of_the_inside(
    settings: Settings, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("secret/path")

    before = total(settings.work)
    monkeypatch.setattr("itemvec.commands.service.version.Version.search", broken)
    answer = client.get("/search?q=lamp")
    assert (answer.status_code, "secret" in answer.text) == (500, False)
    after = total(settings.work)
    assert {name: after[name] - before[name] for name in after if name[0] == "/search" and name[1] == 500} == {
        ("/search", 500): 1
    }
    monkeypatch.undo()
    assert client.get("/search?q=lamp").status_code == 200
    assert f'itemvec_requests_total{{path="/search",status="500"}} {after["/search", 500]:.0f}' in (
        client.get("/metrics").text
    )
