"""How often a race finds the model that the full run finds, and what it encodes.

    python benchmarks/race.py --data data/scifact --data data/crowdflower

Eight stand-ins for models: all-MiniLM-L6-v2, its first 256, 128, 64 and 32 dimensions, its int8, LSA and hashing. Each
counts as one that reads MiniLM's tokens. Vectors come from the row cache, and only what it lacks is encoded; all races
are then run on them. What is drawn anew for each race is the order of the queries and the items at random.
"""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import numpy as np
from tabulate import tabulate

from itemvec.commands.race_course import DEPTHS, RANDOM, Course
from itemvec.commands.race_record import Look, Race
from itemvec.commands.racing import Racer, race
from itemvec.core.arrays import Floats, Ints
from itemvec.core.files import write_parquet
from itemvec.core.machine import cache_folder
from itemvec.core.params import Params
from itemvec.datasets import DATASETS
from itemvec.encoders import ENCODERS, CachedEncoder, Corpus, Role
from itemvec.metrics import DETERMINISTIC, BestSet, best_set
from itemvec.retrievers.bm25 import Bm25
from itemvec.stages.trial import Trial
from itemvec.store import CachedRows

DEEPEST = 30
WIDTHS = (384, 256, 128, 64, 32)
MEANS = ["model", "mean in the pool of all queries", "mean over all items", "full run"]
HEADER = [
    "data",
    "models",
    "races",
    "full run's winner",
    "winner, or not worse",
    "best dropped as worse",
    "tokens",
    "most tokens",
]
HEADER += ["looks", "shown", "found"]


