"""What it takes to make tables of ESCI's files: time and memory, against the way their README shows, with pandas."""

from __future__ import annotations

import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import click
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from itemvec.datasets import DATASETS
from itemvec.datasets.esci import LABELS, NAME

UNIT = 1 << 20 if sys.platform == "darwin" else 1 << 10  # of ru_maxrss in a MiB
DEPTH = 20  # judgments of a query
WORDS = np.array([f"word{number}" for number in range(20_000)])


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--products", default=1_000_000, show_default=True, help="Products in the file, four of five of them us.")
@click.option("--queries", default=30_000, show_default=True, help="Queries, with 20 judgments each.")
@click.option("--peer/--no-peer", default=True, show_default=True, help="Whether to do it with pandas too.")
def main(products: int, queries: int, peer: bool) -> None:
    """Write files of the form of ESCI, products in a single row group as they were published, and read them.

    \b
    Example: python benchmarks/prepare.py --products 200000 --queries 6000
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _apart(write, folder, products, queries)
        for way in (itemvec_judged, itemvec_all, *([pandas_judged] if peer else [])):
            rows, size, seconds, peak = _apart(way, folder)
            label = way.__name__.replace("_", ", ")
            click.echo(f"{label:18}{rows:>9,} products {size:>6,.0f} MiB {seconds:>6.1f} s, peak {peak:>6,.0f} MiB")


def _apart(function: Callable[..., tuple[int, float]], *arguments: object) -> tuple[int, float, float, float]:
    """What ``function`` returns, its seconds, and the peak memory of a process of its own."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_measured, args=(theirs, function, arguments))
    process.start()
    theirs.close()
    found: tuple[int, float, float, float] = ours.recv()
    process.join()
    return found


def _measured(pipe: Connection, function: Callable[..., tuple[int, float]], arguments: tuple[object, ...]) -> None:
    started = time.monotonic()
    rows, size = function(*arguments)
    pipe.send((rows, size, time.monotonic() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / UNIT))


def write(folder: Path, products: int, queries: int) -> tuple[int, float]:
    """Products of 15 words of title and, half of them, 80 of description; judgments of random ones."""
    rng = np.random.default_rng(0)
    ids = np.array([f"B{number:09d}" for number in range(products)])
    locales = np.where(np.arange(products) % 5, "us", "es")
    descriptions = [text if row % 2 else None for row, text in enumerate(_texts(rng, products, 80))]
    columns = {"product_title": _texts(rng, products, 15), "product_description": descriptions}
    table = pa.table({"product_id": ids, **columns, "product_locale": locales})
    pq.write_table(table, folder / f"{NAME}_products.parquet", row_group_size=products)
    asked = np.repeat(np.arange(queries), DEPTH)
    examples = {
        "query": [f"query {number}" for number in asked],
        "query_id": asked,
        "product_id": rng.choice(ids[locales == "us"], len(asked)),
        "product_locale": np.full(len(asked), "us"),
        "esci_label": rng.choice(LABELS, len(asked), p=[0.44, 0.34, 0.05, 0.17]),
        "small_version": np.ones(len(asked), int),
        "split": np.where(asked % 10 < 7, "train", "test"),
    }
    pq.write_table(pa.table(examples), folder / f"{NAME}_examples.parquet")
    return products, table.nbytes / 2**20


def _texts(rng: np.random.Generator, rows: int, length: int) -> list[str]:
    return [" ".join(WORDS[rng.zipf(1.3, length) % len(WORDS)]) for _ in range(rows)]


def itemvec_judged(folder: Path) -> tuple[int, float]:
    """Tables of the products that were judged."""
    return _load(folder, "judged")


def itemvec_all(folder: Path) -> tuple[int, float]:
    """Tables of all products of the locale."""
    return _load(folder, "all")


def _load(folder: Path, catalogue: str) -> tuple[int, float]:
    tables = DATASETS.build("esci", {"kind": "esci", "catalogue": catalogue}).load(folder)
    return len(tables.items), sum(table.nbytes for table in vars(tables).values()) / 2**20


def pandas_judged(folder: Path) -> tuple[int, float]:
    """Judgments merged with products, those of the locale, as in the README beside the files."""
    import pandas as pd

    examples, products = (pd.read_parquet(folder / f"{NAME}_{name}.parquet") for name in ("examples", "products"))
    merged = examples.merge(products, how="left", on=["product_locale", "product_id"])
    kept = merged[(merged["small_version"] == 1) & (merged["product_locale"] == "us")]
    return kept["product_id"].nunique(), kept.memory_usage(deep=True).sum() / 2**20


if __name__ == "__main__":
    main()
