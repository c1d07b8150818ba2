import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import chain, repeat
from threading import Timer
from typing import Any

import pytest

from itemvec.core.errors import ItemvecError, ParamsError
from itemvec.models import server as posting
from tests.encoders import embedding_server
from tests.encoders.embedding_server import KEY, Fault, serving

BODY = {"model": "words", "input": ["a"]}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[embedding_server.Server]:
    monkeypatch.setenv("A_KEY", KEY)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(posting, "FIRST_PAUSE", 0.01)
    with serving() as one:
        yield one


def asking(server: embedding_server.Server, **options: Any) -> posting.Server:
    return posting.Server(server.url, "model 'words'", "A_KEY", **options)


@pytest.mark.parametrize("status", [0, 408, 429, 500, 503])
def test_what_may_pass_is_tried_again(
    server: embedding_server.Server, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    server.faults = [Fault(status), Fault(status)]
    assert asking(server).post("/embeddings", BODY)["model"] == "words"
    assert len(server.times) == 3
    assert capsys.readouterr().out.count("trying again in 0.0 s") == 2


@pytest.mark.parametrize("header", ["0.3", "date"])
def test_a_pause_the_server_asks_for_is_kept_by_all(server: embedding_server.Server, header: str) -> None:
    if header == "date":  # which counts whole seconds
        header = format_datetime(datetime.now(UTC) + timedelta(seconds=1.5), usegmt=True)
    server.faults = [Fault(429, headers={"Retry-After": header})]
    asking(server).post("/embeddings", BODY)
    assert 0.28 < server.times[1] - server.times[0] < 30


@pytest.mark.parametrize("header", ["nan", "-3", "soon", "inf"])
def test_a_pause_that_makes_no_sense_is_not(server: embedding_server.Server, header: str) -> None:
    server.faults = [Fault(429, headers={"Retry-After": header})]
    asking(server).post("/embeddings", BODY)
    assert server.times[1] - server.times[0] < 30


def test_a_pause_beyond_patience_ends_the_run(server: embedding_server.Server) -> None:
    server.faults = [Fault(429, "the quota of the day is used up", {"Retry-After": "3600"})]
    with pytest.raises(ItemvecError, match=r"the quota of the day is used up\), and asks to wait 3,600 s; run again"):
        asking(server).post("/embeddings", BODY)
    assert len(server.times) == 1


def test_patience_ends(server: embedding_server.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "TRIES", 3)
    server.faults = [Fault(500, "broken")] * 9
    with pytest.raises(ItemvecError, match=r"model 'words': .* gives no answer \(try 3: status 500: broken\)"):
        asking(server).post("/embeddings", BODY)
    assert len(server.times) == 3


def test_a_slow_server_is_tried_again(server: embedding_server.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "TIMEOUT", 0.5)
    pauses = chain([2], repeat(0))

    def slow(answer: Any) -> Any:
        time.sleep(next(pauses))
        return answer

    server.spoil = slow
    assert asking(server).post("/embeddings", BODY)["model"] == "words"
    assert len(server.times) > 1


@pytest.mark.parametrize("kept", [True, False])
def test_nobody_there(server: embedding_server.Server, monkeypatch: pytest.MonkeyPatch, kept: bool) -> None:
    """That earlier answers are kept is said only where they are."""
    monkeypatch.setattr(posting, "TRIES", 2)
    with pytest.raises(ItemvecError, match=r"http://127.0.0.1:9 gives no answer \(try 2: .*refused") as error:
        posting.Server("http://127.0.0.1:9", "model 'words'", kept=kept).post("/embeddings", BODY)
    assert ("earlier answers are kept" in error.value.message) == kept


@pytest.mark.parametrize(
    ("status", "step"),
    [
        (400, "check the options of the row"),
        (401, "check the key in A_KEY, and what it may do"),
        (403, "check the key in A_KEY"),
        (404, "check url and checkpoint"),
        (413, "lower batch_texts or batch_tokens"),
        (422, "check the options of the row"),
    ],
)
def test_a_refusal_is_not_tried_again(server: embedding_server.Server, status: int, step: str) -> None:
    server.faults = [Fault(status, "not so")]
    with pytest.raises(ParamsError, match=rf"^model 'words': {server.url} refuses: status {status}: not so; {step}"):
        asking(server).post("/embeddings", BODY)
    assert len(server.times) == 1


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (b"<html>\n a page </html>", "<html> a page </html>"),
        ({"detail": [{"msg": "too long"}]}, "{'msg': 'too long'}"),
        ({"message": "no"}, "no"),
        ({"error": "no"}, "no"),
        ({}, "{}"),
        (b"", "nothing"),
        (b"x" * 1000, "x" * posting.SHOWN + ";"),
    ],
)
def test_what_a_server_says_is_shown_in_one_line(
    server: embedding_server.Server, monkeypatch: pytest.MonkeyPatch, said: Any, shown: str
) -> None:
    reply = embedding_server.Handler.reply
    monkeypatch.setattr(embedding_server.Handler, "reply", lambda one, status, _, headers: reply(one, 400, said, {}))
    with pytest.raises(ParamsError) as error:
        asking(server).post("/embeddings", BODY)
    assert f"status 400: {shown}" in error.value.message


def test_an_answer_that_is_no_json_is_named(server: embedding_server.Server) -> None:
    server.spoil = lambda _: b"<html>a page</html>"
    with pytest.raises(ItemvecError, match="does not answer in JSON: <html>a page</html>; check url"):
        asking(server).post("/embeddings", BODY)


def test_requests_keep_a_pace(server: embedding_server.Server) -> None:
    one, began = asking(server, requests_per_minute=600), time.monotonic()  # one in 0.1 s
    server.faults = [Fault(500)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: one.post("/embeddings", BODY), range(4)))
    assert len(server.times) == 5
    assert server.times[-1] - began > 4 * 0.1


def test_who_waits_can_be_stopped(server: embedding_server.Server) -> None:
    server.faults = [Fault(429, headers={"Retry-After": "60"})]
    one = asking(server)
    timer = Timer(0.2, one.stop)
    timer.start()
    began = time.monotonic()
    with pytest.raises(ItemvecError, match="stopped"):
        one.post("/embeddings", BODY)
    assert time.monotonic() - began < 30
    timer.join()


def test_no_key_is_sent_where_none_is_named(server: embedding_server.Server) -> None:
    with pytest.raises(ParamsError, match=r"status 401: no such key: None; check key_variable: the row names none"):
        posting.Server(server.url, "model 'words'").post("/embeddings", BODY)


@pytest.mark.parametrize("key", ["a-secret\nsecret", "a secret", "sécret"])
def test_what_cannot_be_a_key_is_refused_and_not_shown(
    server: embedding_server.Server, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("A_KEY", key)
    with pytest.raises(ParamsError, match="A_KEY holds no valid key") as error:
        asking(server)
    assert "secret" not in error.value.message
    assert "sécret" not in error.value.message
    monkeypatch.setenv("A_KEY", f" {KEY}\n")  # what a file or a copied line ends with
    assert asking(server).post("/embeddings", BODY)["model"] == "words"