@click.command()
@click.option("--data", "folders", multiple=True, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--races", default=100, show_default=True)
@click.option("--seed", default=2000, show_default=True, help="Of the first race; the next has the next.")
@click.option("--budget", default=0.25, show_default=True)
@click.option("--draws", default=1999, show_default=True, help="Of each test.")
@click.option("--depths", help="In place of the depths of the pool, as 10,5.")
@click.option("--random", default=RANDOM, show_default=True, help="Share of the items in the pool at random.")
@click.option("--guide", is_flag=True, help="The hardest items by LSA are in the pool as well.")
@click.option("--without-lead", is_flag=True, help="Without the models that are like MiniLM at full size.")
def main(
    folders: tuple[Path, ...],
    races: int,
    seed: int,
    budget: float,
    draws: int,
    depths: str | None,
    random: float,
    guide: bool,
    without_lead: bool,
) -> None:
    """Print what the full run says, and a table of races."""
    rows = []
    for folder in folders:
        course, racers = _field(folder, guide)
        if without_lead:
            racers = [one for one in racers if one.name not in ("minilm-384", "minilm-int8", "minilm-256")]
        chosen = tuple(int(one) for one in depths.split(",")) if depths else DEPTHS
        course = replace(course, depths=chosen, random=random)
        winner, names, means, shown = _full(racers, course)
        kept = dict(zip(names, shown, strict=True))
        pooled = _pooled(racers, course)
        told = [
            [name, f"{pooled[name]:.4f}", f"{mean:.4f}", "" if kept[name] else "worse"]
            for name, mean in zip(names, means, strict=True)
        ]
        click.echo(f"{folder.name}, full run: {winner}\n\n{tabulate(told, MEANS, 'github', disable_numparse=True)}\n")
        started = time.monotonic()
        found = [race(racers, replace(course, seed=seed + one), budget, draws=draws) for one in range(races)]
        click.echo(f"{folder.name}: {(time.monotonic() - started) / races:.1f} s a race", err=True)
        fine = {name for name, is_in in zip(names, shown, strict=True) if is_in} | {winner}
        rows.append([folder.name, len(racers), races, *_row(found, winner, fine, names[int(np.argmax(means))])])
    click.echo("\n" + tabulate(rows, HEADER, "github", disable_numparse=True))


def _row(found: list[Race], winner: str, fine: set[str], best: str) -> list[str]:
    shares = [one.share for one in found]
    counts = Counter(one.winner for one in found).most_common()
    return [
        str(sum(one.winner == winner for one in found)),
        str(sum(one.winner in fine for one in found)),
        str(sum(any(_dropped(look, best) for look in one.looks) for one in found)),
        f"{np.mean(shares):.1%}",
        f"{max(shares):.1%}",
        f"{np.mean([len(one.looks) for one in found]):.1f}",
        str(sum(one.sure for one in found)),
        ", ".join(f"{name} {n}" for name, n in counts),
    ]


def _pooled(racers: list[Racer], course: Course) -> dict[str, float]:
    """The mean of each over the deepest pool of all queries."""
    queries = course.first(1.0)
    pool = course.pool(queries[:0], queries, course.depths[0])
    return {one.name: float(course.values(pool, queries, *one.encode(pool, queries)).mean()) for one in racers}


def _dropped(look: Look, name: str) -> bool:
    return name in look.names and not look.shown.may_be_best[look.names.index(name)]


def _full(racers: list[Racer], course: Course) -> tuple[str, list[str], list[float], list[bool]]:
    """The leaderboard over the whole catalogue: its choice, or the highest mean where it is undecided."""
    ordered = sorted(racers, key=lambda one: (one.cost, one.name))
    items, queries = np.arange(len(course.items)), course.first(1.0)
    values = np.column_stack([course.values(items, queries, *one.encode(items, queries)) for one in ordered])
    shown: BestSet = best_set(values, [DETERMINISTIC] * len(ordered), course.seed)
    means = values.mean(axis=0)
    proven = np.flatnonzero(shown.may_be_best & (shown.low > -course.tolerance * means.max()))
    winner = ordered[int(proven[0]) if len(proven) else int(means.argmax())].name
    return winner, [one.name for one in ordered], means.tolist(), shown.may_be_best.tolist()


def _field(folder: Path, guide: bool) -> tuple[Course, list[Racer]]:
    """The queries and items of a data set, and the stand-ins."""
    params = Params.load(Path("params.yaml"))
    with tempfile.TemporaryDirectory() as made:
        tables = {name: Path(made) / f"{name}.parquet" for name in ("items", "queries", "qrels")}
        loaded = vars(DATASETS.build(folder.name, params.datasets[folder.name]).load(folder))
        for name, path in tables.items():
            write_parquet(path, loaded[name])
        trial = Trial.load(tables, None, params.search)
        vectors = {name: _vectors(name, params, trial, tables["items"]) for name in ("minilm", "lsa", "hashing")}
    hard = trial.test.retrieve(Bm25().index(trial.items), DEEPEST).positions
    items, queries = vectors["minilm"]
    tokens = [one.kept.astype(np.int64) for one in vectors["minilm"]]

    def racer(name: str, cost: tuple[float, ...], of_items: Floats, of_queries: Floats) -> Racer:
        return Racer(name, cost, lambda i, q: (of_items[i], of_queries[q]), *tokens)

    racers = [
        racer(f"minilm-{width}", (1.0, 4.0 * width), items.vectors[:, :width], queries.vectors[:, :width])
        for width in WIDTHS
    ]
    racers.append(racer("minilm-int8", (1.0, 384.0), _int8(items.vectors), _int8(queries.vectors)))
    racers += [racer(name, (0.0, 1024.0), *(one.vectors for one in vectors[name])) for name in ("lsa", "hashing")]
    course = Course(trial.test, trial.items.ids, hard, params.search.metrics[0], params.search.depth, 0.01, params.seed)
    if guide:
        course = replace(course, hard=_interleaved(hard, _ranking(*(one.vectors for one in vectors["lsa"]))))
    return course, racers


def _interleaved(first: Ints, second: Ints) -> Ints:
    """Of two rankings by turns, each to its whole depth."""
    return np.stack([first, second], axis=2).reshape(len(first), -1)


def _ranking(items: Floats, queries: Floats) -> Ints:
    unit = [one / np.maximum(np.linalg.norm(one, axis=1, keepdims=True), 1e-12) for one in (queries, items)]
    best: Ints = np.argsort(-(unit[0] @ unit[1].T), axis=1)[:, :DEEPEST]
    return best


def _vectors(name: str, params: Params, trial: Trial, items: Path) -> tuple[CachedRows, CachedRows]:
    """Of all items and of the test queries."""
    cached = CachedEncoder(ENCODERS.build(name, params.models[name]), Corpus(items), cache_folder())
    items_then_queries: list[tuple[Any, Role]] = [(trial.items.texts, "item"), (trial.test.queries.texts, "query")]
    for texts, role in items_then_queries:
        cached.fill([texts], role)
    of_items, of_queries = (cached.read(texts, role) for texts, role in items_then_queries)
    return of_items, of_queries


def _int8(vectors: Floats) -> Floats:
    """Vectors of length one in steps of 1/127 of their largest magnitude."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    whole: Floats = np.rint(unit / np.abs(unit).max() * 127).astype(np.float32)
    return whole


if __name__ == "__main__":
    main()
