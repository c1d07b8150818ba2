"""Isotropy altered on purpose: whitened in part, top directions removed, noise added; against quality.

Reads what the stages prepare and embed have written, and takes rows of params.yaml. p is of a paired test against the
vectors as they are, adjusted for all rows of a column.

    python benchmarks/isotropy.py artifacts/tables artifacts/embeddings.digest -r profile --csv isotropy.csv
"""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import numpy as np
from tabulate import tabulate
from variants import Task, Values

from itemvec.core.arrays import Doubles
from itemvec.core.params import Params
from itemvec.decision.geometry import Point, measured, relations
from itemvec.metrics import DETERMINISTIC, compare_family
from itemvec.stages.analyze import Tables, describe
from itemvec.stages.decompose import decompose

ROWS = (
    *("full", "centred", "white25", "white50", "white75", "white", "top1", "top2", "all-but-the-top", "top8", "top16"),
    *("top32", "noise25", "noise50", "noise100"),
)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("tables", type=click.Path(exists=True, path_type=Path))
@click.argument("digest", type=click.Path(exists=True, path_type=Path))
@click.option("-r", "--recommender", "systems", multiple=True, help="Row of systems in params.yaml; may be repeated.")
@click.option("--metric", default="ndcg@10", show_default=True)
@click.option("--csv", "points", type=click.Path(path_type=Path), help="Write the points, for a plot.")
@click.option("--params", "path", default="params.yaml", type=click.Path(exists=True, path_type=Path))
def main(tables: Path, digest: Path, systems: tuple[str, ...], metric: str, points: Path | None, path: Path) -> None:
    """Measure quality and geometry of every row on TABLES and the vectors of DIGEST."""
    params = Params.load(path)
    params = replace(params, recommend=replace(params.recommend, seeds=1))
    task = Task(tables, digest, systems, params, metric)
    files = Tables(*(tables / f"{name}.parquet" for name in ("queries", "qrels", "interactions")))
    values: dict[str, Values] = {}
    geometry: dict[str, dict[str, Any]] = {}
    with TemporaryDirectory() as place:
        folder = Path(place)
        decompose(digest, folder / "moments.digest")
        for name in ROWS:
            values[name], _ = task.measure((params.reducers[name],), folder)
            geometry[name], _ = describe(folder / "variant.digest", files, params.seed)
            click.echo(f"{name}: IsoScore {geometry[name]['isoscore']:.3f}", err=True)
    lines: list[list[Any]] = []
    for key in values["full"]:
        lines += shown(key, {name: one[key][0] for name, one in values.items()}, geometry, params.seed)
    if points is not None:
        with points.open("w", newline="") as file:
            csv.writer(file).writerows([["system", "group", "variant", "IsoScore", "mean cosine", "mean"], *lines])


def shown(
    key: tuple[str, str], values: dict[str, Doubles], geometry: dict[str, dict[str, Any]], seed: int
) -> list[list[Any]]:
    """Print a table and the rank correlations of one system and group; return its points."""
    names = [name for name in values if name != "full"]
    columns = np.column_stack([values[name] - values["full"] for name in names])
    family = compare_family(columns, [DETERMINISTIC] * len(names), seed)
    p = dict(zip(names, family.p, strict=True))
    kind = "search" if key[0] == "exact" else "recommend"
    found = [Point("", name, float(one.mean()), measured(geometry[name], kind)) for name, one in values.items()]
    rows = [
        [
            point.variant,
            *(f"{point.values[name]:.3f}" for name in ("IsoScore", "mean cosine", "uniformity")),
            f"{point.values['effective dimension (80 %)']:.0f}",
            f"{point.mean:.4f}",
            "" if point.variant == "full" else f"{p[point.variant]:.4f}",
        ]
        for point in found
    ]
    click.echo(f"\n{' '.join(key)}, {len(values['full']):,}\n")
    head = ["variant", "IsoScore", "mean cosine", "uniformity", "dimensions (80 %)", "mean", "p"]
    click.echo(tabulate(rows, head, "github", disable_numparse=True))
    for one in relations(found):
        if one.found is not None:
            click.echo(f"{one.quantity}: {one.found.rho:+.2f} [{one.found.low:+.2f}, {one.found.high:+.2f}]")
    return [[*key, point.variant, point.values["IsoScore"], point.values["mean cosine"], point.mean] for point in found]


if __name__ == "__main__":
    main()
