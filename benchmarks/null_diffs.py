"""How often `itemvec diff` claims a difference where there is none: one model against itself with other seeds.

A network is trained once for each of many seeds. Then pairs of disjoint triples of seeds are drawn, each triple is a
run of three seeds as the pipeline makes it, and each pair is compared as `itemvec diff` compares it. At most 5 % of the
pairs may be called better or worse.

    dvc repro prepare
    python benchmarks/null_diffs.py --seeds 40 --pairs 200
"""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np
import pyarrow as pa
from tabulate import tabulate

from itemvec.core.columns import ITEM
from itemvec.core.files import read_parquet
from itemvec.core.params import Params
from itemvec.decision.diff import changes_of
from itemvec.decision.values import Values
from itemvec.metrics import Ranked, measure
from itemvec.protocol.histories import Histories
from itemvec.protocol.splits import split
from itemvec.recommenders import RECOMMENDERS, Training
from itemvec.stages.recommend import rank

METRIC = "ndcg@10"


@click.command()
@click.option("--system", default="sasrec-id", show_default=True, help="Row of systems that needs no vectors.")
@click.option("--seeds", type=click.IntRange(6), default=40, show_default=True, help="Trainings.")
@click.option("--pairs", type=click.IntRange(1), default=200, show_default=True, help="Comparisons.")
@click.option("--epochs", type=click.IntRange(1), help="In place of those of the row.")
@click.option("--tables", type=click.Path(exists=True, path_type=Path), default="artifacts/tables", show_default=True)
def main(system: str, seeds: int, pairs: int, epochs: int | None, tables: Path) -> None:
    """Train SYSTEM with many seeds and compare random triples of them."""
    params = Params.load(Path("params.yaml"))
    row = params.systems[system] | ({"epochs": epochs} if epochs else {})
    values = trained(RECOMMENDERS.build(system, row), params, seeds, tables)
    rng = np.random.default_rng(1)
    marks = []
    for number in range(pairs):
        drawn = rng.choice(seeds, size=6, replace=False)
        left, right = (run_of(values[:, some]) for some in (drawn[:3], drawn[3:]))
        marks.append(changes_of("recommend", "users", [system], left, right, params.decide.tolerance, number)[0].mark)
    counts = {mark: marks.count(mark) for mark in ("better", "worse", "=", "~")}
    share = (counts["better"] + counts["worse"]) / pairs
    click.echo(f"{share:.1%} of {pairs} null pairs are called better or worse; at most 5 % may be")
    click.echo(tabulate([counts], headers="keys", tablefmt="github"))


def trained(recommender: object, params: Params, seeds: int, tables: Path) -> np.ndarray:
    """The metric of every test user by seed, float64 of shape (n_users, n_seeds)."""
    items = read_parquet(tables / "items.parquet", [ITEM])[ITEM].combine_chunks()
    table = read_parquet(tables / "interactions.parquet")
    whole = Histories.of(table, items)
    parts = split(params.recommend.split, whole, table)
    mask = params.recommend.mask_history

    def quality(score: object, cases: object) -> np.ndarray:
        top = rank(score, cases.histories, 10, mask)  # type: ignore[arg-type, attr-defined]
        return measure(Ranked.judge(top.positions, cases.judgments), [METRIC])[METRIC]  # type: ignore[attr-defined]

    columns = []
    for seed in range(seeds):
        training = Training(parts.train, None, lambda score: float(quality(score, parts.validation).mean()), seed)
        columns.append(quality(recommender.fit(training), parts.test))  # type: ignore[attr-defined]
        click.echo(f"seed {seed}: {columns[-1].mean():.4f}", err=True)
    return np.column_stack(columns)


def run_of(by_seed: np.ndarray) -> Values:
    """One run of three seeds, as the measures of a cell hold it."""
    ids = pa.array([str(number) for number in range(len(by_seed))])
    return Values([by_seed], ids, ids, pa.array(np.zeros(len(by_seed), dtype=np.int64)))


if __name__ == "__main__":
    main()
