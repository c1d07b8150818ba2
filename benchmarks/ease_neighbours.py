"""EASE from the nearest items alone against the exact solution: quality, seconds, memory.

With TABLES and DIGEST, which the stages prepare and embed have written, quality on test users; the difference from the
exact solution is tested by the project's paired test, as one family. Without, a catalogue of random histories with
popular and rare items, which says what a size takes. Each row runs in a process of its own, whose peak memory it is.

    python benchmarks/ease_neighbours.py --tables artifacts/tables --digest artifacts/embeddings.digest
    python benchmarks/ease_neighbours.py --items 50000 --users 200000 -k 100
"""

from __future__ import annotations

import resource
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np
import pyarrow as pa
from tabulate import tabulate

from itemvec.core.arrays import Doubles
from itemvec.core.columns import PART
from itemvec.core.files import read_parquet
from itemvec.core.params import Params
from itemvec.metrics import Spread, compare_family
from itemvec.protocol.histories import Histories
from itemvec.recommenders import RECOMMENDERS, Training
from itemvec.stages.recommend import STOP, recommend
from itemvec.store import open_vectors

DIM = 384  # of random vectors


class Found(NamedTuple):
    """Seconds of processor time to fit (for quality: and to rank), GB of memory above the start, values of users."""

    seconds: float
    memory: float
    values: Doubles


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--tables", type=click.Path(exists=True, path_type=Path))
@click.option("--digest", type=click.Path(exists=True, path_type=Path))
@click.option("--items", default=20_000, show_default=True)
@click.option("--users", default=100_000, show_default=True, help="With eight items each.")
@click.option("-s", "--system", "systems", multiple=True, default=["ease", "text-ease"], show_default=True)
@click.option("-k", "counts", multiple=True, type=int, default=[25, 50, 100, 200], show_default=True)
@click.option("--exact/--no-exact", default=True, show_default=True)
@click.option("--params", "path", default="params.yaml", type=click.Path(exists=True, path_type=Path))
def main(
    tables: Path | None,
    digest: Path | None,
    items: int,
    users: int,
    systems: tuple[str, ...],
    counts: tuple[int, ...],
    exact: bool,
    path: Path,
) -> None:
    """Compare numbers of neighbours with the exact solution."""
    for system in systems:
        found = {}
        for k in ((None,) if exact else ()) + counts:
            with ProcessPoolExecutor(1, get_context("spawn")) as pool:
                task = (quality, path, system, k, tables, digest) if tables else (size, path, system, k, items, users)
                found[k] = pool.submit(*task).result()
        lines = [[str(k or "exact"), f"{one.seconds:.1f}", f"{one.memory:.2f}"] for k, one in found.items()]
        if tables:
            columns = np.column_stack([found[k].values - found[None].values for k in counts])
            tested = compare_family(columns, [Spread()] * len(counts), 42)
            for line, one in zip(lines, found.values(), strict=True):
                line.append(f"{one.values.mean():.4f}")
            for line, mean, low, high, p in zip(lines[1:], tested.mean, tested.low, tested.high, tested.p, strict=True):
                line.append(f"{mean:+.4f} [{low:+.4f}, {high:+.4f}], p {p:.3f}")
        click.echo(f"\n{system}\n" + tabulate(lines, ["k", "seconds", "GB", STOP, "against exact"][: len(lines[-1])]))


def quality(path: Path, system: str, k: int | None, tables: Path, digest: Path) -> Found:
    """On the test users of the data."""
    params, log = Params.load(path), tables / "interactions.parquet"
    protocol = replace(params.recommend, metrics=[STOP])
    if PART in read_parquet(log).column_names:  # as published
        protocol = replace(protocol, split="given", mask_history=False)
    ids, vectors = open_vectors(digest, "items").load()
    before, began = _peak(), time.process_time()
    found = recommend(_built(params, system, k), log, ids, vectors, protocol, params.seed)
    return Found(time.process_time() - began, _peak() - before, np.asarray(found.measures[STOP], dtype=np.float64))


def size(path: Path, system: str, k: int | None, n_items: int, n_users: int) -> Found:
    """On random histories, in which the item of rank r is had in proportion to r**-0.8."""
    rng = np.random.default_rng(1)
    shares = np.arange(1, n_items + 1) ** -0.8
    had = rng.choice(n_items, 8 * n_users, p=shares / shares.sum())
    users = pa.array(np.arange(n_users).astype(str))
    histories = Histories(users, had, 8 * np.arange(n_users + 1), n_items)
    vectors = rng.standard_normal((n_items, DIM), dtype=np.float32)
    before, began = _peak(), time.process_time()
    _built(Params.load(path), system, k).fit(Training(histories, vectors, lambda _: 0.0, 1))
    return Found(time.process_time() - began, _peak() - before, np.zeros(0))


def _built(params: Params, system: str, k: int | None) -> Any:
    return RECOMMENDERS.build(system, params.systems[system] | ({} if k is None else {"neighbours": k}))


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


if __name__ == "__main__":
    main()
