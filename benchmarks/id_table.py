"""Tables of ids of bounded size: what they take, how many ids collide, and what quality that costs.

The first form draws a stream of ids whose frequencies follow a power law, as users and items of large services do, and
compares ``IdTable``, a hash and a Python dictionary. The second trains a recommender on ids on TABLES with tables of a
share of the catalogue; the differences from the exact table are tested by the project's paired test, as one family. The
third does so on drawn histories whose items follow a power law.

    python benchmarks/id_table.py stream --ids 10000000
    python benchmarks/id_table.py quality artifacts/tables --share 0.5 --share 0.25
    python benchmarks/id_table.py power-law --share 0.5 --share 0.25
"""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import numpy as np
import pyarrow as pa
from tabulate import tabulate

from itemvec.core.arrays import Doubles, Ints
from itemvec.core.columns import INTERACTIONS, ITEM, ITEMS, PART
from itemvec.core.files import read_parquet, write_parquet
from itemvec.core.params import Params
from itemvec.metrics import Spread, compare_family
from itemvec.protocol.histories import Histories
from itemvec.protocol.splits import split
from itemvec.recommenders import RECOMMENDERS
from itemvec.recommenders.id_table import EMPTY, IdTable, hashed
from itemvec.stages.recommend import STOP, recommend

