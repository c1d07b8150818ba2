"""What clicks on a query do for that query: CoRocchio on simulated clicks on judged products.

    python -m benchmarks.corocchio --data data/crowdflower

BM25 and LSA show ten judged products of each query, in turn. Users look at place k with probability 1/k. The vector of
each query by LSA moves to what was clicked, and searches all products again.
"""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np
from tabulate import tabulate

from itemvec.clicks import Cells, all_pairs, corocchio
from itemvec.core.arrays import Doubles, Floats, Ints
from itemvec.datasets import DATASETS
from tests.clicks.judged_rankings import judged, lsa, ranked, scored
from tests.clicks.simulator import by_position

DEPTH, CLIP = 10, 10.0
PROPENSITIES = 1 / np.arange(1, DEPTH + 1)
CLICK = np.array([0.2, 0.4, 0.8, 0.9])  # by grade, as the noisy users of the paper


@click.command()
@click.option("--data", required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--draws", default=2000, show_default=True, help="Of the bootstrap over queries.")
@click.option("--seed", default=0, show_default=True)
def main(data: Path, draws: int, seed: int) -> None:
    """Print the table of docs/results/clicks.md."""
    tables = DATASETS.build("crowdflower", {"kind": "crowdflower"}).load(data)
    grades, (queries, items) = judged(tables), lsa(tables)
    whole = (grades >= 0).sum(axis=1) >= DEPTH
    rankings = np.stack([ranked(one[whole], grades[whole], DEPTH) for one in scored(tables)])
    grades, queries = grades[whole], queries[whole]
    attractive = np.where(grades >= 0, CLICK[np.maximum(grades, 0)], 0.0)
    base = ndcg(queries @ items.T, grades)
    rows = [["LSA", "", f"{base.mean():.4f}", ""]]
    for sessions in (3, 30, 300):
        log = by_position(rankings, attractive, PROPENSITIES, sessions, np.random.default_rng(seed))
        known = {
            "as they are": np.ones(DEPTH),
            "propensities of all-pairs": all_pairs(Cells.of(log)),
            "true ones": PROPENSITIES,
        }
        plain = base
        for name, propensities in known.items():
            found = ndcg(
                corocchio(queries, items, log, np.nan_to_num(propensities, nan=1.0), clip=CLIP) @ items.T, grades
            )
            plain = found if name == "as they are" else plain
            rows.append([f"{sessions} sessions", name, f"{found.mean():.4f}", _difference(found - plain, draws, seed)])
    click.echo(
        tabulate(rows, ["clicks", "weights", "nDCG@10", "against clicks as they are"], "github", disable_numparse=True)
    )


def ndcg(scores: Floats, grades: Ints) -> Doubles:
    """nDCG@10 of each query over all items."""
    gains, discounts = np.maximum(grades, 0).astype(np.float64), 1 / np.log2(np.arange(2, 12))
    best = -np.sort(-gains, axis=1)[:, :10] @ discounts
    top = np.argsort(-scores, axis=1, kind="stable")[:, :10]
    return np.asarray(np.take_along_axis(gains, top, axis=1) @ discounts / best)


def _difference(values: Doubles, draws: int, seed: int) -> str:
    if not values.any():
        return ""
    rng = np.random.default_rng(seed)
    low, high = np.quantile(
        [values[rng.integers(len(values), size=len(values))].mean() for _ in range(draws)], [0.025, 0.975]
    )
    return f"{values.mean():+.4f} [{low:+.4f}, {high:+.4f}]"


if __name__ == "__main__":
    main()
