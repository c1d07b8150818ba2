"""Batched inference on pairs: sorted by length, with a token budget per batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import torch

from itemvec.core.arrays import Floats, Ints
from itemvec.core.errors import ItemvecError

BUDGETS = {"cpu": 2048, "cuda": 32_768}  # tokens of a batch, padding included: a CPU's caches, a GPU's width

Tokens = Mapping[str, Sequence[Sequence[int]]]  # as a tokenizer gives them: input_ids, and what else the network takes


def batches(lengths: Ints, budget: int) -> Iterator[Ints]:
    """Rows of each batch, longest first, at most ``budget`` tokens with padding; a longer row goes alone."""
    order = np.argsort(-lengths, kind="stable")
    start = 0
    while start < len(order):
        stop = start + max(1, budget // max(int(lengths[order[start]]), 1))
        yield order[start:stop]
        start = stop


def padded(tokens: Tokens, rows: Ints, pad: int, left: bool) -> dict[str, torch.Tensor]:
    """Some rows as int64 of shape (n, length of the longest), with their mask."""
    length = max(len(tokens["input_ids"][row]) for row in rows)
    names = [name for name in tokens if name != "attention_mask"]
    features = {name: np.full((len(rows), length), pad if name == "input_ids" else 0) for name in names}
    features["attention_mask"] = np.zeros((len(rows), length), dtype=np.int64)
    for place, row in enumerate(rows):
        size = len(tokens["input_ids"][row])
        part = slice(length - size, length) if left else slice(0, size)
        for name in names:
            features[name][place, part] = tokens[name][row]
        features["attention_mask"][place, part] = 1
    return {name: torch.from_numpy(values) for name, values in features.items()}


@torch.inference_mode()
def scored(
    tokens: Tokens,
    forward: Callable[[dict[str, torch.Tensor]], torch.Tensor],
    device: Any,
    pad: int,
    left: bool = False,
) -> Floats:
    """A score for every row, float32 of shape (n,).

    Parameters
    ----------
    forward
        From features on ``device`` to scores of shape (n,).
    pad
        Id of the padding token, which is put on the ``left`` or on the right.
    """
    lengths = np.array([len(ids) for ids in tokens["input_ids"]], dtype=np.int64)
    scores = np.empty(len(lengths), dtype=np.float32)
    for rows in batches(lengths, BUDGETS.get(torch.device(device).type, BUDGETS["cuda"])):
        waiting = [rows]
        while waiting:
            some = waiting.pop()
            features = {name: value.to(device) for name, value in padded(tokens, some, pad, left).items()}
            try:
                scores[some] = forward(features).float().cpu().numpy()
            except torch.OutOfMemoryError:
                if len(some) == 1:
                    raise ItemvecError(
                        f"reranker: no memory for one pair of {lengths[some[0]]} tokens; lower max_tokens"
                    ) from None
                waiting += np.array_split(some, 2)
    if not np.isfinite(scores).all():
        raise ItemvecError("reranker: its scores hold NaN or infinity; set another dtype")
    return scores