BATCH = 1 << 18
HEADER = ["table", "items that share a row", "interactions with a row of their own", STOP, "sd", "less exact"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Measure tables of ids."""


@main.command()
@click.option("--ids", default=10_000_000, show_default=True)
@click.option("--events", default=2, show_default=True, help="For each id, beside one of its own.")
@click.option("--room", default=1.25, show_default=True, help="Rows for each id.")
@click.option("--admit", default=1, show_default=True)
@click.option("--way", type=click.Choice(["table", "hashed", "dict"]), default="table", show_default=True)
def stream(ids: int, events: int, room: float, admit: int, way: str) -> None:
    """Seconds and memory for a stream in which every id occurs, and popular ones often."""
    rows, seconds, before = int(room * ids), 0.0, _peak()
    table, known = IdTable(rows if way == "table" else 1, admit), dict[int, int]()
    for now, batch in enumerate(_batches(ids, events)):
        began = time.process_time()
        if way == "table":
            table.add(batch, now)
        elif way == "dict":
            for one in batch.tolist():
                known.setdefault(one, len(known))
        else:
            hashed(batch, rows)
        seconds += time.process_time() - began
    n = ids * (1 + events)
    took = f"{seconds:.1f} s, {n / seconds / 1e6:.2f} M a second, {_peak() - before:.2f} GB with the stream"
    click.echo(f"{way}: {n:,} events, {rows:,} rows: {took}")
    everyone = np.arange(ids)
    if way == "table":
        click.echo(f"ids without a row: {(table.find(everyone) == EMPTY).mean():.3%}")
    elif way == "hashed":
        counts = np.bincount(hashed(everyone, rows), minlength=rows)
        click.echo(f"ids that share a row: {counts[counts > 1].sum() / ids:.1%}")


@main.command()
@click.argument("tables", type=click.Path(exists=True, path_type=Path))
@click.option("--share", "shares", multiple=True, type=float, default=[0.5, 0.25], show_default=True)
@click.option("--system", default="sasrec-id", show_default=True)
@click.option("--seeds", default=3, show_default=True)
@click.option("--params", "path", default="params.yaml", type=click.Path(exists=True, path_type=Path))
def quality(tables: Path, shares: tuple[float, ...], system: str, seeds: int, path: Path) -> None:
    """nDCG@10 of test users with a table of a share of the catalogue."""
    _quality(tables, shares, system, seeds, path)


@main.command()
@click.option("--items", default=2000, show_default=True)
@click.option("--users", default=2000, show_default=True)
@click.option("--length", default=12, show_default=True, help="Of each history.")
@click.option(
    "--exponent", default=1.0, show_default=True, help="The item of rank r comes in proportion to r^-exponent."
)
@click.option("--follow", default=0.6, show_default=True, help="Share of steps to an item's one successor.")
@click.option("--share", "shares", multiple=True, type=float, default=[0.5, 0.25], show_default=True)
@click.option("--system", default="sasrec-id", show_default=True)
@click.option("--seeds", default=3, show_default=True)
@click.option("--params", "path", default="params.yaml", type=click.Path(exists=True, path_type=Path))
def power_law(
    items: int,
    users: int,
    length: int,
    exponent: float,
    follow: float,
    shares: tuple[float, ...],
    system: str,
    seeds: int,
    path: Path,
) -> None:
    """The same on drawn histories: each item has a successor, and where that does not come, any item by its rank."""
    rng = np.random.default_rng(1)
    likely = np.arange(1, items + 1.0) ** -exponent
    likely = likely[rng.permutation(items)] / likely.sum()
    successor, rows = rng.choice(items, items, p=likely), [rng.choice(items, users, p=likely)]
    while len(rows) < length:
        anew = rng.choice(items, users, p=likely)
        rows.append(np.where(rng.random(users) < follow, successor[rows[-1]], anew))
    drawn = np.stack(rows, axis=1).ravel()
    names = pa.array([f"i{one}" for one in range(items)])
    whose = pa.array([f"u{one}" for one in range(users)]).take(pa.array(np.repeat(np.arange(users), length)))
    with TemporaryDirectory() as folder:
        log = pa.table([whose, names.take(pa.array(drawn)), np.tile(np.arange(length), users)], schema=INTERACTIONS)
        write_parquet(Path(folder) / "interactions.parquet", log)
        write_parquet(Path(folder) / "items.parquet", pa.table([names, names], schema=ITEMS))
        _quality(Path(folder), shares, system, seeds, path, mask=False)


def _quality(
    tables: Path, shares: tuple[float, ...], system: str, seeds: int, path: Path, mask: bool | None = None
) -> None:
    params, log = Params.load(path), tables / "interactions.parquet"
    protocol = replace(params.recommend, metrics=[STOP], seeds=seeds)
    if PART in read_parquet(log).column_names:  # as published
        protocol = replace(protocol, split="given", mask_history=False)
    protocol = protocol if mask is None else replace(protocol, mask_history=mask)
    items = read_parquet(tables / "items.parquet")[ITEM].combine_chunks()
    train = split(protocol.split, Histories.of(read_parquet(log), items), read_parquet(log)).train
    options: list[dict[str, Any]] = [{}]
    for share in shares:
        options += [{"table": kind, "rows": int(share * len(items))} for kind in ("hashed", "collisionless")]
    found, lines = [], []
    for one in options:
        recommender: Any = RECOMMENDERS.build(system, params.systems[system] | one)
        measures = recommend(recommender, log, items, None, protocol, params.seed).measures
        found.append(np.asarray(measures[STOP], dtype=np.float64).reshape(seeds, -1))
        rows = recommender.rows_of(train)
        alone = 1.0 if rows is None else _alone(rows, train)
        collide = 0.0 if rows is None else float((np.bincount(rows)[rows] > 1).mean())
        name = f"{one['table']}, {one['rows']:,} rows" if one else "exact"
        lines.append(
            [
                name,
                f"{collide:.1%}",
                f"{alone:.1%}",
                f"{found[-1].mean():.4f}",
                f"{found[-1].mean(axis=1).std(ddof=1):.4f}",
            ]
        )
        click.echo(" ".join(lines[-1]), err=True)
    for line, said in zip(lines[1:], _tested(found, params.seed), strict=True):
        line.append(said)
    click.echo(tabulate(lines, HEADER, "github"))


def _alone(rows: Ints, train: Histories) -> float:
    """Share of the training interactions whose item has a row for itself."""
    return float((np.bincount(rows)[rows] == 1)[train.items].mean())


def _tested(found: list[Doubles], seed: int) -> list[str]:
    columns = np.column_stack([(one - found[0]).mean(axis=0) for one in found[1:]])
    exact, *others = Spread.pooled([one.mean(axis=1) for one in found], "seeds")  # as the report does
    spreads = [one + exact for one in others]
    tested = compare_family(columns, spreads, seed)
    together = zip(tested.mean, tested.low, tested.high, tested.p, strict=True)
    return [f"{mean:+.4f} [{low:+.4f}, {high:+.4f}], p {p:.3f}" for mean, low, high, p in together]


def _batches(ids: int, events: int) -> Iterator[Ints]:
    """Each id once, in random order, among draws in which the id of rank r comes in proportion to 1 / r."""
    rng = np.random.default_rng(1)
    order, ranks = rng.permutation(ids), rng.permutation(ids)
    own = max(1, BATCH // (1 + events))
    for start in range(0, ids, own):
        once = order[start : start + own]
        popular = ranks[(ids ** rng.random(events * len(once))).astype(np.int64) - 1]
        yield rng.permutation(np.concatenate([once, popular]))


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


if __name__ == "__main__":
    main()
