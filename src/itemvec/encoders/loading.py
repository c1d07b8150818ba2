"""Loading of sentence-transformers checkpoints, with one-line errors if files are missing or do not fit."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from itemvec.core.errors import ParamsError
from itemvec.encoders.base import Role
from itemvec.encoders.packed_attention import first_position
from itemvec.encoders.tokenization import least_limit
from itemvec.models.checkpoint import OURS, check_safetensors, configured

ENDLESS = 1_000_000  # tokens: tokenizers that know no limit say 10 to the 30th


def read(
    subject: str,
    folder: Path,
    config: Mapping[str, Any],
    device: str,
    trust_remote_code: bool,
    dtype: str,
    code: Path | None = None,
) -> Any:
    """Read a sentence-transformers model from its files, with changed entries in its configuration.

    ``code`` is a folder with the code that it needs, where that lies elsewhere.

    Raises
    ------
    ParamsError
        The weights are not safetensors, or files are missing or damaged. The message begins with ``subject``.
    """
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    check_safetensors(folder, subject)
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        with configured(folder, config, code) as place:
            model = SentenceTransformer(
                str(place),
                device=device,
                **OURS | {"trust_remote_code": trust_remote_code},
                model_kwargs={"use_safetensors": True, "dtype": dtype},
            ).eval()
        if code is not None:
            _restore_buffers(model[0].auto_model)
    except (OSError, ValueError) as error:
        said = " ".join(str(error).split())
        raise ParamsError(f"{subject}: its files cannot be loaded: {said}") from None
    return model


def _restore_buffers(body: Any) -> None:
    """Compute again what a network computes when it is made, and no file holds: tables of positions, for one.

    transformers 5 makes networks without memory and then reads the files; code that was written for transformers 4 does
    not know that, and its tables stay empty (discussion 14 of Alibaba-NLP/new-impl).
    """
    import torch

    kept = set(body.state_dict())
    with torch.random.fork_rng():
        made = dict(type(body)(body.config).named_buffers())
    for name, buffer in body.named_buffers():
        if name not in kept and name in made:
            buffer.data = made[name].to(buffer.device, buffer.dtype)


def is_transformer(model: Any) -> bool:
    """Whether the first module takes token ids of a fast tokenizer, and texts are not wrapped in a chat template."""
    from sentence_transformers.sentence_transformer.modules import Transformer

    return isinstance(model[0], Transformer) and set(model[0].modality_config) == {"text"} and model.tokenizer.is_fast


def limit(subject: str, model: Any, max_tokens: int | None, suffix: str) -> int:
    """Most tokens of a text: ``max_tokens`` if given, else the model's own limit."""
    most = min(_positions(model) or ENDLESS, ENDLESS)
    tokens = max_tokens or min(model.max_seq_length or most, most)
    if tokens > most:
        raise ParamsError(f"{subject}: max_tokens {tokens} is more than its {most}")
    least = least_limit(model.tokenizer, suffix)
    if tokens < least:
        raise ParamsError(f"{subject}: max_tokens {tokens} leaves no room for a text; expected {least} or more")
    if tokens == ENDLESS:
        raise ParamsError(f"{subject}: its files state no limit; give the row max_tokens")
    return tokens


def check_room(subject: str, model: Any, prompts: Mapping[Role, str], suffix: str, tokens: int) -> None:
    """Refuse a prompt after which no token of a text is left within the limit of ``tokens``."""
    for role, prompt in prompts.items():
        needed = least_limit(model.tokenizer, f"{prompt}a{suffix}") - 1
        if prompt and needed > tokens:
            raise ParamsError(
                f"{subject}: {role}_prompt {prompt!r} leaves nothing of a text within {tokens} tokens; "
                f"shorten it, or set max_tokens to {needed} or more"
            )


def pool(subject: str, model: Any, mode: str | None, with_prompt: bool | None) -> None:
    """Change the pooling of ``model``; None keeps what its files say."""
    from sentence_transformers.sentence_transformer.modules import Pooling

    if mode is None and with_prompt is None:
        return
    pooler = _pooler(subject, model) if mode == "pooler" else None
    wanted = "cls" if pooler is not None else mode
    for name, module in model.named_children():
        if isinstance(module, Pooling):
            include = module.include_prompt if with_prompt is None else with_prompt
            model[int(name)] = Pooling(
                module.embedding_dimension, wanted or module.pooling_mode, include_prompt=include
            )
            if pooler is not None:
                model.insert(int(name) + 1, pooler)
            return
    raise ParamsError(f"{subject}: it pools in its own way; leave out pooling and pool_prompt")


def _pooler(subject: str, model: Any) -> Any:
    """The dense layer with tanh that models of the BERT family have on top of their first token."""
    import torch
    from sentence_transformers.sentence_transformer.modules import Dense

    dense = getattr(getattr(model[0].auto_model, "pooler", None), "dense", None)
    if dense is None:
        raise ParamsError(f"{subject}: it has no pooler; set pooling to cls, mean or lasttoken")
    layer = Dense(dense.in_features, dense.out_features, activation_function=torch.nn.Tanh())
    layer.linear = dense
    return layer.to(dense.weight.device)


def _positions(model: Any) -> int | None:
    """How many tokens have a learned position; None where positions are computed."""
    body = model[0].auto_model
    table = getattr(getattr(body, "embeddings", None), "position_embeddings", None)
    return None if table is None else int(table.num_embeddings) - first_position(body)
