"""Critical n: for d dimensions, the largest catalogue of which an optimiser finds vectors for every pair of items.

Three columns for the same question. The recipe of arXiv 2508.21038, with one temperature; the same with a temperature
that falls; and the cubic the paper fits to its own figures. None is what d dimensions can hold: from four on, that is
every pair of any catalogue, by construction, with a margin that vanishes.

    python benchmarks/critical_n.py --dims 4 12 --judgments data/limit-small
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click
import numpy as np
from tabulate import tabulate

from itemvec.core.arrays import Doubles
from itemvec.core.top_k import top_k
from itemvec.datasets.beir import Beir
from itemvec.protocol.judgments import judge
from itemvec.studies.capacity_bound import margin
from itemvec.studies.critical_catalogue import critical_n
from itemvec.studies.free_embeddings import ANNEALED, PAPER, fit

PUBLISHED = (0.0037, 0.0520, 4.0309, -10.5322)  # the paper's fit, highest power first


@click.command()
@click.option("--dims", nargs=2, default=(4, 12), show_default=True, help="First and last number of dimensions.")
@click.option("--steps", default=1000, show_default=True, help="Of the optimiser, for one catalogue.")
@click.option("--most", default=64, show_default=True, help="Largest catalogue tried.")
@click.option("--judgments", type=click.Path(exists=True, path_type=Path), help="Folder in BEIR layout.")
@click.option("--seed", default=42, show_default=True)
def main(dims: tuple[int, int], steps: int, most: int, judgments: Path | None, seed: int) -> None:
    """Print critical n by dimensions with cubic fits, margins of the construction, and what is solved of JUDGMENTS."""
    rows, found = [], []
    for dim in range(dims[0], dims[1] + 1):
        row = [str(dim)]
        for recipe in (PAPER, ANNEALED):
            started = time.monotonic()
            n = critical_n(dim, replace(recipe, steps=steps), seed, most=most)
            found += [n] * (recipe is PAPER)
            row += [f"{n} or more" if n == most else str(n), f"{time.monotonic() - started:.0f}"]
        rows.append([*row, f"{np.polyval(PUBLISHED, dim):.1f}"])
        click.echo(" ".join(rows[-1]), err=True)
    header = ["d", "one temperature", "seconds", "falling temperature", "seconds", "the paper's fit"]
    click.echo(tabulate(rows, header, disable_numparse=True))
    x, y = np.arange(dims[0], dims[1] + 1, dtype=np.float64), np.array(found, dtype=np.float64)
    fitted = np.polyfit(x, y, min(3, len(x) - 1))
    fit_of = 1 - np.square(y - np.polyval(fitted, x)).sum() / max(np.square(y - y.mean()).sum(), 1e-12)
    click.echo(f"\none temperature: n = {_polynomial(fitted)} (r2 {fit_of:.4f})")
    click.echo(f"the paper:       n = {_polynomial(PUBLISHED)} (r2 0.999)")
    sizes = (10, 30, 100, 300, 1000, 3000)
    held = [[n, *(f"{margin(n, 2, dtype):.2e}" for dtype in (np.float64, np.float32, np.float16))] for n in sizes]
    click.echo("\nLeast margin over all pairs, by construction, d = 4; below zero some pair is lost\n")
    click.echo(tabulate(held, ["n", "float64", "float32", "float16"], disable_numparse=True))
    if judgments is not None:
        _recall(judgments, steps, seed)


def _polynomial(coefficients: Sequence[float] | Doubles) -> str:
    return " ".join(f"{value:+.4f} d^{power}" for power, value in enumerate(reversed(list(coefficients))))


def _recall(folder: Path, steps: int, seed: int) -> None:
    """Free embeddings for all judgments of a folder, by number of dimensions."""
    tables = Beir().load(folder)
    found = judge(tables.qrels, tables.queries["query_id"].combine_chunks(), tables.items["item_id"].combine_chunks())
    relevant = np.zeros((len(found), len(tables.items)), dtype=bool)
    relevant[np.repeat(np.arange(len(found)), np.diff(found.offsets)), found.items] = True
    rows = []
    for dim in (2, 3, 4, 6, 8, 12, 16, 32, 64):
        for name, recipe in (("one", PAPER), ("falling", ANNEALED)):
            started = time.monotonic()
            free = fit(relevant, dim, replace(recipe, steps=steps), seed)
            top = top_k(free.queries @ free.items.T, 20).positions
            hits = np.take_along_axis(relevant, top, axis=1)
            recall = [f"{(hits[:, :k].sum(axis=1) / relevant.sum(axis=1)).mean():.4f}" for k in (2, 10, 20)]
            margins = [f"{np.mean(free.margins > 0):.1%}", f"{free.margins.min():+.5f}"]
            rows.append([dim, name, *recall, *margins, f"{time.monotonic() - started:.1f}"])
    header = ["d", "temperature", "recall@2", "@10", "@20", "solved", "least margin", "seconds"]
    click.echo(f"\nFree embeddings of {folder.name}: {len(found):,} queries, {len(tables.items):,} items\n")
    click.echo(tabulate(rows, header, disable_numparse=True))


if __name__ == "__main__":
    main()
