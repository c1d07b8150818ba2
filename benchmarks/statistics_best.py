"""How often the best system is among those "not shown worse than the best", and how many are.

    python benchmarks/statistics_best.py

300 queries; systems share what makes a query hard; 999 draws.
"""

from __future__ import annotations

import click
import numpy as np
from tabulate import tabulate

from itemvec.core.arrays import Doubles
from itemvec.metrics import Spread
from itemvec.metrics.best_set import best_set

N_QUERIES = 300


@click.command()
@click.option("--samples", default=300, show_default=True)
@click.option("--quick", is_flag=True, help="20 samples of 2 and 5 systems.")
@click.option("--seed", default=1, show_default=True)
def main(samples: int, quick: bool, seed: int) -> None:
    """Print the table."""
    samples, counts = (20, (2, 5)) if quick else (samples, (2, 5, 20, 60))
    rows = []
    for m in counts:
        for name, means in _planted(m).items():
            for n_seeds in (1, 3) if m < 60 else (1,):
                rng, kept, held, size = np.random.default_rng(seed), 0, 0, 0
                best = int(means.argmax())
                others = np.array([np.delete(means, one).max() for one in range(m)])
                for one in range(samples if m < 60 else max(20, samples // 5)):
                    values, seeds = _draw(rng, means, n_seeds)
                    found = best_set(values, seeds, one, draws=999)
                    kept += bool(found.may_be_best[best])
                    gap = means - others
                    held += bool(np.all((found.low <= gap + 1e-12) & (gap <= found.high + 1e-12)))
                    size += int(found.may_be_best.sum())
                total = one + 1
                rows.append(
                    [m, name, n_seeds, total, f"{kept / total:.1%}", f"{held / total:.1%}", f"{size / total:.1f}"]
                )
                click.echo(f"{rows[-1]}", err=True)
    header = ["systems", "means", "seeds", "samples", "the best is in the set", "all intervals hold", "size of the set"]
    click.echo(tabulate(rows, header, "github", disable_numparse=True))


def _planted(m: int) -> dict[str, Doubles]:
    clear, near = np.full(m, 0.4), np.full(m, 0.4)
    clear[0] += 0.1
    near[: max(2, m // 4)] += 0.1
    near[0] += 0.005
    return {"all equal": np.full(m, 0.4), "one is 0.1 better": clear, "a quarter nearly equal": near}


def _draw(rng: np.random.Generator, means: Doubles, n_seeds: int) -> tuple[Doubles, list[Spread]]:
    """Normal values about a difficulty that all systems share."""
    m = len(means)
    shared = rng.normal(0, 0.15, size=(N_QUERIES, 1))
    values = means + shared + rng.normal(0, 0.15, size=(N_QUERIES, m))
    if n_seeds == 1:
        return values, [Spread()] * m
    runs = rng.normal(0, 0.005, size=(n_seeds, m))
    return values + runs.mean(axis=0), [Spread.of(one) for one in runs.T]


if __name__ == "__main__":
    main()
