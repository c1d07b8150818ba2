"""What the encoder must do on a GPU as on a processor: packed batches, smaller batches without memory, copies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from check_tools import Said, expect, on
from workload import MINILM, write_texts

from itemvec.core.arrays import Floats


def encoded(loaded: Any, texts: list[str]) -> Floats:
    """Vectors in the order of the texts, float32 of shape (n, dim)."""
    from ways import ours

    return np.asarray(ours(loaded, texts))


def loaded_on(device: str, dtype: str = "float32") -> Any:
    """MiniLM on a device."""
    from ways import load

    with on(device):
        return load("itemvec", MINILM, 384, dtype, "torch")[1]


def packing(device: str, small: bool) -> Said:
    """Packed batches give the vectors of the processor, and those of sentence-transformers on the device."""
    from ways import load, tuned

    texts = write_texts("skewed", 24 if small else 2000, None)
    found, right = encoded(loaded_on(device), texts), encoded(loaded_on("cpu"), texts)
    with on(device):
        peer = tuned(load("sentence-transformers", MINILM, 384, "float32", "torch")[1], texts)
    half = encoded(loaded_on(device, "bfloat16"), texts)
    least = [float((found * other).sum(axis=1).min()) for other in (right, peer, half)]
    expect(min(least[:2]) > 0.9999, f"least cosine with the processor and with the peer: {least[:2]}")
    expect(least[2] > 0.99, f"least cosine of bfloat16 with float32: {least[2]}")
    return dict(zip(("with cpu", "with peer", "of bfloat16"), (f"{one:.6f}" for one in least), strict=True))


def halving(device: str, small: bool) -> Said:
    """Where memory runs out, batches are halved, and the vectors stay the same."""
    texts = write_texts("skewed", 48 if small else 6000, None)
    loaded = loaded_on(device)
    right, before = encoded(loaded, texts), loaded.budget.tokens
    with little_memory(device, loaded, 256 if small else 4096):
        found = encoded(loaded, texts)
    least = float((found * right).sum(axis=1).min())
    expect(loaded.budget.tokens < before, f"no batch was halved; {before:,} tokens fit into the memory left")
    expect(least > 0.9999, f"least cosine with what was encoded with enough memory: {least}")
    return {"tokens of a batch": f"{before:,} to {loaded.budget.tokens:,}", "least cosine": f"{least:.6f}"}


@contextmanager
def little_memory(device: str, loaded: Any, tokens: int) -> Iterator[None]:
    """Leave memory for few tokens: on a GPU by a limit; a processor has none, so larger batches are refused."""
    import torch

    if torch.device(device).type == "cuda":
        torch.cuda.synchronize(device)
        torch.cuda.empty_cache()
        held, whole = torch.cuda.memory_reserved(device), torch.cuda.get_device_properties(device).total_memory
        torch.cuda.set_per_process_memory_fraction(min((held + 40_000 * tokens) / whole, 1.0), device)
        try:
            yield
        finally:
            torch.cuda.set_per_process_memory_fraction(1.0, device)
        return

    def refuse(_: Any, inputs: Any) -> None:
        if inputs[0]["input_ids"].numel() > max(tokens, 512):  # below, a batch is filled up to 512
            raise torch.OutOfMemoryError("as if memory had run out")

    hook = loaded.transformer.register_forward_pre_hook(refuse)
    try:
        yield
    finally:
        hook.remove()


def copies(device: str, small: bool) -> Said:
    """Copies to and from pinned memory, under way while the device computes, bring what was sent."""
    import torch

    from itemvec.encoders.inference import _arrived, _to_device, _to_host

    place, wide = torch.device(device), 64 if small else 1024
    generator = torch.Generator().manual_seed(0)
    sent = [torch.randn(wide, wide, generator=generator) for _ in range(4 if small else 64)]
    under_way = []
    for one in sent:
        there = _to_device(one, place)
        there @ there @ there  # so that the device is busy
        under_way.append((np.arange(wide), *_to_host(there * 2)))
    pinned = all(host.is_pinned() for _, host, _ in under_way) if place.type == "cuda" else False
    back = [_arrived(*one)[1] for one in under_way]
    same = all(np.array_equal(one.numpy() * 2, other) for one, other in zip(sent, back, strict=True))
    expect(same, "what came back is not what was sent")
    expect(pinned or place.type != "cuda", "copies to the host do not go to pinned memory")
    return {"copies": f"{len(sent)} of {sent[0].nbytes / 2**20:.2f} MiB", "pinned": "yes" if pinned else "no: cpu"}
