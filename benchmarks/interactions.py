"""What the stages that read interactions take as these grow: seconds, peak memory, and the exponent of growth."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from load import EACH, FIRST, SECONDS, item_tables, run, write_parts
from ruamel.yaml import YAML
from scale import ROOT, rows
from tabulate import tabulate

from itemvec.core.columns import INTERACTIONS, QRELS, QUERIES
from itemvec.core.files import write_parquet
from itemvec.store import Block, write_database

USERS = 50_000  # whose interactions are made at a time
VECTORS = 100_000  # made at a time
READ = "tables/interactions.parquet tables/items.parquet"
WRITTEN = "run.parquet measures.parquet found.json"
STAGES = {
    "split": f"{ROOT}/benchmarks/split.py {READ}",
    "popular": f"{ROOT}/pipelines/baseline.py popular tables {WRITTEN}",
    "itemknn": f"{ROOT}/pipelines/baseline.py itemknn tables {WRITTEN}",
    "sasrec": f"{ROOT}/pipelines/recommend.py sasrec {READ} full.digest {WRITTEN}",
    "collaborative_similarity": f"{ROOT}/pipelines/collaborative_similarity.py tables/items.parquet "
    "tables/interactions.parquet full.digest alike.parquet found.json",
    "ease": f"{ROOT}/pipelines/baseline.py ease tables {WRITTEN}",
    "text-ease": f"{ROOT}/pipelines/recommend.py text-ease {READ} full.digest {WRITTEN}",
}
REFUSED = ("ease", "text-ease")  # on more than 30,000 items


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--interactions", "sizes", type=int, multiple=True, default=[500_000, 5_000_000], show_default=True)
@click.option("--per-item", default=10.0, show_default=True, help="Interactions for each item of the catalogue.")
@click.option("--users", default=1000, show_default=True, help="Drawn of each part to be ranked for.")
@click.option("--dim", default=64, show_default=True)
@click.option("--budget", default=8.0, show_default=True, help="GiB that no stage may take more of.")
@click.option("--stage", "stages", type=click.Choice(list(STAGES)), multiple=True, help="By default all.")
def main(sizes: tuple[int, ...], per_item: float, users: int, dim: int, budget: float, stages: tuple[str, ...]) -> None:
    """Make tables of random interactions and random vectors, and run stages on them, each in a process of its own.

    TMPDIR says where; an interaction takes some 12 bytes, and 4 for each number of a vector divided by --per-item.

    \b
    Example: python benchmarks/interactions.py --interactions 100000 --interactions 1000000 --stage popular
    """
    chosen = [name for name in STAGES if not stages or name in stages]
    found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in chosen}
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["ITEMVEC_CACHE"] = f"{folder}/cache"
            made = (Path(folder), size, max(1, round(size / per_item)), users, dim)
            process = multiprocessing.get_context("spawn").Process(target=write, args=made)
            process.start()  # so that what it takes is not counted as that of a stage
            process.join()
            for name in chosen:
                found[name].append(run(STAGES[name], Path(folder), name in REFUSED and size / per_item > 30_000))
                seconds, used, peak = found[name][-1]
                click.echo(
                    f"{size:,} interactions, {name}: {seconds:.1f} s, {used:.1f} s of the processor, {peak:,.0f} MiB",
                    err=True,
                )
    click.echo(
        f"{per_item:g} interactions of an item, {users:,} users ranked for, {dim} dimensions, an epoch of sasrec"
    )
    click.echo(tabulate(rows(found, sizes, "interactions"), headers="keys", tablefmt="github", disable_numparse=True))
    over = [name for name, some in found.items() if max(peak for _, _, peak in some) > budget * 1024]
    click.echo(f"above {budget:g} GiB: {', '.join(over) or 'no stage'}")


def write(folder: Path, interactions: int, items: int, users: int, dim: int) -> None:
    """Tables as ``validate`` lets them pass, random vectors, and parameters."""
    (folder / "tables").mkdir()
    write_parts(folder / "tables" / "items.parquet", item_tables(items))
    write_parts(folder / "tables" / "interactions.parquet", histories(interactions, items))
    for name, schema in {"queries": QUERIES, "qrels": QRELS}.items():
        write_parquet(folder / "tables" / f"{name}.parquet", schema.empty_table())
    write_database(folder / "full", {"items": (dim, vectors(items, dim)), "queries": (dim, iter([]))})
    yaml = YAML()
    params, models = yaml.load(ROOT / "params.yaml"), yaml.load(ROOT / "models.yaml")
    params["recommend"]["split"] = {"kind": "leave-one-out", "users": users}
    params["recommend"]["seeds"] = 1
    params["systems"]["sasrec"] |= {"epochs": 1, "loss": "sampled"}  # as by default on more than 100,000 items
    yaml.dump(params, folder / "params.yaml")
    yaml.dump(models, folder / "models.yaml")


def histories(interactions: int, items: int) -> Iterator[Any]:
    """Interactions as those of ``load``, sorted by user and time, those of some users at a time."""
    rng = np.random.default_rng(1)
    counts = np.bincount(rng.integers(max(1, interactions // EACH), size=interactions, dtype=np.int32))
    for start in range(0, len(counts), USERS):
        who = np.repeat(np.arange(start, min(start + USERS, len(counts))), counts[start : start + USERS])
        times = FIRST + rng.integers(SECONDS, size=len(who))
        taken = (items * rng.random(len(who)) ** 3).astype(np.int64)
        order = np.lexsort((times, who))  # the items are random, and need not follow
        yield pa.table([named("u", who), named("i", taken), times[order]], schema=INTERACTIONS)


def vectors(items: int, dim: int) -> Iterator[Block]:
    """Ids as those of ``load``, and vectors of random directions."""
    rng = np.random.default_rng(2)
    for start in range(0, items, VECTORS):
        numbers = np.arange(start, min(start + VECTORS, items))
        drawn = rng.standard_normal((len(numbers), dim), dtype=np.float32)
        yield Block(named("i", numbers), drawn / np.linalg.norm(drawn, axis=1, keepdims=True))


def named(letter: str, numbers: Any) -> Any:
    """Ids of eight digits behind a letter, Arrow strings."""
    return pc.binary_join_element_wise(letter, pc.utf8_lpad(pa.array(numbers).cast(pa.string()), 8, "0"), "")


if __name__ == "__main__":
    main()
