"""How often tuning is shown to pay where there is nothing to learn: judgments are drawn at random, 200 times.

    python -m benchmarks.permuted_labels

Each draw has 60 queries to learn from, 20 to validate by, 100 to test by, and 300 items, all at random. The verdict is
that of the product: the setting is chosen by validation, what is random is learnt with three seeds, and the mean gain
on test queries gets its interval. At most 5 % of the draws may be shown to pay.
"""

from __future__ import annotations

from typing import Any

import click
import numpy as np
import pyarrow as pa

from itemvec.core.arrays import Floats
from itemvec.metrics import Judgments
from itemvec.stages.tune import interval
from itemvec.tuners import TUNERS, Asked, Exam, Lesson, choose
from itemvec.tuners.base import unit
from itemvec.tuners.trials import repeated

ITEMS, DIM, SIZES = 300, 16, (60, 20, 100)
ROWS: dict[str, dict[str, Any]] = {
    "ridge": {"kind": "ridge"},
    "low-rank": {"kind": "low-rank", "steps": 40},
    "nudge": {"kind": "nudge"},
}


def asked(rng: np.random.Generator, n: int) -> Asked:
    """Queries at random, each with one relevant item at random."""
    ids = pa.array([str(row) for row in range(n)], pa.string())
    judged = Judgments(ids, rng.integers(0, ITEMS, n), np.ones(n), np.arange(n + 1))
    return Asked(normal(rng, n), [""] * n, judged, np.empty((0, 2), dtype=np.int64), None, np.full(n, "all"))


def normal(rng: np.random.Generator, n: int) -> Floats:
    """Directions at random, float32 of shape (n, DIM)."""
    return unit(rng.standard_normal((n, DIM), dtype=np.float32))


@click.command()
@click.option("--draws", default=200, show_default=True)
@click.option("--trials", default=4, show_default=True)
@click.option("--seeds", default=3, show_default=True, help="Of what is random.")
def main(draws: int, trials: int, seeds: int) -> None:
    """Print, for each tuner, in how many draws a gain, and a loss, is shown."""
    for name, row in ROWS.items():
        tuner, pays, harms, changed = TUNERS.build(name, row), 0, 0, 0
        for draw in range(draws):
            rng = np.random.default_rng(draw)
            train, validation, test = (asked(rng, n) for n in SIZES)
            lesson = Lesson(normal(rng, ITEMS), [""] * ITEMS, train, validation)
            chosen = choose(tuner, lesson, trials, draw)
            tuned = repeated(tuner, lesson, chosen, seeds, draw)
            found = interval(np.column_stack([Exam(test).gains(lesson, one) for one in tuned.values()]), 1)
            pays += bool(found["low"] > 0)
            harms += bool(found["high"] < 0)
            changed += chosen.changed
        click.echo(f"{name}: of {draws} draws {changed} changed something, {pays} shown to pay, {harms} to harm")


if __name__ == "__main__":
    main()
