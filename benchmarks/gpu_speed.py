"""How fast a GPU encodes, searches and trains, against the peers that its users would take."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from check_tools import expect
from checks_data import movielens, vectors

from itemvec.core.arrays import Floats
from itemvec.core.machine import torch_device

TEXTS = {"tiny": 64, "0.5B": 40_000, "1.5B": 15_000, "7B": 4000}  # some seconds each on a GPU of 2023
BATCHES = (32, 64, 128, 256, 512)  # that sentence-transformers is tried with
MINIATURE = (16, 32)
SAMPLE = 8  # one text in so many is tried
DTYPE = "bfloat16"


def timed(run: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds until a result is there, and the result."""
    wait()
    started = time.perf_counter()
    found = run()
    wait()
    return time.perf_counter() - started, found


def wait() -> None:
    """Wait until the GPU has done all it was given."""
    import torch

    device = torch.device(torch_device())
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def freed() -> None:
    """Give memory back that nobody holds."""
    import torch

    gc.collect()
    torch.cuda.empty_cache()  # does nothing without a GPU


def embed(size: str, small: bool) -> dict[str, str]:
    """Tokens a second with random weights, against sentence-transformers at its best batch size, both in bfloat16.

    sentence-transformers takes the attention of torch (SDPA), as it does by default. ``of matmul`` is the share of the
    rate of a matrix product of the model's width in bfloat16, measured in the same process.
    """
    from ways import load, ours
    from workload import SIZES, make_random, workload, write_texts

    texts = write_texts("skewed", TEXTS[size], None)
    with TemporaryDirectory() as place:
        make_random(size, Path(place))
        freed()
        theirs, right, peer = tuned(f"{place}/model", SIZES[size][0], texts, MINIATURE if small else BATCHES)
        freed()
        loaded = load("itemvec", f"{place}/model", SIZES[size][0], DTYPE, "torch")[1]
        ours(loaded, texts[::SAMPLE])
        seconds, vectors = timed(lambda: ours(loaded, texts))
        facts = workload(loaded, texts)
    rate, tokens = facts["rates"][DTYPE], sum(facts["lengths"])
    least = float((vectors * right).sum(axis=1).min())
    expect(least > 0.9, f"least cosine with the peer's vectors: {least:.4f}")
    return {
        "tokens/s": f"{tokens / seconds:,.0f}",
        "of matmul": f"{facts['operations'] / seconds / rate:.1%}",
        "peer tokens/s": f"{tokens / theirs:,.0f}",
        "peer of matmul": f"{facts['operations'] / theirs / rate:.1%}",
        "ratio": f"{theirs / seconds:.2f}",
        "peer": peer,
        "matmul": f"{rate / 1e12:.3f} TFLOP/s",
        "least cosine": f"{least:.4f}",
    }


def tuned(checkpoint: str, dim: int, texts: list[str], batches: tuple[int, ...]) -> tuple[float, Any, str]:
    """Seconds and vectors of sentence-transformers at the best of some batch sizes, and which that was."""
    from ways import load

    model = load("sentence-transformers", checkpoint, dim, DTYPE, "torch")[1]

    def encode(batch: int, some: list[str]) -> Any:
        return model.encode(some, batch_size=batch, normalize_embeddings=True, show_progress_bar=False)

    encode(batches[0], texts[::SAMPLE])
    best = min(batches, key=lambda batch: timed(lambda: encode(batch, texts[::SAMPLE]))[0])
    seconds, vectors = timed(lambda: encode(best, texts))
    return seconds, vectors, f"batches of {best}, {model[0].auto_model.config._attn_implementation}"


