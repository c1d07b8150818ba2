"""Data of the checks on a GPU whose right answer is known, and what the reductions make of some."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.arrays import Floats
from itemvec.core.machine import torch_device
from itemvec.core.top_k import top_k
from itemvec.protocol.histories import Histories
from itemvec.recommenders import Score, Training
from itemvec.reducers import REDUCERS, Sample

REDUCTIONS: dict[str, dict[str, Any]] = {
    "pca": {"kind": "pca", "dim": 16},
    "whiten": {"kind": "whiten", "groups": 2},
    "all-but-the-top": {"kind": "all-but-the-top", "directions": 2},
    "random-projection": {"kind": "random-projection", "dim": 16},
    "quantize": {"kind": "quantize", "to": "int8"},
    "product-quantize": {"kind": "product-quantize", "parts": 4, "bits": 4},
}


def planted(n_users: int, n_items: int, length: int) -> tuple[Training, Callable[[Score], float]]:
    """Histories in which item i + 1 comes after item i; and the nDCG@10 of the item after the last."""
    starts = np.random.default_rng(0).integers(n_items, size=n_users)
    items = (starts[:, None] + np.arange(length)) % n_items
    users = pa.array([f"u{number}" for number in range(n_users)])
    histories = Histories(users, items.ravel(), np.arange(n_users + 1) * length, n_items)
    wanted = (items[:, -1] + 1) % n_items

    def ndcg(score: Score) -> float:
        found = top_k(score(histories), 10).positions == wanted[:, None]
        return float((found / np.log2(np.arange(2, 12))).sum(axis=1).mean())

    return Training(histories, None, ndcg, 0), ndcg


def reduced(vectors: Floats) -> dict[str, Floats]:
    """Vectors of every reduction that needs neither judgments nor histories."""
    return {
        name: REDUCERS.build(name, row).fit(Sample([vectors]), np.random.default_rng(0))(vectors)
        for name, row in REDUCTIONS.items()
    }


def movielens(folder: Path, n_users: int | None) -> None:
    """Tables of MovieLens-100K, of all users or of the first ones, and vectors that say nothing."""
    from itemvec.datasets import DATASETS
    from itemvec.datasets.fetch import fetch
    from itemvec.datasets.table_files import write_tables
    from itemvec.store import Block, write_database

    fetch("movielens-100k", folder)
    tables = DATASETS.build("check", {"kind": "movielens"}).load(folder / "movielens-100k")
    if n_users is not None:
        whose = pc.cast(tables.interactions["user_id"], pa.string())
        few = pc.is_in(whose, value_set=pc.unique(whose)[:n_users])
        tables = replace(tables, interactions=tables.interactions.filter(few))
    write_tables(folder, tables)
    ids = tables.items["item_id"].combine_chunks()
    drawn = np.random.default_rng(0).standard_normal((len(ids), 8), dtype=np.float32)
    blocks = (Block(ids, drawn),)
    write_database(folder / "full", {"items": (8, blocks), "queries": (8, ())})


def vectors(n: int, dim: int = 384, rows: int = 65_536) -> Iterator[Floats]:
    """Unit vectors, drawn where the device is, which takes seconds for 15 GB on a GPU."""
    import torch

    device = torch.device(torch_device())
    generator = torch.Generator(device).manual_seed(n)
    for start in range(0, n, rows):
        drawn = torch.randn(min(rows, n - start), dim, generator=generator, device=device)
        yield torch.nn.functional.normalize(drawn, dim=1).cpu().numpy()
