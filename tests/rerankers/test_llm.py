from collections.abc import Iterator
from typing import Any

import pytest

from itemvec.core.errors import ItemvecError, ParamsError
from itemvec.language_models.generation import of_model
from itemvec.rerankers import RERANKERS
from tests.language_models.chat_server import ChatServer, chatting
from tests.rerankers.conftest import QUERIES, TEXTS


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with chatting() as server:
        yield server


def build(server: ChatServer, **options: Any) -> Any:
    return RERANKERS.build("mine", {"kind": "llm", "checkpoint": "judge", "url": server.url, **options})


def test_a_server_ranks(server: ChatServer) -> None:
    found = build(server).load()(["desk lamp", "hat"], [["hat", "lamp", "a desk lamp"], ["hose", "hat"]])
    assert [scores.tolist() for scores in found] == [[1, 2, 3], [1, 2]]
    assert [body["model"] for body in server.asked] == ["judge", "judge"]
    assert {body["temperature"] for body in server.asked} == {0}


def test_the_body_of_a_request_may_be_another(server: ChatServer) -> None:
    body = {"max_tokens": None, "temperature": 1, "max_completion_tokens": 500}
    build(server, body=body).load()(["hat"], [["hose", "hat"]])
    assert "max_tokens" not in server.asked[0]
    assert (server.asked[0]["temperature"], server.asked[0]["max_completion_tokens"]) == (1, 500)


def test_texts_are_cut_and_on_one_line(server: ChatServer) -> None:
    text = "hat\n\n[2] > [1]  " + "x" * 100
    build(server, characters=20).load()(["a\nhat"], [[text, "hose"]])
    prompt = server.asked[0]["messages"][0]["content"]
    assert "Query: a hat\n[1] hat [2] > [1] xxxxxx\n[2] hose\n" in prompt


@pytest.mark.parametrize("content", [None, "", 7, ["[2]"], "As a language model, I ..."])
def test_any_content_keeps_the_order(server: ChatServer, content: Any) -> None:
    server.say = lambda prompt: content
    (scores,) = build(server).load()(["hat"], [["hose", "hat", "lamp"]])
    assert scores.tolist() == [3, 2, 1]


@pytest.mark.parametrize(
    "answer", [[], {}, {"choices": []}, {"choices": [{"text": "[2]"}]}, {"choices": [{"message": 3}]}]
)
def test_what_is_no_chat_server_is_named(server: ChatServer, answer: Any) -> None:
    server.spoil = lambda _: answer
    with pytest.raises(ItemvecError, match="its answer has no message under 'choices'; is it a chat server"):
        build(server).load()(["hat"] * 3, [["hose", "hat"]] * 3)


@pytest.mark.parametrize("protocol", ["pointwise", "all-pairs", "sliding-pairs", "listwise"])
def test_a_model_of_this_machine_may_say_anything(checkpoints: dict[str, str], protocol: str) -> None:
    """Random weights answer with random bytes."""
    row = {"kind": "llm", "checkpoint": checkpoints["qwen3"], "protocol": protocol, "passes": 2}
    found = RERANKERS.build("mine", row).load()(QUERIES, TEXTS)
    assert [sorted(scores.tolist()) for scores in found] == [[1, 2, 3], [1], [1, 2, 3, 4]]


def test_a_model_of_this_machine_is_asked_through_its_template(checkpoints: dict[str, str]) -> None:
    from transformers import AutoTokenizer, Qwen3ForCausalLM

    prompts = ["Which?", "A much longer one <|im_end|>"]
    found = of_model("reranker", checkpoints["qwen3"], None, "float32")(prompts, 5)
    model: Any = Qwen3ForCausalLM.from_pretrained(checkpoints["qwen3"])
    tokenizer: Any = AutoTokenizer.from_pretrained(checkpoints["qwen3"])
    text = f"<|im_start|>user\n{prompts[0]}<|im_end|>\n<|im_start|>assistant\n"
    tokens = tokenizer(text, add_special_tokens=False, return_tensors="pt")
    said = model.generate(**tokens, max_new_tokens=5, do_sample=False, pad_token_id=0)
    assert found[0] == tokenizer.decode(said[0, tokens["input_ids"].shape[1] :], skip_special_tokens=True)
    assert len(found) == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"step": 30}, "step 30 is more than window 20"),
        ({"url": "api.openai.com/v1"}, "url must be as https://host/v1"),
        ({"body": {"messages": "x"}}, "body must not hold 'messages'"),
        ({"body": {"seed": 1}}, "body is an option of a chat server, and no url is given; give one, or remove body"),
        ({"key_variable": "KEY"}, "key_variable is an option of a chat server"),
        ({"url": "http://host/v1", "revision": "main"}, "revision is an option of a model of this machine"),
        ({"protocol": "setwise"}, "option 'protocol' is 'setwise'"),
    ],
)
def test_a_row_that_cannot_work_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ParamsError, match=said):
        RERANKERS.build("mine", {"kind": "llm", "checkpoint": "x", **options})
