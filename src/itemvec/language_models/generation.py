"""Text generation: answers to prompts from a chat server, or from a language model on this machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from itemvec.core.errors import ItemvecError, ParamsError
from itemvec.models.server import Server

Ask = Callable[[Sequence[str], int], list[str]]  # prompts, most tokens of an answer -> answers


def of_server(server: Server, model: str, body: Mapping[str, Any], parallel: int) -> Ask:
    """Answer by POST to ``/chat/completions``, ``parallel`` prompts at once; a refusal is an empty answer.

    ``body`` overrides fields of the request; a field that is None is left out.
    """

    def one(prompt: str, tokens: int) -> str:
        messages = [{"role": "user", "content": prompt}]
        request = {"model": model, "messages": messages, "temperature": 0, "max_tokens": tokens, **body}
        answer = server.post("/chat/completions", {key: part for key, part in request.items() if part is not None})
        try:
            content = answer["choices"][0]["message"].get("content")
        except (AttributeError, IndexError, KeyError, TypeError):
            where = f"{server.subject}: {server.url}"
            raise ItemvecError(f"{where}: its answer has no message under 'choices'; is it a chat server?") from None
        return content if isinstance(content, str) else ""

    def ask(prompts: Sequence[str], tokens: int) -> list[str]:
        with ThreadPoolExecutor(parallel) as pool:
            try:
                return list(pool.map(one, prompts, [tokens] * len(prompts)))
            except BaseException:
                server.stop()
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    return ask


def of_model(subject: str, checkpoint: str, revision: str | None, dtype: str) -> Ask:
    """Answer with a causal language model by its chat template, without thinking mode, by greedy decoding."""
    import torch

    from itemvec.language_models.batches import BUDGETS, batches, padded
    from itemvec.language_models.language_model import read

    found = read(subject, checkpoint, revision, dtype)
    if found.model.config.is_encoder_decoder:
        raise ParamsError(f"{subject}: is an encoder-decoder, which answers no prompt; name a causal language model")
    model, tokenizer = found.model, found.tokenizer
    before, after = _chat(tokenizer)

    @torch.inference_mode()
    def ask(prompts: Sequence[str], tokens: int) -> list[str]:
        encoded = found.prompts(before, list(prompts), after, found.limit - tokens)
        lengths = np.array([len(ids) for ids in encoded["input_ids"]], dtype=np.int64)
        answers = [""] * len(prompts)
        for rows in batches(lengths + tokens, BUDGETS.get(model.device.type, BUDGETS["cuda"])):
            features = padded(encoded, rows, found.pad, left=True)
            features = {name: value.to(model.device) for name, value in features.items()}
            said = model.generate(**features, max_new_tokens=tokens, do_sample=False, pad_token_id=found.pad)
            texts = tokenizer.batch_decode(said[:, features["input_ids"].shape[1] :], skip_special_tokens=True)
            for row, text in zip(rows, texts, strict=True):
                answers[row] = text
        return answers

    return ask


def _chat(tokenizer: Any) -> tuple[str, str]:
    """The text that the chat template puts before and after a user's message."""
    if not tokenizer.chat_template:
        return "", "\n"
    mark = "\x00"
    rendered = tokenizer.apply_chat_template(
        [{"role": "user", "content": mark}], tokenize=False, add_generation_prompt=True, enable_thinking=False
    )
    before, _, after = rendered.partition(mark)
    return before, after
