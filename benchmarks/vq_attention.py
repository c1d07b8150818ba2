"""Attention over a long history by codewords: time and memory of a step beside full attention, and the error it costs.

A step is what serving does when a user acts: the event goes into what is kept of the user, and one query is answered.
Full attention keeps the keys and values of all events, and answers by torch's scaled_dot_product_attention. The cache
keeps sums per codeword. Both answer the same queries, in the same run, users in one batch. Items are drawn by a power
law; keys and values are random linear maps of their vectors: of DIGEST, or without it of 20,000 artificial ones in 200
clusters. Both attend without weights of time. The error is that of the output, relative to its length.

    python benchmarks/vq_attention.py artifacts/vectors/full.digest
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import click
import numpy as np
import torch
from tabulate import tabulate
from torch import Tensor
from torch.nn import functional

from itemvec.core.arrays import Floats
from itemvec.recommenders.codebook import codebook
from itemvec.recommenders.codeword_cache import CodewordCache
from itemvec.recommenders.item_embeddings import standardised
from itemvec.store import open_vectors

CLUSTERS, ITEMS, DIM = 200, 20_000, 384
ROUNDS = 20  # of which the median is taken


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("digest", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--length", "lengths", multiple=True, type=int, default=[50, 200, 1000, 3000, 10_000], show_default=True)
@click.option("--codewords", multiple=True, type=int, default=[16, 64, 256, 1024], show_default=True)
@click.option("--users", default=32, show_default=True, help="In a batch.")
@click.option("--heads", default=2, show_default=True)
@click.option("--width", default=32, show_default=True, help="Of a head.")
def main(
    digest: Path | None, lengths: tuple[int, ...], codewords: tuple[int, ...], users: int, heads: int, width: int
) -> None:
    """Measure a step at histories of several lengths, with several sizes of the codebook."""
    torch.manual_seed(1)
    vectors = artificial() if digest is None else open_vectors(digest, "items").load().vectors
    texts = standardised(vectors)
    to_key, to_value = (torch.randn(heads, texts.shape[1], width) * texts.shape[1] ** -0.5 for _ in range(2))
    keys, values = (torch.einsum("nd,hdw->nhw", texts, one) for one in (to_key, to_value))  # (n_items, heads, width)
    books = {size: codebook(texts.numpy(), 1, size, seed=1) for size in codewords}
    lines = []
    for length in lengths:
        items, queries = histories(len(texts), users, length), torch.randn(users, heads, width)
        kept = [one[items].transpose(1, 2).contiguous() for one in (keys, values)]  # (users, heads, length, width)
        exact, seconds = timed(lambda: full_step(queries, *kept))  # noqa: B023  (called at once)
        size = sum(one.numel() for one in kept) * 4 / users
        for number, book in books.items():
            words = torch.einsum("cd,hdw->hcw", torch.from_numpy(book.codewords[0]), to_key)
            codes = torch.from_numpy(book.codes[:, 0])[items]  # (users, length)
            cache = filled(codes, kept[1], words.shape[1])
            found = cache.read(queries, words)
            error = float(((found - exact).norm(dim=-1) / exact.norm(dim=-1)).mean())
            event = codes[:, :1].expand(-1, heads), kept[1][:, :, 0]
            _, taken = timed(lambda: cached_step(cache, event, queries, words))  # noqa: B023
            lines.append(
                [
                    length,
                    number,
                    f"{seconds * 1e3:.2f}",
                    f"{taken * 1e3:.2f}",
                    f"{seconds / taken:.2f}",
                    f"{size / 1024:.0f}",
                    f"{cache.bytes / users / 1024:.0f}",
                    f"{size * users / cache.bytes:.2f}",
                    f"{error:.3f}",
                ]
            )
    header = ["events", "codewords", "full, ms", "cache, ms", "ratio", "full, KiB", "cache, KiB", "ratio", "error"]
    click.echo(tabulate(lines, header, disable_numparse=True))


def artificial() -> Floats:
    """Item vectors in clusters."""
    rng = np.random.default_rng(1)
    centres = rng.standard_normal((CLUSTERS, DIM), dtype=np.float32)
    noise = rng.standard_normal((ITEMS, DIM), dtype=np.float32)
    found: Floats = centres[rng.integers(CLUSTERS, size=ITEMS)] + np.float32(0.5) * noise
    return found


def histories(n_items: int, users: int, length: int) -> Tensor:
    """Items, int64 of shape (users, length); the item of rank r comes in proportion to 1 / r."""
    rng = np.random.default_rng(2)
    ranks = (n_items ** rng.random((users, length))).astype(np.int64) - 1
    return torch.from_numpy(rng.permutation(n_items)[ranks])


def full_step(queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    """One event goes into the keys and values, in place of another, and the queries are answered."""
    keys[:, :, -1], values[:, :, -1] = keys[:, :, -1].clone(), values[:, :, -1].clone()
    return functional.scaled_dot_product_attention(queries[:, :, None], keys, values)[:, :, 0]


def filled(codes: Tensor, values: Tensor, n_codewords: int) -> CodewordCache:
    """The sums of histories, event by event; codes are (users, length)."""
    users, heads, length, width = values.shape
    cache = CodewordCache(users, n_codewords, width, torch.zeros(heads))
    for at in range(length):
        cache.add(codes[:, at, None].expand(-1, heads), values[:, :, at])
    return cache


def cached_step(cache: CodewordCache, event: tuple[Tensor, Tensor], queries: Tensor, words: Tensor) -> Tensor:
    """One event goes into the sums, and the queries are answered."""
    cache.add(*event)
    return cache.read(queries, words)


def timed(step: Callable[[], Tensor]) -> tuple[Tensor, float]:
    """What the first call gives, and the median seconds of further ones."""
    first, taken = step(), []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        step()
        taken.append(time.perf_counter() - began)
    return first, float(np.median(taken))


if __name__ == "__main__":
    main()
