"""Seconds and memory of a sweep of PCA: one streamed decomposition, scikit-learn's solvers, an SVD per variant.

Each way runs in a process of its own, so that peak memory is its own; CPU seconds, of all threads, tell more than those
of the clock where other work goes on. Ways that need the matrix in memory get it there before the clock starts; those
that stream read it from disk while it runs. A full SVD does not depend on the size: it is run once, counted for each.

    python benchmarks/reduce.py --rows 200000 --dim 768
    python benchmarks/reduce.py --rows 1000000 --dim 384 --way gram --way itemvec --way paper --limit 100
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import numpy as np
from tabulate import tabulate

from itemvec.core.arrays import Doubles, Floats
from itemvec.reducers import Moments, Sample
from itemvec.reducers.pca import Pca

BATCH = 8192
UNIT = 1 << 30 if sys.platform == "darwin" else 1 << 20  # of ru_maxrss in a GiB
SOLVERS = ["full", "covariance_eigh", "randomized", "arpack"]
WAYS = ["itemvec", "gram", *(f"scikit-learn:{solver}" for solver in SOLVERS), "scikit-learn:incremental", "paper"]
ONCE = ("scikit-learn:full", "paper")
REFERENCE = "float64"


@dataclass(frozen=True)
class Matrix:
    """float32 numbers in a file; iterating reads them, a batch at a time."""

    path: Path
    rows: int
    dim: int

    def __iter__(self) -> Iterator[Floats]:
        with self.path.open("rb") as file:
            for start in range(0, self.rows, BATCH):
                count = min(BATCH, self.rows - start) * self.dim
                yield np.fromfile(file, np.float32, count).reshape(-1, self.dim)

    def load(self) -> Floats:
        """All of it."""
        return np.fromfile(self.path, np.float32).reshape(self.rows, self.dim)

    def write(self) -> None:
        """Normal numbers whose variances fall like those of text vectors, turned, and off the origin."""
        rng = np.random.default_rng(0)
        turn = np.linalg.qr(rng.standard_normal((self.dim, self.dim)))[0]
        shape = (turn * (10 + np.arange(self.dim))[:, None] ** -0.6).astype(np.float32)
        mean = rng.standard_normal(self.dim, dtype=np.float32) / 10
        with self.path.open("wb") as file:
            for start in range(0, self.rows, BATCH):
                numbers = rng.standard_normal((min(BATCH, self.rows - start), self.dim), dtype=np.float32)
                (numbers @ shape + mean).tofile(file)

    @property
    def sizes(self) -> list[int]:
        """Four sizes to reduce to."""
        return [self.dim // 12, self.dim // 6, self.dim // 3, 2 * self.dim // 3]

    def sizes_of(self, way: str) -> list[int]:
        """Those that a way is run for."""
        return [0] if way == "gram" else self.sizes[-1:] if way in ONCE else self.sizes


Fit = Callable[[int], Doubles]  # from a size, directions as rows


def prepare(way: str, matrix: Matrix) -> Fit:
    """What is timed, called for one size after the other."""
    if way == "gram":
        return lambda size: Moments.of(matrix).covariance[:size]
    from sklearn.decomposition import PCA, IncrementalPCA

    if way == "itemvec":
        sample = Sample(matrix)

        def ours(size: int) -> Doubles:
            Pca(dim=size).fit(sample, np.random.default_rng(0))
            return sample.moments.directions[:size]

        return ours
    if way == "scikit-learn:incremental":

        def incremental(size: int) -> Doubles:
            model = IncrementalPCA(size)
            for batch in matrix:
                model.partial_fit(batch)
            return np.asarray(model.components_)

        return incremental
    vectors = matrix.load()
    if way == "paper":
        return lambda size: np.asarray(np.linalg.svd(vectors - vectors.mean(axis=0), full_matrices=False)[2][:size])
    solver = way.split(":")[1]
    return lambda size: np.asarray(PCA(size, svd_solver=solver, random_state=0).fit(vectors).components_)


def measure(way: str, matrix: Matrix, folder: Path) -> None:
    """Print, after each size, the seconds so far, those of all threads, sizes done, and the most memory held."""
    if way == REFERENCE:
        moments = Moments.of(batch.astype(np.float64) for batch in matrix)
        np.save(folder / "float64.npy", moments.spectrum()[1])
        return
    fit = prepare(way, matrix)
    started, before = time.perf_counter(), time.process_time()
    for number, size in enumerate(matrix.sizes_of(way), 1):
        directions = fit(size)
        seconds, cpu = time.perf_counter() - started, time.process_time() - before
        np.save(folder / f"{way}-{size}.npy", directions)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / UNIT
        click.echo(json.dumps({"seconds": seconds, "cpu": cpu, "done": number, "peak": peak}))


def in_a_process(limit: float | None, *arguments: str) -> dict[str, float] | None:
    """The last that ``measure`` printed within ``limit`` seconds of work."""
    command = [sys.executable, __file__, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            output, _ = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            process.kill()
            output, _ = process.communicate()
    lines = output.splitlines()
    return json.loads(lines[-1]) if lines else None


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--rows", default=200_000, show_default=True)
@click.option("--dim", default=768, show_default=True)
@click.option("--way", "ways", multiple=True, type=click.Choice(WAYS), help="May be repeated; by default all.")
@click.option("--limit", default=120.0, show_default=True, help="Seconds after which a way is stopped.")
@click.option("--child", hidden=True)
def main(rows: int, dim: int, ways: tuple[str, ...], limit: float, child: str | None) -> None:
    """Fit PCA to four sizes, by each way, and compare it with the principal directions in float64."""
    if child is not None:
        way, place = child.split("|")
        measure(way, Matrix(Path(place) / "matrix", rows, dim), Path(place))
        return
    with TemporaryDirectory() as place:
        matrix = Matrix(Path(place) / "matrix", rows, dim)
        matrix.write()
        same = ["--rows", str(rows), "--dim", str(dim), "--child"]
        in_a_process(None, *same, f"{REFERENCE}|{place}")
        found = {way: in_a_process(limit, *same, f"{way}|{place}") for way in ways or WAYS}
        click.echo(f"{rows:,} x {dim} float32, {rows * dim * 4 / 2**30:.2f} GiB, to {matrix.sizes}")
        click.echo(tabulate(table(found, matrix, Path(place), limit), headers="keys", disable_numparse=True))


def table(found: dict[str, Any], matrix: Matrix, folder: Path, limit: float) -> list[dict[str, str]]:
    """One line a way."""
    from scipy.linalg import subspace_angles

    reference = np.load(folder / f"{REFERENCE}.npy")
    seconds: dict[str, float] = {}
    cpu: dict[str, float] = {}
    lines = []
    for way, run in found.items():
        if run is None:
            lines.append({"way": way, "seconds": f"> {limit:.0f}", "done": "none"})
            continue
        n = len(matrix.sizes_of(way))
        times = len(matrix.sizes) if way in ONCE else 1
        seconds[way], cpu[way] = run["seconds"] * times, run["cpu"] * times
        short = run["done"] < n
        angles = [
            subspace_angles(np.load(path).astype(np.float64).T, reference[:size].T).max()
            for size in matrix.sizes
            if (path := folder / f"{way}-{size}.npy").exists()
        ]
        lines.append(
            {
                "way": way,
                "seconds": f"{'> ' * short}{limit if short else seconds[way]:.2f}",
                "done": f"{run['done']} of {n}" if short else "once" if way in ONCE else "all",
                "CPU": f"{'> ' * short}{cpu[way]:.2f}",
                "CPU of itemvec": f"{'> ' * short}{cpu[way] / cpu['itemvec']:.1f}" if "itemvec" in cpu else "",
                "peak GiB": f"{run['peak']:.2f}",
                "largest angle": f"{max(angles):.1e}" if angles else "",
            }
        )
    return lines


if __name__ == "__main__":
    main()
