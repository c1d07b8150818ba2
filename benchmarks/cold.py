"""What recommenders make of items that training never saw, and what they pay for it on the others.

Some items are hidden: they go out of every training history, and stay in what is shown and asked for afterwards. Data
sets bring few such items themselves, unless they are split by time.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import numpy as np
import pyarrow as pa

from itemvec.core.arrays import Doubles
from itemvec.core.files import read_parquet
from itemvec.core.params import Params
from itemvec.metrics import Judgments, Ranked, Spread, compare_family, measure
from itemvec.protocol.cases import Cases
from itemvec.protocol.histories import Histories
from itemvec.protocol.split_parts import Split
from itemvec.protocol.splits import split
from itemvec.recommenders import RECOMMENDERS, Score, Training
from itemvec.stages.recommend import rank
from itemvec.store import open_vectors

METRICS = ["ndcg@10", "recall@10"]


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("interactions", type=click.Path(path_type=Path, exists=True))
@click.argument("vectors", type=click.Path(path_type=Path, exists=True))
@click.argument("systems", nargs=-1, required=True)
@click.option("--split", "row", default="leave-one-out", show_default=True, help="Kind of split, or a row as JSON.")
@click.option("--hidden", default=0.1, show_default=True, help="Share of the items to hide from training.")
@click.option("--mask/--no-mask", default=True, show_default=True, help="Keep the history out of the ranking.")
@click.option("--seeds", default=3, show_default=True, help="Seeds of each system.")
def main(
    interactions: Path, vectors: Path, systems: tuple[str, ...], row: str, hidden: float, mask: bool, seeds: int
) -> None:
    """Compare SYSTEMS, rows of params.yaml, with the first of them, on cases whose target is new and on the others.

    \b
    Example: python benchmarks/cold.py artifacts/tables/interactions.parquet artifacts/vectors/full.digest \\
             sasrec-id sasrec denserec
    """
    params = Params.load(Path("params.yaml"))
    ids, matrix = open_vectors(vectors, "items").load()
    table = read_parquet(interactions)
    parts = split(json.loads(row) if row.startswith("{") else row, Histories.of(table, ids), table)
    parts = hide(parts, np.random.default_rng(params.seed).random(len(ids)) < hidden)
    counts = np.bincount(parts.train.items, minlength=len(ids))
    new = counts[parts.test.judgments.items] == 0
    found = {}
    for name in systems:
        system = RECOMMENDERS.build(name, params.systems[name])
        found[name] = np.stack(
            [run(system, parts, matrix, mask, params.seed + number) for number in range(seeds if system.random else 1)]
        )  # (n_seeds, metrics, n_cases)
    for title, chosen in (("new", new), ("known", ~new)):
        click.echo(f"{title}: {chosen.sum():,} cases")
        click.echo("\n".join(compared({name: values[:, :, chosen] for name, values in found.items()}, params.seed)))


def hide(parts: Split, items: Any) -> Split:
    """Take ``items``, bool of shape (n_items,), out of training, and cases that ask for them out of validation."""
    train, asked = parts.train, ~items[parts.validation.judgments.items]
    kept = ~items[train.items]
    offsets = np.concatenate([[0], np.cumsum(np.bincount(train.rows[kept], minlength=len(train)))])
    judged = parts.validation.judgments
    count = int(asked.sum())
    judged = Judgments(judged.ids.filter(pa.array(asked)), judged.items[asked], np.ones(count), np.arange(count + 1))
    validation = Cases(parts.validation.histories.select(asked), judged)
    return replace(parts, train=replace(train, items=train.items[kept], offsets=offsets), validation=validation)


def run(system: Any, parts: Split, matrix: Any, mask: bool, seed: int) -> Doubles:
    """Every metric of every test case, float64 of shape (metrics, n_cases)."""

    def judged(score: Score, cases: Cases) -> dict[str, Doubles]:
        return measure(Ranked.judge(rank(score, cases.histories, 10, mask).positions, cases.judgments), METRICS)

    def validate(score: Score) -> float:
        return float(judged(score, parts.validation)[METRICS[0]].mean())

    found = judged(system.fit(Training(parts.train, matrix, validate, seed)), parts.test)
    return np.stack([found[name] for name in METRICS])


def compared(found: dict[str, Doubles], seed: int) -> list[str]:
    """A line per system and metric: mean over cases and seeds, and p of the difference from the first, as a family."""
    first = next(iter(found.values()))
    lines = []
    for number, metric in enumerate(METRICS):
        base, others = (
            first[:, number],
            {name: values[:, number] for name, values in found.items() if values is not first},
        )
        differences = [one.mean(axis=0) - base.mean(axis=0) for one in others.values()]
        seeds = [Spread.of(one.mean(axis=1)) + Spread.of(base.mean(axis=1)) for one in others.values()]
        p = compare_family(np.column_stack(differences), seeds, seed).p if others else np.empty(0)
        lines.append(f"  {next(iter(found)):16} {metric:10} {base.mean():.4f}")
        lines += [
            f"  {name:16} {metric:10} {one.mean():.4f}  p {chance:.4f}"
            for (name, one), chance in zip(others.items(), p, strict=True)
        ]
    return lines


if __name__ == "__main__":
    main()
