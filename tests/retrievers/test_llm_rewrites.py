"""Rewrites by a language model as actions: a chat server that knows the missing word, and a tiny model."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.arrays import Doubles
from itemvec.core.errors import ItemvecError, ParamsError
from itemvec.core.top_k import Top
from itemvec.retrievers import RETRIEVERS, Entries, Judged, prepare
from itemvec.retrievers.chosen import ACTIONS, Chosen
from itemvec.retrievers.llm_rewrites import Written, prompt
from itemvec.retrievers.query_policy import QueryPolicy
from tests.conftest import ROOT
from tests.language_models import tiny
from tests.language_models.chat_server import ChatServer, chatting

N = 16
KEY = "sk-proj-4f3b2a1c9d8e7f6a5b4c"


def entries(*texts: str) -> Entries:
    return Entries(pa.array([f"e{row}" for row in range(len(texts))]), pa.array(texts, pa.string()))


# Query n is for item n, whose one word it lacks; all queries find the same decoy.
ITEMS = entries(*(f"secret{n}" for n in range(N)), "query word")
QUERIES = entries(*(f"query number{n}" for n in range(N)))
LEARNT, HELD_OUT = QUERIES.where(np.arange(N) < N // 2), QUERIES.where(np.arange(N) >= N // 2)


def missing_word(prompt: str) -> str:
    """What the server writes for the query at the end of a prompt: the word of its item."""
    return f"1. secret{prompt.rpartition('number')[2].split()[0]}"


def quality(queries: Entries, top: Top) -> Doubles:
    """nDCG of each query, to which one item is relevant."""
    own = np.array([int(one.removeprefix("e")) for one in queries.ids.to_pylist()])
    found: Doubles = ((top.positions == own[:, None]) / np.log2(np.arange(top.positions.shape[1]) + 2)).sum(axis=1)
    return found


def learn(writer: dict[str, Any] | None) -> tuple[Chosen, dict[str, Any]]:
    policy = QueryPolicy({"kind": "bm25"}, writer=writer)
    retrieve, said = prepare(policy, ITEMS, None, Judged(LEARNT, lambda top: quality(LEARNT, top), 5))
    assert isinstance(retrieve, Chosen)
    return retrieve, said


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with chatting() as server:
        server.say = missing_word
        yield server


def test_the_policy_takes_the_rewrite_that_has_the_missing_word(server: ChatServer) -> None:
    """Only a rewrite finds the item: no other action knows its word. Other queries gain as much."""
    retrieve, said = learn({"checkpoint": "writer", "url": server.url, "n": 1})
    assert quality(HELD_OUT, retrieve(HELD_OUT, 5)).tolist() == [1.0] * (N // 2)
    assert set(retrieve.actions(HELD_OUT)) == {retrieve.names.index("written 1")}
    assert list(retrieve.outcomes(HELD_OUT, 5)) == [*ACTIONS, "written 1"]
    assert (said["as asked"], said["policy"], said["oracle"], said["fewer rewrites"]) == (0, 1, 1, 0)
    assert np.shape(said["weights"]) == (len(ACTIONS) + 1, 8)
    assert len(server.asked) == N  # each query once, whatever was asked of the policy
    assert not quality(HELD_OUT, learn(None)[0](HELD_OUT, 5)).any()


def test_a_query_without_enough_rewrites_is_asked_as_it_is_and_counted(server: ChatServer) -> None:
    server.say = lambda prompt: "secret0\nsecret1" if "number0" in prompt else " \n" if "number1" in prompt else "one"
    found = Written(RETRIEVERS.build("mine", row(url=server.url)).written.writer)  # type: ignore[attr-defined]
    texts = ["number0", "number1", "number2", "number0", "!"]
    assert found.forms(texts) == {
        "written 1": ["secret0", "number1", "one", "secret0", "!"],
        "written 2": ["secret1", "number1", "number2", "secret1", "!"],
    }
    assert found.fewer(texts) == 3
    assert len(server.asked) == 3  # a text that is asked twice, or has no word, costs nothing
    asked = {body["messages"][0]["content"] for body in server.asked}  # several at a time, in any order
    assert asked == {prompt(text, 2) for text in texts[:3]}


def test_the_documents_show_the_prompt() -> None:
    page = (ROOT / "docs/systems/query-policy.md").read_text(encoding="utf-8")
    assert " ".join(prompt("warm hat for men", 2).split()) in " ".join(page.split())


def test_a_model_of_this_machine_writes_the_same_again(tmp_path: Path) -> None:
    """Random weights write random bytes, of which some are letters."""
    tiny.qwen3(tmp_path / "qwen3")
    first, again = (learn({"checkpoint": str(tmp_path / "qwen3"), "n": 1}) for _ in range(2))
    assert first[1] == again[1]
    assert first[0].written is not None
    assert again[0].written is not None
    assert first[0].written.known == again[0].written.known
    assert len([one for one in first[0].written.known.values() if one]) > N // 4
    tiny.t5(tmp_path / "t5")
    with pytest.raises(ParamsError, match="is an encoder-decoder, which answers no prompt"):
        learn({"checkpoint": str(tmp_path / "t5")})


def test_a_server_that_fails_is_named(server: ChatServer) -> None:
    server.spoil = lambda _: {}
    with pytest.raises(ItemvecError, match=r"query-policy: writer 'writer': .* has no message under 'choices'"):
        learn({"checkpoint": "writer", "url": server.url})


def row(**writer: Any) -> dict[str, Any]:
    return {"kind": "query-policy", "of": {"kind": "bm25"}, "writer": {"checkpoint": "writer"} | writer}


@pytest.mark.parametrize(
    ("writer", "said"),
    [
        ({"modle": "x"}, "query-policy: writer: unknown option 'modle'"),
        ({"n": 0}, "query-policy: writer: option 'n' is 0"),
        ({"url": "host/v1"}, "writer 'writer': url must be as https://host/v1"),
        ({"body": {"messages": "x"}}, "body must not hold 'messages'"),
        ({"key_variable": KEY}, "option 'key_variable': it is not the name of an environment variable"),
    ],
)
def test_a_writer_that_cannot_work_is_refused(writer: dict[str, Any], said: str) -> None:
    with pytest.raises(ParamsError, match=said) as caught:
        RETRIEVERS.build("mine", row(**writer))
    assert KEY not in caught.value.message


def test_weights_count_the_rewrites() -> None:
    with pytest.raises(ParamsError, match=r"weights is of shape \(11, 8\), not 13 actions by 8 features"):
        RETRIEVERS.build("mine", row() | {"weights": [[0.0] * 8] * 11})
    assert RETRIEVERS.build("mine", row() | {"weights": [[0.0] * 8] * 13})
