"""What the stages from vectors on take as the catalogue grows: seconds, peak memory, and the exponent of growth."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from load import item_tables, run, write_parts
from ruamel.yaml import YAML
from tabulate import tabulate

from itemvec.core.columns import INTERACTIONS, QRELS, QUERIES
from itemvec.core.files import write_parquet

ROOT = Path(__file__).parents[1]
TABLES = "tables/items.parquet tables/queries.parquet"
JUDGED = f"{TABLES} tables/qrels.parquet"
STAGES = {
    "embed": f"embed.py {TABLES} {ROOT}/expectations/vectors.json full full.json",
    "decompose": "decompose.py full.digest moments.digest",
    "reduce to 64": "reduce.py pca64 full.digest moments.digest tables pca64 pca64.json",
    "reduce to int8": "reduce.py int8 full.digest moments.digest tables int8 int8.json",
    "search": f"search.py exact {JUDGED} full.digest exact.parquet exact-measures.parquet exact.json",
    "bm25": "baseline.py bm25 tables bm25.parquet bm25-measures.parquet bm25.json",
    "lancedb": f"search.py lancedb-pq {JUDGED} full.digest ann.parquet ann-measures.parquet ann.json",
}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--items", "sizes", type=int, multiple=True, default=[100_000, 1_000_000], show_default=True)
@click.option("--queries", default=1000, show_default=True)
@click.option("--dim", default=384, show_default=True)
@click.option("--budget", default=8.0, show_default=True, help="GiB that no stage may take more of.")
@click.option(
    "--stage", "stages", type=click.Choice(list(STAGES)), multiple=True, help="By default all; embed comes first."
)
def main(sizes: tuple[int, ...], queries: int, dim: int, budget: float, stages: tuple[str, ...]) -> None:
    """Make catalogues of random words, and run stages on them, each in a process of its own.

    TMPDIR says where; an item takes about 5 bytes for each number of its vector, with the row cache.

    \b
    Example: python benchmarks/scale.py --items 10000 --items 100000 --queries 100
    """
    chosen = [name for name in STAGES if not stages or name in stages or name == "embed"]
    found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in chosen}
    for items in sizes:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["ITEMVEC_CACHE"] = f"{folder}/cache"
            write(Path(folder), items, queries, dim)
            for name in chosen:
                found[name].append(run(f"{ROOT}/pipelines/{STAGES[name]}", Path(folder)))
                seconds, used, peak = found[name][-1]
                click.echo(
                    f"{items:,} items, {name}: {seconds:.1f} s, {used:.1f} s of the processor, {peak:,.0f} MiB",
                    err=True,
                )
    click.echo(f"{queries:,} queries, {dim} dimensions; seconds of the processor, and peak MiB")
    click.echo(tabulate(rows(found, sizes), headers="keys", tablefmt="github", disable_numparse=True))
    over = [name for name, some in found.items() if max(peak for _, _, peak in some) > budget * 1024]
    click.echo(f"above {budget:g} GiB: {', '.join(over) or 'no stage'}")


def rows(
    found: dict[str, list[tuple[float, float, float]]], sizes: tuple[int, ...], of: str = "items"
) -> list[dict[str, str]]:
    """A line for each stage: what each size took, and by which power of the size the last step grew."""
    lines = []
    for name, some in found.items():
        line = {"stage": name}
        for items, (_, used, peak) in zip(sizes, some, strict=True):
            line |= {f"{items:,} {of}": f"{used:.1f} s, {peak:,.0f} MiB"}
        if len(some) > 1:
            step = np.log(sizes[-1] / sizes[-2])
            line |= {
                "exponent of time": f"{np.log(some[-1][1] / some[-2][1]) / step:.2f}",
                "of memory": f"{np.log(some[-1][2] / some[-2][2]) / step:.2f}",
            }
        lines.append(line)
    return lines


def write(folder: Path, items: int, queries: int, dim: int) -> None:
    """Tables of a catalogue, and of queries that are four words of an item each; parameters with hashed vectors."""
    (folder / "tables").mkdir()
    write_parts(folder / "tables" / "items.parquet", item_tables(items))
    ids, texts = zip(*asked(folder / "tables" / "items.parquet", items, queries), strict=True)
    names = [f"q{number}" for number in range(len(ids))]
    made = {
        "queries": pa.table([names, texts, ["some words"] * len(ids)], schema=QUERIES),
        "qrels": pa.table([names, ids, [1.0] * len(ids)], schema=QRELS),
        "interactions": INTERACTIONS.empty_table(),
    }
    for name, table in made.items():
        write_parquet(folder / "tables" / f"{name}.parquet", table)
    yaml = YAML()
    params, models = yaml.load(ROOT / "params.yaml"), yaml.load(ROOT / "models.yaml")
    params["model"], models["hashing"]["dim"] = "hashing", dim
    yaml.dump(params, folder / "params.yaml")
    yaml.dump(models, folder / "models.yaml")


def asked(path: Path, items: int, queries: int) -> Iterator[tuple[str, str]]:
    """Id of an item, and some of its words, for items that lie apart equally."""
    wanted, start = set((np.arange(queries) * (items / queries)).astype(int).tolist()), 0
    for batch in pq.ParquetFile(path).iter_batches(columns=["item_id", "text"]):
        for row, (name, text) in enumerate(zip(batch["item_id"].to_pylist(), batch["text"].to_pylist(), strict=True)):
            if start + row in wanted:
                yield name, " ".join(text.split()[2:6])
        start += len(batch)


if __name__ == "__main__":
    main()
