"""What the files of a sentence-transformers checkpoint state, read without loading the model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from itemvec.core.errors import ParamsError
from itemvec.encoders.base import Role

CONFIG = "config_sentence_transformers.json"
NAMES: dict[Role, tuple[str, ...]] = {"query": ("query",), "item": ("document", "passage", "corpus")}
LONGEST = 1_000_000  # tokens: a tokenizer that knows no limit says 10 to the 30th


def stated_prompts(folder: Path) -> dict[Role, str]:
    """The prompt that a checkpoint states for each role; only roles whose prompt is not empty.

    Queries take the prompt ``query``; items the first of ``document``, ``passage`` and ``corpus`` that is not empty. A
    role for which the file names none takes the prompt of ``default_prompt_name``.
    """
    stated = _json(folder / CONFIG)
    prompts: Mapping[str, Any] = stated.get("prompts") or {}
    default = str(prompts.get(str(stated.get("default_prompt_name"))) or "")
    found: dict[Role, str] = {}
    for role, names in NAMES.items():
        named = [str(prompts[name]) for name in names if prompts.get(name) is not None]
        prompt = next(filter(None, named), "") if named else default
        if prompt:
            found[role] = prompt
    return found


def chosen_prompts(subject: str, folder: Path, row: Mapping[Role, str | None], own: bool) -> dict[Role, str]:
    """The prompt of each role: that of the ``row``, or else the checkpoint's ``own``.

    Raises
    ------
    ParamsError
        The row and the checkpoint name different prompts, and ``own`` is true.
    """
    stated = stated_prompts(folder) if own else {}
    for role, prompt in row.items():
        if prompt is not None and prompt != stated.get(role, prompt):
            raise ParamsError(
                f"{subject}: {role}_prompt is {prompt!r}, the checkpoint states {stated[role]!r} in {CONFIG}; leave "
                f"it out of the row, or write own_prompts: false to use the row's prompts alone"
            )
    return {role: stated.get(role, "") if prompt is None else prompt for role, prompt in row.items()}


def stated_dim(folder: Path) -> int | None:
    """Width of the vectors: that of the last module which states one, or else of the network; None if none does."""
    modules = _json(folder / "modules.json")
    for module in reversed(modules if isinstance(modules, list) else []):
        config = _json(folder / str(module.get("path", "")) / "config.json")
        for name in ("out_features", "embedding_dimension", "word_embedding_dimension"):
            if isinstance(config.get(name), int):
                return int(config[name])
    size = _json(folder / "config.json").get("hidden_size")
    return int(size) if isinstance(size, int) else None


def most_tokens(folder: Path) -> int | None:
    """Where the checkpoint cuts texts, in tokens; None if its files do not say it."""
    known = _json(folder / "sentence_bert_config.json").get("max_seq_length")
    known = known or _json(folder / "tokenizer_config.json").get("model_max_length")
    return int(known) if isinstance(known, int) and known < LONGEST else None


def check_room(subject: str, folder: Path, prompts: Mapping[Role, str], suffix: str, limit: int | None) -> None:
    """Refuse prompts that leave no token of a text within ``limit``, by the tokenizer's file if there is one."""
    path = folder / "tokenizer.json"
    if limit is None or not any(prompts.values()) or not path.is_file():
        return
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    for role, prompt in prompts.items():
        needed = len(tokenizer.encode(f"{prompt}a{suffix}").ids)
        if needed > limit:
            raise ParamsError(
                f"{subject}: {role}_prompt {prompt!r} leaves nothing of a text within {limit} tokens; "
                f"shorten it, or set max_tokens to {needed} or more"
            )


def _json(path: Path) -> Any:
    """Content of a file; nothing if it is missing or no JSON, which loading the model reports."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
