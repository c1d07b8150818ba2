"""How often a family without differences has a false claim, and its intervals miss.

    python benchmarks/statistics_null.py

999 draws for each family; one seed of training, or three of each system. A third as many families of 300 and more.
"""

from __future__ import annotations

import click
import numpy as np
from statistics_families import draw
from tabulate import tabulate

from itemvec.metrics.family import compare_family

CASES = ((3, 71), (3, 300), (30, 71), (30, 300), (300, 71), (300, 300), (1000, 300))


@click.command()
@click.option("--families", default=1000, show_default=True)
@click.option("--quick", is_flag=True, help="50 families of 3 and 30 comparisons.")
@click.option("--seed", default=1, show_default=True)
def main(families: int, quick: bool, seed: int) -> None:
    """Print the share of families with any false claim, and its standard error."""
    families, cases = (50, CASES[:4]) if quick else (families, CASES)
    rows = []
    for m, n in cases:
        row: list[object] = [m, n]
        for n_seeds in (1, 3):
            rng = np.random.default_rng(seed)
            false = np.zeros(families if m <= 30 else families // 3)
            for one in range(len(false)):
                drawn = draw(rng, n, m, n_seeds)
                false[one] = np.any(compare_family(drawn.differences, drawn.seeds, one, draws=999).shown != 0)
            row.append(f"{false.mean():.1%} +- {np.sqrt(false.mean() * (1 - false.mean()) / len(false)):.1%}")
        rows.append(row)
        click.echo(f"{row}", err=True)
    header = ["comparisons", "queries", "any false claim, one seed", "three seeds"]
    click.echo(f"\n{families:,} families without differences, a third of it from 300 on; 5 % are allowed\n")
    click.echo(tabulate(rows, header, "github", disable_numparse=True))


if __name__ == "__main__":
    main()