def search(small: bool) -> dict[str, str]:
    """The 100 best of 10,000,000 items of 384 dimensions for 1,000 queries; every way reads the items from memory."""
    from peers import names

    from itemvec.retrievers import Entries
    from itemvec.retrievers.exact import Exact

    n, n_queries, k = (20_000, 50, 10) if small else (10_000_000, 1000, 100)
    blocks, queries = list(vectors(n)), next(vectors(n_queries))
    items, asked = Entries(names(n), vectors=blocks), Entries(names(n_queries), vectors=[queries])
    seconds, found = {}, {}
    for precision in ("float32", "bfloat16", "int8"):
        retriever = Exact("dot", precision)
        retriever.index(Entries(names(len(blocks[0])), vectors=blocks[:1]))(asked, k)
        retrieve = retriever.index(items)
        seconds[precision], top = timed(partial(retrieve, asked, k))
        found[precision] = top.positions
    peer = faiss_gpu if gpu_faiss() else by_torch
    peer(blocks[:1], queries, k)
    theirs, right = timed(lambda: peer(blocks, queries, k))
    same = {name: shared(one, right) for name, one in found.items()}
    expect(same["float32"] > 0.999, f"of the items of the peer {same['float32']:.3%} were found")
    return {
        "items": f"{n:,}",
        **{f"{name} s": f"{one:.2f}" for name, one in seconds.items()},
        "peer s": f"{theirs:.2f}",
        "ratio": f"{theirs / seconds['float32']:.2f}",
        "peer": "faiss-gpu" if peer is faiss_gpu else "torch",
        **{f"{name} same items": f"{one:.3%}" for name, one in same.items()},
    }


def shared(found: Any, right: Any) -> float:
    """Share of the ``right`` items that were found."""
    return float(np.mean([len(np.intersect1d(*pair)) for pair in zip(found, right, strict=True)]) / right.shape[1])


def by_torch(blocks: list[Floats], queries: Floats, k: int) -> Any:
    """A product and topk for each block where the device is, and topk of their results."""
    import torch

    device = torch_device()
    asked, best, places, start = torch.from_numpy(queries).to(device), [], [], 0
    for block in blocks:
        found = torch.topk(asked @ torch.from_numpy(block).to(device).T, min(k, len(block)), dim=1)
        best.append(found.values)
        places.append(found.indices + start)
        start += len(block)
    order = torch.topk(torch.cat(best, 1), k, dim=1).indices
    return torch.cat(places, 1).gather(1, order).cpu().numpy()


def gpu_faiss() -> bool:
    """Whether faiss has its GPU code, and finds a GPU."""
    import faiss

    return hasattr(faiss, "StandardGpuResources") and faiss.get_num_gpus() > 0


def faiss_gpu(blocks: list[Floats], queries: Floats, k: int) -> Any:
    """IndexFlatIP in the memory of the GPU."""
    import faiss

    index = faiss.GpuIndexFlatIP(faiss.StandardGpuResources(), queries.shape[1])
    for block in blocks:
        index.add(block)
    return index.search(queries, k)[1]


def sasrec(small: bool) -> dict[str, str]:
    """Seconds until SASRec on ids has the best validation nDCG@10 of RecBole, on MovieLens-100K."""
    from recommend import run

    with TemporaryDirectory() as place:
        movielens(Path(place), 15 if small else None)
        task = {"tables": place, "vectors": f"{place}/full.digest", "split": "leave-one-out", "mask": True}
        task |= {"max_history": 10 if small else 50, "epochs": 1 if small else 60, "ours": 2 if small else 8}
        task |= {"patience": 3, "seconds": 2.0 if small else 30.0, "clock": "wall", "seed": 42}
        runs = {way: run(way, task)["epochs"] for way in ("recbole:id", "itemvec:id")}
    best = {way: max(found for _, _, found in one) for way, one in runs.items()}
    goal = best["recbole:id"]
    needed = {way: next((spent for spent, _, found in one if found >= goal), None) for way, one in runs.items()}
    theirs, ours = needed["recbole:id"], needed["itemvec:id"]
    return {
        "goal nDCG@10": f"{goal:.4f}",
        "s": "not reached" if ours is None else f"{ours:.1f}",
        "peer s": f"{theirs:.1f}",
        "ratio": "-" if not ours or theirs is None else f"{theirs / ours:.1f}",
        "best nDCG@10": f"{best['itemvec:id']:.4f}",
        "peer": f"RecBole, at most {task['seconds']:.0f} s",
    }
