"""PCA with a penalty on the graph of what people use together, against PCA, for recommendation.

Reads what the stages prepare and embed have written. Every mu is judged on validation users; the best of each system is
then tested on test users against PCA of the same width, and against the vectors as they are, by the project's paired
test; p is adjusted for both systems and both comparisons.

    python benchmarks/graph_pca.py artifacts/tables artifacts/embeddings.digest -r profile -r text-ease
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import numpy as np
from tabulate import tabulate

from itemvec.core.arrays import Doubles
from itemvec.core.columns import PART
from itemvec.core.files import read_parquet
from itemvec.core.params import Params
from itemvec.metrics import Spread, compare_family, mean_interval
from itemvec.recommenders import RECOMMENDERS
from itemvec.reducers import REDUCERS
from itemvec.stages.recommend import STOP, recommend
from itemvec.stages.reduce import Interactions, reduce_vectors
from itemvec.store import open_vectors


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("tables", type=click.Path(exists=True, path_type=Path))
@click.argument("digest", type=click.Path(exists=True, path_type=Path))
@click.option("-r", "--recommender", "systems", multiple=True, default=["profile"], help="Row of systems.")
@click.option("--mu", "weights", multiple=True, type=float, default=[0.3, 1.0, 3.0], show_default=True)
@click.option("--dim", default=64, show_default=True)
@click.option("--params", "path", default="params.yaml", type=click.Path(exists=True, path_type=Path))
def main(
    tables: Path, digest: Path, systems: tuple[str, ...], weights: tuple[float, ...], dim: int, path: Path
) -> None:
    """Choose mu on validation and test it, on TABLES and the vectors of DIGEST."""
    params, log = Params.load(path), tables / "interactions.parquet"
    if PART in read_parquet(log).column_names:  # as published
        params = replace(params, recommend=replace(params.recommend, split="given", mask_history=False))
    rows: dict[str, dict[str, Any]] = {"full": {"kind": "identity"}, "pca": {"kind": "pca", "dim": dim}}
    rows |= {f"mu {mu:g}": {"kind": "graph-pca", "dim": dim, "mu": mu} for mu in weights}
    validated, tested = {}, {}
    with TemporaryDirectory() as folder:
        for name, row in rows.items():
            place = Path(folder) / name.replace(" ", "-").replace(".", "-")
            interactions = Interactions(log, params.recommend.split)
            reduce_vectors(REDUCERS.build(name, row), digest, place, params.seed, interactions=interactions)
            for system in systems:
                key = system, name
                validated[key], tested[key] = measure(params, system, log, place.with_suffix(".digest"))
    lines = [
        [system, name, f"{validated[system, name]:.4f}", interval(tested[system, name])] for system, name in validated
    ]
    click.echo(tabulate(sorted(lines), ["system", "variant", f"validation {STOP}", "test [95 %]"], "github"))
    chosen = {system: max(weights, key=lambda mu: validated[system, f"mu {mu:g}"]) for system in systems}
    pairs = [(system, other) for system in systems for other in ("pca", "full")]
    columns = [tested[system, f"mu {chosen[system]:g}"] - tested[system, other] for system, other in pairs]
    found = compare_family(np.column_stack(columns), [Spread()] * len(pairs), params.seed)
    for (system, other), mean, low, high, p in zip(pairs, found.mean, found.low, found.high, found.p, strict=True):
        click.echo(f"{system}: mu {chosen[system]:g} - {other}: {mean:+.4f} [{low:+.4f}, {high:+.4f}], p {p:.4f}")


def measure(params: Params, system: str, log: Path, digest: Path) -> tuple[float, Doubles]:
    """Mean of validation, and the value of each test case, float64."""
    items, vectors = open_vectors(digest, "items").load()
    protocol = replace(params.recommend, metrics=[STOP], seeds=1)
    found = recommend(RECOMMENDERS.build(system, params.systems[system]), log, items, vectors, protocol, params.seed)
    return float(found.summary["validated"][STOP]), np.asarray(found.measures[STOP], dtype=np.float64)


def interval(values: Doubles) -> str:
    """Mean and interval, as in the report."""
    low, high = mean_interval(values, Spread())
    return f"{values.mean():.4f} [{low:.3f}, {high:.3f}]"


if __name__ == "__main__":
    main()
