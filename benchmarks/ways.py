"""Ways to encode the same texts with the same model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np


def paper(model: Any, texts: list[str]) -> Any:
    """Fixed batches of 256 in the order they come, padded to their longest."""
    import torch

    vectors = []
    for start in range(0, len(texts), 256):
        features = model.preprocess(texts[start : start + 256])
        with torch.no_grad():
            out = model(
                {name: value.to(model.device) if hasattr(value, "to") else value for name, value in features.items()}
            )
        vectors.append(torch.nn.functional.normalize(out["sentence_embedding"].float(), dim=1).cpu().numpy())
    return np.concatenate(vectors)


def tuned(model: Any, texts: list[str]) -> Any:
    """As sentence-transformers' users call it: it sorts by length; 32 rows are its default, more suit a GPU."""
    rows = 32 if model.device.type == "cpu" else 128
    return model.encode(texts, batch_size=rows, normalize_embeddings=True, show_progress_bar=False)


def ours(loaded: Any, texts: list[str]) -> Any:
    """Prepare and encode, as the stage `embed` does."""
    parts = list(loaded.encode(loaded.prepare(texts, "item")))
    rows = np.concatenate([rows for rows, _ in parts])
    vectors = np.empty((len(texts), parts[0][1].shape[1]), dtype=np.float32)
    vectors[rows] = np.concatenate([some for _, some in parts])
    return vectors


def load(way: str, checkpoint: str, dim: int, dtype: str, backend: str) -> tuple[Callable[[Any, list[str]], Any], Any]:
    """A way to encode and what it needs in memory."""
    from sentence_transformers import SentenceTransformer

    from itemvec.core.machine import torch_device
    from itemvec.encoders import ENCODERS, Corpus
    from itemvec.models.checkpoint import resolve

    if way == "itemvec":
        row = {"kind": "sentence-transformer", "checkpoint": checkpoint, "dim": dim, "dtype": dtype}
        row |= {"backend": backend} if backend != "torch" else {}
        return ours, ENCODERS.build(way, row).load(Corpus(Path("none")))
    model = SentenceTransformer(str(resolve(checkpoint).folder), device=torch_device(), model_kwargs={"dtype": dtype})
    return (paper if way == "paper" else tuned), model.eval()


def watch(model: Any, passed: list[int]) -> None:
    """Write down how many tokens go through the transformer with each batch, padding included."""
    if getattr(model, "body", None) is not None:
        body = model.body

        def counted(ids: Any, mask: Any) -> Any:
            passed.append(ids.numel())
            return body(ids, mask)

        model.body = counted
        return
    first = model.transformer if hasattr(model, "prepare") else model[0]
    first.register_forward_pre_hook(lambda _, inputs: passed.append(inputs[0]["input_ids"].numel()))
