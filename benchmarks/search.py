"""Seconds of ways to find the 100 best of many items for 1,000 queries, exactly: itemvec and what its users would take.

All read the same table, as a stream where they can, and reading counts. Each runs in a process of its own, in turn,
best of some rounds; where the machine is shared, CPU seconds of all threads say more than seconds. Peak memory is what
came on top of the imports, without the pages of the file. usearch comes with the extra `benchmarks`.

    python benchmarks/search.py --items 200_000
    python benchmarks/search.py --items 1_000_000 --rounds 1 --source memmap
    python benchmarks/search.py --way "itemvec cosine" --way "itemvec 5 prefixes" --way "itemvec 5 runs"
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import numpy as np
from peers import WAYS, Table
from tabulate import tabulate

from itemvec.core.arrays import Floats

DIM, QUERIES, ROWS = 384, 1000, 8192


def write(folder: Path, n: int) -> None:
    """Unit vectors around 1,000 centres, whose later numbers matter less, as those of a Matryoshka model or a PCA."""
    import pyarrow as pa

    from itemvec.store import Block, write_database

    rng = np.random.default_rng(0)
    weights = (1 + np.arange(DIM, dtype=np.float32)) ** -0.25
    centres = rng.standard_normal((1000, DIM), dtype=np.float32)

    def draw(rows: int) -> Floats:
        noise = rng.standard_normal((rows, DIM), dtype=np.float32)
        vectors = (centres[rng.integers(len(centres), size=rows)] + 1.5 * noise) * weights
        scaled: Floats = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return scaled

    def named(prefix: str, blocks: Any) -> Any:
        start = 0
        for block in blocks:
            yield Block(pa.array([f"{prefix}{row}" for row in range(start, start + len(block))]), block)
            start += len(block)

    items = np.lib.format.open_memmap(folder / "items.npy", "w+", np.float32, (n, DIM))
    for start in range(0, n, ROWS):
        items[start : start + ROWS] = draw(min(ROWS, n - start))
    queries = draw(QUERIES)
    np.save(folder / "queries.npy", queries)
    blocks = (np.asarray(items[start : start + ROWS]) for start in range(0, n, ROWS))
    write_database(
        folder / "vectors", {"items": (DIM, named("i", blocks)), "queries": (DIM, named("q", iter([queries])))}
    )


def measure(way: str, folder: Path, source: str, k: int) -> dict[str, Any]:
    """Seconds of one way, and the most memory it took beyond what its imports did; what it found goes to a file."""
    from itemvec.store import open_vectors

    queries, run = open_vectors(folder / "vectors.digest", "queries").load().vectors, WAYS[way]
    run(Table(folder, "small"), queries[:50], 5)  # imports, threads, first calls
    table, peak = Table(folder, source), Peak()
    with peak:
        started, used = time.perf_counter(), time.process_time()
        found = run(table, queries, k)
        seconds, used = time.perf_counter() - started, time.process_time() - used
    np.save(folder / f"{way}.npy", found)
    return {"seconds": seconds, "cpu": used, "peak": peak.bytes}


class Peak:
    """Most anonymous memory of this process while it is entered, above what it had before, looked up as it runs."""

    def __init__(self) -> None:
        self.bytes, self._ended = 0, threading.Event()
        self._thread = threading.Thread(target=self._watch, args=(_anonymous(),))

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self, before: int) -> None:
        while not self._ended.wait(0.02):
            self.bytes = max(self.bytes, _anonymous() - before)


def _anonymous() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) * 1024


@click.command()
@click.option("--items", "n", type=int, default=200_000, show_default=True)
@click.option("--k", default=100, show_default=True)
@click.option("--rounds", default=3, show_default=True)
@click.option("--source", type=click.Choice(["lancedb", "memmap"]), default="lancedb", show_default=True)
@click.option("--way", "ways", multiple=True, type=click.Choice(list(WAYS)), help="May be repeated; by default all.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where the table is kept, and taken from another time.")
@click.option("--child", hidden=True)
def main(
    n: int, k: int, rounds: int, source: str, ways: tuple[str, ...], folder: Path | None, child: str | None
) -> None:
    """Compare ways to search; then what all prefixes of the dimensions cost."""
    if child is not None and folder is not None:
        click.echo(json.dumps(measure(child, folder, source, k)))
        return
    with TemporaryDirectory() as place:
        kept = (folder or Path(place)) / str(n)
        if not (kept / "vectors.digest").exists():
            kept.mkdir(parents=True, exist_ok=True)
            write(kept, n)
        chosen = list(ways) or _installed()
        options = ["--source", source, "--k", str(k), "--folder", str(kept)]
        runs = [[_in_a_process("--child", way, *options) for way in chosen] for _ in range(rounds)]
        best = [min((one[column] for one in runs), key=lambda run: run["seconds"]) for column in range(len(chosen))]
        found = {way: np.load(kept / f"{way}.npy") for way in chosen}
    click.echo(f"{n:,} items from {source}, {QUERIES:,} queries, top {k}")
    click.echo(tabulate(_rows(chosen, best, found), headers="keys", disable_numparse=True, stralign="right"))


def _installed() -> list[str]:
    """All ways, but for that of usearch where it is missing: it alone does not come with itemvec."""
    if find_spec("usearch"):
        return list(WAYS)
    click.echo("without usearch, which is not installed: pip install 'itemvec[benchmarks]'", err=True)
    return [way for way in WAYS if way != "usearch"]


def _in_a_process(*arguments: str) -> Any:
    done = subprocess.run([sys.executable, __file__, *arguments], stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def _rows(ways: list[str], best: list[dict[str, Any]], found: dict[str, Any]) -> list[dict[str, str]]:
    """A line for each way, its ids against those of faiss, or of the first."""
    reference = found.get("faiss", found[ways[0]])
    fastest = min(
        (one["seconds"] for way, one in zip(ways, best, strict=True) if not way.startswith("itemvec")), default=1
    )
    table = []
    for way, one in zip(ways, best, strict=True):
        common = [len(np.intersect1d(*pair)) for pair in zip(found[way], reference, strict=True)]
        table.append(
            {
                "way": way,
                "seconds": f"{one['seconds']:.2f}",
                "of fastest peer": f"{one['seconds'] / fastest:.2f}",
                "CPU seconds": f"{one['cpu']:.2f}",
                "peak MiB": f"{one['peak'] / 2**20:,.0f}",
                "same id at rank": f"{(found[way] == reference).mean():.5f}",
                "same set": f"{np.mean(common) / reference.shape[1]:.5f}",
            }
        )
    return table


if __name__ == "__main__":
    main()
