"""What large tables of one's own take: seconds and peak memory of init, check, prepare and validate."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
from tabulate import tabulate

UNIT = 1 << 20 if sys.platform == "darwin" else 1 << 10  # of ru_maxrss in a MiB
ROWS = 500_000  # written at a time
EACH = 20  # interactions of a user, on average
FIRST, SECONDS = 1_600_000_000, 100_000_000  # when the first happened, and in how many seconds all did
WORDS = np.array([f"word{number}" for number in range(20_000)])
COMMANDS = {
    "init": "-m itemvec init mine --items ../raw/items.FORM --interactions ../raw/interactions.FORM --yes",
    "check": "-m itemvec check",
    "prepare": "pipelines/prepare.py data/mine artifacts/tables artifacts/results/prepare.json",
    "validate": "pipelines/validate.py artifacts/tables expectations artifacts/check/tables.txt "
    "artifacts/results/validate.json",
}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--items", default=500_000, show_default=True)
@click.option("--interactions", default=5_000_000, show_default=True)
@click.option("--form", "forms", type=click.Choice(["csv", "parquet"]), multiple=True, default=["csv", "parquet"])
def main(items: int, interactions: int, forms: tuple[str, ...]) -> None:
    """Write random raw files, and make a project of them: each command is a process of its own.

    TMPDIR says where; that takes three times the bytes of the raw files.

    \b
    Example: python benchmarks/load.py --items 50000 --interactions 500000
    """
    lines = []
    for form in forms:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "raw").mkdir()
            (folder / "shop").mkdir()
            process = multiprocessing.get_context("spawn").Process(
                target=write, args=(folder, items, interactions, form)
            )
            process.start()  # so that what it takes is not counted as that of a command
            process.join()
            size = sum(path.stat().st_size for path in (folder / "raw").iterdir()) / 2**20
            for step, command in COMMANDS.items():
                found = run(command.replace("FORM", form), folder / "shop")
                lines.append([form, f"{items:,}", f"{interactions:,}", size, step, *found])
                click.echo(f"{form} {step}: {found[0]:.1f} s, {found[2]:,.0f} MiB", err=True)
    heads = ["form", "items", "interactions", "MiB on disk", "step", "seconds", "of the processor", "peak MiB"]
    formats = ("", "", "", ",.0f", "", ".1f", ".1f", ",.0f")
    click.echo(tabulate(lines, heads, tablefmt="github", floatfmt=formats))


def run(command: str, folder: Path, refused: bool = False) -> tuple[float, float, float]:
    """Seconds, seconds of the processor and peak memory in MiB of a command; that of what it calls, if that is more.

    ``refused`` says that it must end with an error, as where a catalogue is too large for a system.
    """
    started = time.monotonic()
    process = subprocess.Popen([sys.executable, *command.split()], cwd=folder, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if bool(os.waitstatus_to_exitcode(status)) != refused:
        raise click.ClickException(f"{command}: {'was not refused' if refused else 'failed'}")
    return time.monotonic() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / UNIT


def write(folder: Path, items: int, interactions: int, form: str) -> None:
    """Items of 12 words; interactions of random users with items, a few of which are taken most."""
    write_parts(folder / "raw" / f"items.{form}", item_tables(items))
    write_parts(folder / "raw" / f"interactions.{form}", _interactions(items, interactions))


def item_tables(items: int) -> Iterator[Any]:
    """Ids and texts of 12 words, some rows at a time."""
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


def write_parts(path: Path, tables: Iterator[Any]) -> None:
    """Write tables as one file, CSV or Parquet."""
    first = next(tables)
    open_writer = pyarrow.csv.CSVWriter if path.suffix == ".csv" else pq.ParquetWriter
    with open_writer(path, first.schema) as writer:
        writer.write_table(first)
        for table in tables:
            writer.write_table(table)


if __name__ == "__main__":
    main()
