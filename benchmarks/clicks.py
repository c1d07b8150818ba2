"""Whether propensities and attraction come out of simulated clicks, on judged products.

    python -m benchmarks.clicks --data data/crowdflower

Three rankers order the judged products of each query, and ten are shown: BM25, LSA, and one that knows the grades but
for noise of one grade, as a trained one might. Users look at place k with probability 1/k, and click what they look at
with a probability that the grade decides. The last table has other users too, who read from the top to the first click.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import numpy as np
from tabulate import tabulate

from itemvec.clicks import Cells, ClickLog, all_pairs, attraction, click_weights, looked_at, regression_em, snips
from itemvec.core.arrays import Doubles, Ints
from itemvec.datasets import DATASETS
from tests.clicks.judged_rankings import judged, ranked, scored
from tests.clicks.simulator import by_cascade, by_position

DEPTH = 10
PROPENSITIES = 1 / np.arange(1, DEPTH + 1)
CLICK = np.array([0.2, 0.4, 0.8, 0.9])  # by grade, as the noisy users of CoRocchio
CLIP = 10.0


@click.command()
@click.option("--data", required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--sessions", default=200, show_default=True, help="Per query.")
@click.option("--draws", default=1000, show_default=True, help="Of the bootstrap over queries.")
@click.option("--repeats", default=100, show_default=True, help="Logs by which coverage is counted.")
@click.option("--seed", default=0, show_default=True)
def main(data: Path, sessions: int, draws: int, repeats: int, seed: int) -> None:
    """Print the tables of docs/results/clicks.md."""
    tables = DATASETS.build("crowdflower", {"kind": "crowdflower"}).load(data)
    rng = np.random.default_rng(seed)
    grades = judged(tables)
    scores: list[Any] = [*scored(tables), grades + rng.normal(0, 1, grades.shape)]
    whole = (grades >= 0).sum(axis=1) >= DEPTH
    rankings = np.stack([ranked(one[whole], grades[whole], DEPTH) for one in scores])
    grades = grades[whole]
    attractive = np.where(grades >= 0, CLICK[np.maximum(grades, 0)], 0.0)
    log = by_position(rankings, attractive, PROPENSITIES, sessions, rng)
    cells = Cells.of(log)
    moved = np.bincount(cells.pair).astype(float)
    click.echo(
        f"{len(grades):,} queries, {len(log):,} impressions, {int(log.clicked.sum()):,} clicks, {len(moved):,} pairs, "
        f"{(moved > 1).mean():.0%} of them at two positions\n"
    )
    resampled = [cells, *(cells.resampled(rng) for _ in range(draws))]
    click.echo(propensities(resampled) + "\n")
    click.echo(by_grade(resampled, grades) + "\n")
    click.echo(wanted(log, grades, attractive) + "\n")
    click.echo(by_size(rankings, attractive, rng) + "\n")
    click.echo(coverage(rankings, attractive, sessions, repeats, rng) + "\n")
    click.echo(other_users(rankings, attractive, grades, sessions, rng))


def rates(cells: Cells) -> Doubles:
    """Clicks by impression at each position, relative to the first."""
    found = cells.per_position(cells.clicked) / cells.per_position(cells.shown)
    return np.asarray(found / found[0])


def shown(values: Any) -> list[str]:
    """The first of the values and the interval of the others, for each column."""
    low, high = np.quantile(values[1:], [0.025, 0.975], axis=0)
    return [f"{one:.3f} [{a:.3f}, {b:.3f}]" for one, a, b in zip(values[0], low, high, strict=True)]


def propensities(resampled: list[Cells]) -> str:
    """How often a position is looked at, for each look at the first."""
    few = resampled[: len(resampled) // 5 + 1]  # em takes ten times as long
    columns = [
        shown(np.array([rates(one) for one in resampled])),
        shown(np.array([all_pairs(one) for one in resampled])),
        shown(np.array([regression_em(one)[0] for one in few])),
    ]
    rows = [[k + 1, f"{PROPENSITIES[k]:.3f}", *(column[k] for column in columns)] for k in range(DEPTH)]
    return tabulate(
        rows, ["position", "truth", "click rate", "all-pairs", "em"], tablefmt="github", disable_numparse=True
    )


def by_grade(resampled: list[Cells], grades: Ints) -> str:
    """Mean attraction of what was shown, for each grade."""
    own = grades[resampled[0].query, resampled[0].item]

    def means(values: Doubles, looks: Doubles) -> Doubles:
        return np.bincount(own, values * looks, 4) / np.bincount(own, looks, 4)

    plain = [
        means(one.per_pair(one.clicked) / np.maximum(one.per_pair(one.shown), 1), one.per_pair(one.shown))
        for one in resampled
    ]
    corrected = [means(*attraction(one, all_pairs(one), CLIP)) for one in resampled]
    rows = [
        [grade + 1, f"{CLICK[grade]:.3f}", a, b]
        for grade, (a, b) in enumerate(zip(shown(np.array(plain)), shown(np.array(corrected)), strict=True))
    ]
    return tabulate(rows, ["grade", "truth", "click rate", "corrected"], tablefmt="github", disable_numparse=True)


def wanted(log: ClickLog, grades: Ints, attractive: Doubles) -> str:
    """Share of grade 4 in what users want, by self-normalised weights."""
    best = (grades[log.query, log.item] == 3).astype(np.float64)
    truth, plain, corrected = (
        snips(best, weights)
        for weights in (
            attractive[log.query, log.item],
            log.clicked.astype(np.float64),
            click_weights(log, all_pairs(Cells.of(log)), CLIP),
        )
    )
    return f"share of grade 4 in what is wanted {truth:.4f}, in clicks {plain:.4f}, in weighted clicks {corrected:.4f}"


def by_size(rankings: Ints, attractive: Doubles, rng: np.random.Generator) -> str:
    """Mean relative error of the propensities below the first, by impressions."""
    rows = []
    for sessions in (10, 30, 100, 300, 1000):
        cells = Cells.of(by_position(rankings, attractive, PROPENSITIES, sessions, rng))
        errors = [
            np.mean(np.abs(one / PROPENSITIES - 1)[1:])
            for one in (rates(cells), all_pairs(cells), regression_em(cells)[0])
        ]
        rows.append([sessions, *(f"{one:.0%}" for one in errors)])
    return tabulate(rows, ["sessions a query", "click rate", "all-pairs", "em"], tablefmt="github")


def coverage(rankings: Ints, attractive: Doubles, sessions: int, repeats: int, rng: np.random.Generator) -> str:
    """How often the interval of 95 % holds the truth."""
    hits = np.zeros((2, DEPTH - 1))
    for _ in range(repeats):
        cells = Cells.of(by_position(rankings, attractive, PROPENSITIES, sessions, rng))
        drawn = [cells.resampled(rng) for _ in range(100)]
        for place, estimate in enumerate((rates, all_pairs)):
            low, high = np.quantile([estimate(one)[1:] for one in drawn], [0.025, 0.975], axis=0)
            hits[place] += (low <= PROPENSITIES[1:]) & (high >= PROPENSITIES[1:])
    held = [
        f"{name} {one.mean() / repeats:.1%}, at the worst position {one.min() / repeats:.0%}"
        for name, one in zip(("click rate", "all-pairs"), hits, strict=True)
    ]
    return f"{repeats} logs, whose intervals hold the truth: {'; '.join(held)}"


def other_users(rankings: Ints, attractive: Doubles, grades: Ints, sessions: int, rng: np.random.Generator) -> str:
    """Mean attraction by grade, where model and users do not fit, and where they do."""
    rows = []
    for name, log in (
        ("look at place k with 1/k", by_position(rankings, attractive, PROPENSITIES, sessions, rng)),
        ("read to the first click", by_cascade(rankings, attractive, sessions, rng)),
    ):
        whole, seen = Cells.of(log), Cells.of(log.where(looked_at(log)))
        for model, found in (
            ("all-pairs", attraction(whole, all_pairs(whole), CLIP)),
            ("cascade", attraction(seen, np.ones(DEPTH), 1.0)),
        ):
            cells = whole if model == "all-pairs" else seen
            own = grades[cells.query, cells.item]
            means = np.bincount(own, found[0] * found[1], 4) / np.bincount(own, found[1], 4)
            rows.append([name, model, *(f"{one:.3f}" for one in means)])
    head = ["users", "model", *(f"grade {n} ({one:.1f})" for n, one in enumerate(CLICK, 1))]
    return tabulate(rows, head, tablefmt="github", disable_numparse=True)


if __name__ == "__main__":
    main()
