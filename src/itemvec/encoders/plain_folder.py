"""A sentence-transformers folder that gives a row's vectors without itemvec: prompts, limit and pooling included."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from itemvec.core.arrays import Floats
from itemvec.core.errors import ParamsError
from itemvec.encoders import loading, stated
from itemvec.encoders.base import Role
from itemvec.encoders.router import TASKS, has_routes
from itemvec.encoders.sentence_transformer import SentenceTransformerEncoder
from itemvec.models.checkpoint import OURS


class Dense(NamedTuple):
    """What is done to a vector at the end: vectors @ matrix + bias, scaled to unit length or not."""

    matrix: Floats
    bias: Floats
    scaled: bool = False


def plain_model(encoder: SentenceTransformerEncoder, maps: dict[Role, Dense | None]) -> Any:
    """The model of a row with its options set, and with what is done to the vectors of each role as its last modules.

    It runs in torch on the processor. A row with another backend or ``int8`` gives slightly other vectors there.

    Raises
    ------
    ParamsError
        The row has a suffix, which sentence-transformers has no place for; or the model is no transformer of texts.
    """
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize

    subject = f"model {encoder.checkpoint!r}"
    folder, torch_runs = encoder.resolved().folder, encoder.backend == "torch"
    dtype = encoder.dtype if torch_runs else "float32"
    model = loading.read(subject, folder, encoder.config, "cpu", encoder.trust_remote_code, dtype)
    loading.pool(subject, model, encoder.pooling, encoder.pool_prompt)
    if encoder.suffix:
        raise ParamsError(f"{subject}: puts {encoder.suffix!r} after every text, which a plain folder cannot")
    if has_routes(subject, model) or not loading.is_transformer(model):
        raise ParamsError(f"{subject}: is no plain transformer of texts; use its own files, and the map beside them")
    model.max_seq_length = loading.limit(subject, model, encoder.max_tokens, encoder.suffix)
    modules = list(model)
    if encoder.normalize and not isinstance(modules[-1], Normalize):
        modules.append(Normalize())
    row: dict[Role, str | None] = {"item": encoder.item_prompt, "query": encoder.query_prompt}
    chosen = stated.chosen_prompts(subject, folder, row, encoder.own_prompts)
    prompts = {TASKS[role]: prompt for role, prompt in chosen.items()}
    whole = [*modules, *_last(maps)]
    made = SentenceTransformer(modules=whole, prompts=prompts, device="cpu", similarity_fn_name="cosine", **OURS)
    return made.eval()


def _last(maps: dict[Role, Dense | None]) -> list[Any]:
    """One dense layer where both roles have the same map; else a route for each."""
    from sentence_transformers.sentence_transformer.modules import Router

    item, query = maps["item"], maps["query"]
    if item is None and query is None:
        return []
    if item is not None and query is not None and _equal(item, query):
        return _layers(item)
    return [Router.for_query_document(_layers(_some(query, item)), _layers(_some(item, query)))]


def _equal(one: Dense, other: Dense) -> bool:
    same = np.array_equal(one.matrix, other.matrix) and np.array_equal(one.bias, other.bias)
    return same and one.scaled == other.scaled


def _some(found: Dense | None, other: Dense | None) -> Dense:
    """The map, or the one that changes nothing, as wide as the other."""
    if found is not None:
        return found
    dim = other.matrix.shape[0] if other is not None else 0
    return Dense(np.eye(dim, dtype=np.float32), np.zeros(dim, dtype=np.float32))


def _layers(found: Dense) -> list[Any]:
    import torch
    from sentence_transformers.sentence_transformer.modules import Dense as Layer
    from sentence_transformers.sentence_transformer.modules import Normalize
    from torch import nn

    matrix, bias = (torch.from_numpy(np.ascontiguousarray(one)) for one in found[:2])
    layer = Layer(matrix.shape[0], matrix.shape[1], activation_function=nn.Identity())
    with torch.no_grad():
        layer.linear.weight.copy_(matrix.T)
        layer.linear.bias.copy_(bias)
    return [layer, Normalize()] if found.scaled else [layer]


def save(model: Any, folder: Path) -> None:
    """Write the model as safetensors; its card is ours to write."""
    model.save_pretrained(str(folder), create_model_card=False, safe_serialization=True)
