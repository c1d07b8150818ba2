"""What large tables of one's own take: seconds and peak memory of check, prepare and validate."""

from __future__ import annotations

import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import click
import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
from tabulate import tabulate

from itemvec.core.files import write_json, write_parquet
from itemvec.datasets import DATASETS
from itemvec.datasets.reading import recorded
from itemvec.stages.check import check_data
from itemvec.stages.validate import validate as validate_tables

UNIT = 1 << 20 if sys.platform == "darwin" else 1 << 10  # of ru_maxrss in a MiB
ROWS = 500_000  # written at a time
EACH = 20  # interactions of a user, on average
FIRST, SECONDS = 1_600_000_000, 100_000_000  # when the first happened, and in how many seconds all did
WORDS = np.array([f"word{number}" for number in range(20_000)])
SUITES = Path(__file__).resolve().parents[1] / "expectations"
ROW = {"kind": "tables"}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--items", default=500_000, show_default=True)
@click.option("--interactions", default=5_000_000, show_default=True)
@click.option("--form", "forms", type=click.Choice(["csv", "parquet"]), multiple=True, default=["csv", "parquet"])
def main(items: int, interactions: int, forms: tuple[str, ...]) -> None:
    """Write random tables of the kind ``tables``, and measure each step in a process of its own.

    \b
    Example: python benchmarks/load.py --items 50000 --interactions 500000
    """
    lines = []
    for form in forms:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "raw").mkdir()
            _apart(write, folder, items, interactions, form)
            size = sum(path.stat().st_size for path in (folder / "raw").iterdir()) / 2**20
            for step in (check, prepare, validate):
                seconds, peak = _apart(step, folder)
                lines.append([form, f"{items:,}", f"{interactions:,}", size, step.__name__, seconds, peak])
                click.echo(f"{form} {step.__name__}: {seconds:.1f} s, {peak:,.0f} MiB", err=True)
    heads = ["form", "items", "interactions", "MiB on disk", "step", "seconds", "peak MiB"]
    formats = ("", "", "", ",.0f", "", ".1f", ",.0f")
    click.echo(tabulate(lines, heads, tablefmt="github", floatfmt=formats))


def _apart(function: Callable[..., None], *arguments: object) -> tuple[float, float]:
    """Seconds and peak memory, in MiB, of a process of its own."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_measured, args=(theirs, function, arguments))
    process.start()
    theirs.close()
    found: tuple[float, float] = ours.recv()
    process.join()
    return found


def _measured(pipe: Connection, function: Callable[..., None], arguments: tuple[object, ...]) -> None:
    started = time.monotonic()
    function(*arguments)
    pipe.send((time.monotonic() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / UNIT))


def write(folder: Path, items: int, interactions: int, form: str) -> None:
    """Items of 12 words; interactions of random users with items, a few of which are taken most."""
    _write(folder / "raw" / f"items.{form}", _items(items))
    _write(folder / "raw" / f"interactions.{form}", _interactions(items, interactions))


def _items(items: int) -> Iterator[Any]:
    rng = np.random.default_rng(0)
    for start in range(0, items, ROWS):
        numbers = np.arange(start, min(start + ROWS, items))
        words = WORDS[rng.zipf(1.3, (len(numbers), 12)) % len(WORDS)]
        texts = [" ".join(row) for row in words]
        yield pa.table({"item_id": [f"i{number:08d}" for number in numbers], "text": texts})


def _interactions(items: int, interactions: int) -> Iterator[Any]:
    rng = np.random.default_rng(1)
    for start in range(0, interactions, ROWS):
        rows = min(ROWS, interactions - start)
        users = rng.integers(max(1, interactions // EACH), size=rows)
        taken = (items * rng.random(rows) ** 3).astype(int)
        times = FIRST + rng.integers(SECONDS, size=rows)
        names = [f"u{user:08d}" for user in users], [f"i{item:08d}" for item in taken]
        yield pa.table([*names, times], ["user_id", "item_id", "timestamp"])


def _write(path: Path, tables: Iterator[Any]) -> None:
    first = next(tables)
    open_writer = pyarrow.csv.CSVWriter if path.suffix == ".csv" else pq.ParquetWriter
    with open_writer(path, first.schema) as writer:
        writer.write_table(first)
        for table in tables:
            writer.write_table(table)


def check(folder: Path) -> None:
    """What ``itemvec check`` does with the data."""
    check_data(folder, "raw", ROW)


def prepare(folder: Path) -> None:
    """What the stage ``prepare`` does."""
    with recorded() as reading:
        tables = DATASETS.build("mine", ROW).load(folder / "raw")
    for name, table in vars(tables).items():
        write_parquet(folder / "tables" / f"{name}.parquet", table)
    write_json(folder / "prepare.json", reading.facts())


def validate(folder: Path) -> None:
    """What the stage ``validate`` does."""
    validate_tables({path.stem: path for path in (folder / "tables").iterdir()}, SUITES)


if __name__ == "__main__":
    main()
