"""What the row cache costs: a first run, a run with one text in a hundred changed, memory, look-ups per second."""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import click
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from itemvec.core.arrays import Floats
from itemvec.core.columns import ITEMS, QUERIES
from itemvec.encoders import Corpus, LoadedEncoder, Plain, Role
from itemvec.encoders.hashing import HashingEncoder
from itemvec.stages.embed import embed
from itemvec.store import RowCache
from itemvec.store.cache_rows import KEY_TYPE

SUITE = Path(__file__).parents[1] / "expectations" / "vectors.json"
BLOCK = 1 << 16
UNIT = 1 << 30 if sys.platform == "darwin" else 1 << 20  # of ru_maxrss in a GiB
DRAWN = 8192  # keys of one look-up


@dataclass(frozen=True)
class Timed(HashingEncoder):
    """Knows how many seconds it has encoded in all."""

    seconds: ClassVar[float] = 0.0

    def load(self, corpus: Corpus) -> LoadedEncoder:
        """The same, with a clock."""
        plain = super().load(corpus)
        assert isinstance(plain, Plain)  # noqa: S101

        def encode(texts: Sequence[str], role: Role) -> Floats:
            started = time.monotonic()
            vectors = plain.function(texts, role)
            Timed.seconds += time.monotonic() - started
            return vectors

        return Plain(encode)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--rows", default=1_000_000, show_default=True, help="Texts to stream.")
@click.option("--dim", default=256, show_default=True, help="Width of the vectors.")
def main(rows: int, dim: int) -> None:
    """Stream ROWS short texts through the hashing encoder and the row cache, twice, and print what it took.

    \b
    Example: python benchmarks/cache.py --rows 100000
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first = _run(folder, rows, dim, "none")
        second = _run(folder, rows, dim, "one in a hundred")
        click.echo(f"the second run encoded for {second / first:.1%} of the time of the first")
        _look_up(str(folder / "keys"), rows)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / UNIT
    click.echo(f"peak memory: {peak:.2f} GiB")


def _run(folder: Path, rows: int, dim: int, changed: str) -> float:
    """Seconds that one run has encoded, over texts of which some have changed since the first."""
    texts = {name: folder / f"{name}.parquet" for name in ("items", "queries")}
    with pq.ParquetWriter(texts["items"], ITEMS) as writer:
        for start in range(0, rows, BLOCK):
            numbers = range(start, min(start + BLOCK, rows))
            words = [f"item {n} of colour {n % 97}{' anew' * (changed != 'none' and not n % 100)}" for n in numbers]
            writer.write_table(pa.table([[f"i{n}" for n in numbers], words], schema=ITEMS))
    pq.write_table(pa.table([["q"], ["colour 7"], ["given"]], schema=QUERIES), texts["queries"])
    started, before = time.monotonic(), Timed.seconds
    embed(Timed(dim), texts, SUITE, str(folder / "cache"), folder / "embeddings")
    seconds, encoding = time.monotonic() - started, Timed.seconds - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / UNIT
    click.echo(
        f"changed texts: {changed}; {rows:,} texts in {seconds:.1f} s, {encoding:.2f} s of it encoding; "
        f"peak memory so far {peak:.2f} GiB"
    )
    return encoding


def _look_up(folder: str, rows: int) -> None:
    """Print how fast keys are found, in memory alone, among ``rows``."""
    rng = np.random.default_rng(0)
    cache = RowCache(folder, "keys", 1)
    for start in range(0, rows, BLOCK):
        n = min(BLOCK, rows - start)
        zeros = np.zeros(n, dtype=np.int32)
        cache.add(_keys(rng, n), np.zeros((n, 1), np.float32), zeros, zeros)
    drawn = [_keys(rng, DRAWN) for _ in range(10)]
    started = time.monotonic()
    for keys in drawn:
        cache.contains(keys)
    click.echo(f"{len(drawn) * DRAWN / (time.monotonic() - started):,.0f} look-ups of a key per second among {rows:,}")


def _keys(rng: np.random.Generator, n: int) -> pa.Array:
    return pa.FixedSizeBinaryArray.from_buffers(KEY_TYPE, n, [None, pa.py_buffer(rng.bytes(16 * n))])


if __name__ == "__main__":
    main()
