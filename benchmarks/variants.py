"""All reducers at equal bytes on one data set, for search and for recommendation, and the test that decides.

Reads what the stages prepare and embed have written. A reduction by lot is drawn several times: a query's value is the
mean of the draws, whose spread widens intervals and weakens tests as that of seeds does in the report. p is of a paired
permutation test against the vectors as they are, adjusted by Holm for the lines of its table.

    python benchmarks/variants.py artifacts/tables artifacts/embeddings.digest -r profile -r sasrec
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import numpy as np
from reduced_rows import Line, at_bytes, at_half, at_width, by_trial
from tabulate import tabulate

from itemvec.core.arrays import Doubles
from itemvec.core.columns import GROUP, ID, PART
from itemvec.core.files import read_parquet
from itemvec.core.params import Params
from itemvec.metrics import Family, Spread, compare_family, mean_interval
from itemvec.protocol.evaluation import Evaluation
from itemvec.recommenders import RECOMMENDERS
from itemvec.reducers import REDUCERS
from itemvec.retrievers import RETRIEVERS
from itemvec.stages.decompose import decompose
from itemvec.stages.recommend import recommend
from itemvec.stages.reduce import Judging, deciding, reduce_vectors
from itemvec.stages.search import search
from itemvec.store import open_vectors

Values = dict[tuple[str, str], Doubles]  # (system, group of queries) -> values of shape (n_draws, n_queries)


@dataclass(frozen=True)
class Task:
    """What variants of the vectors of ``digest`` are measured on; ``others``: on queries that could decide nothing."""

    tables: Path
    digest: Path
    systems: tuple[str, ...]
    params: Params
    metric: str
    others: bool = False

    def measure(self, rows: tuple[dict[str, Any], ...], folder: Path) -> tuple[Values, dict[str, int]]:
        """Values of all draws; and what a vector takes."""
        drawn = []
        for row in rows:
            facts = reduce_vectors(
                REDUCERS.build("variant", row),
                self.digest,
                folder / "variant",
                self.params.seed,
                folder / "moments.digest",
                Judging(self.tables / "queries.parquet", self.tables / "qrels.parquet"),
            )
            drawn.append(self._values(folder / "variant.digest"))
        return {key: np.concatenate([values[key] for values in drawn]) for key in drawn[0]}, facts

    def _values(self, digest: Path) -> Values:
        tables = {name: self.tables / f"{name}.parquet" for name in ("items", "queries", "qrels", "interactions")}
        seed, found = self.params.seed, {}
        if read_parquet(tables["qrels"]).num_rows:
            exact = RETRIEVERS.build("exact", {"kind": "exact"})
            found["exact"] = search(exact, tables, digest, replace(self.params.search, metrics=[self.metric]), seed)
        if read_parquet(tables["interactions"]).num_rows:
            ids, matrix = open_vectors(digest, "items").load()
            protocol = replace(self.params.recommend, metrics=[self.metric], **self._split(tables["interactions"]))
            for name in self.systems:
                system = RECOMMENDERS.build(name, self.params.systems[name])
                found[name] = recommend(system, tables["interactions"], ids, matrix, protocol, seed)
        return {key: one for name, evaluation in found.items() for key, one in self._by_group(name, evaluation).items()}

    def _split(self, interactions: Path) -> dict[str, Any]:
        """The split that the data brings, whose published figures do not mask; else that of params.yaml."""
        given = PART in read_parquet(interactions).column_names
        return {"split": "given", "mask_history": False} if given else {}

    def _by_group(self, name: str, evaluation: Evaluation) -> Values:
        n_seeds = evaluation.summary["seeds"]
        values = np.asarray(evaluation.measures[self.metric]).reshape(n_seeds, -1)
        groups = np.asarray(evaluation.measures[GROUP].to_pylist()[: values.shape[1]])
        chosen = np.ones(len(groups), dtype=bool)
        if self.others:
            judged = evaluation.measures[ID].combine_chunks().slice(0, len(groups))
            chosen = ~deciding(read_parquet(self.tables / "queries.parquet"), judged, "given")
        return {(name, str(group)): values[:, chosen & (groups == group)] for group in np.unique(groups[chosen])}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("tables", type=click.Path(exists=True, path_type=Path))
@click.argument("digest", type=click.Path(exists=True, path_type=Path))
@click.option("--bytes", "budgets", multiple=True, default=[384, 48], show_default=True, help="Bytes of an item.")
@click.option("-r", "--recommender", "systems", multiple=True, help="Row of systems in params.yaml; may be repeated.")
@click.option("--draws", default=5, show_default=True, help="Of a reduction by lot.")
@click.option("--seeds", default=1, show_default=True, help="Of training that is random.")
@click.option("--metric", default="ndcg@10", show_default=True)
@click.option("--params", "path", default="params.yaml", type=click.Path(exists=True, path_type=Path))
def main(
    tables: Path,
    digest: Path,
    budgets: tuple[int, ...],
    systems: tuple[str, ...],
    draws: int,
    seeds: int,
    metric: str,
    path: Path,
) -> None:
    """Measure every reducer on TABLES and the vectors of DIGEST."""
    params = Params.load(path)
    params = replace(params, recommend=replace(params.recommend, seeds=seeds))
    task = Task(tables, digest, systems, params, metric)
    with TemporaryDirectory() as place:
        folder = Path(place)
        dim = len(decompose(digest, folder / "moments.digest").mean)
        full, _ = task.measure(({"kind": "identity"},), folder)
        show(f"as they are, {4 * dim} bytes", [Line("full", ({"kind": "identity"},))], full, task, folder)
        for budget in budgets:
            show(f"{budget} bytes", at_bytes(budget, dim, draws), full, task, folder)
        show("all dimensions", at_width(), full, task, folder)
        if any(system == "exact" for system, _ in full):
            tried = replace(task, systems=(), others=True)
            whole, _ = tried.measure(({"kind": "identity"},), folder)
            for budget in budgets:
                show(f"{budget} bytes, queries that did not choose", by_trial(budget, draws), whole, tried, folder)
        pca, drop = (task.measure(line.rows, folder)[0] for line in at_half(dim, draws))
        for key in full:
            click.echo(decided(key, pca[key], drop[key], dim // 2, params.seed))


def decided(key: tuple[str, str], pca: Doubles, drop: Doubles, dim: int, seed: int) -> str:
    """PCA against coordinates by lot, both of half the width."""
    difference = pca - drop  # (n_draws, n_queries)
    found = _compared(difference, seed)
    low, high = found.low[0], found.high[0]
    return (
        f"{' '.join(key)}: pca {dim} {_mean(pca)}, random-drop {dim} {_mean(drop)}, difference "
        f"{difference.mean():+.4f} [{low:+.4f}, {high:+.4f}], p {_p(difference, seed):.4f}"
    )


def show(title: str, lines: list[Line], full: Values, task: Task, folder: Path) -> None:
    """One table: a line a variant, two columns a system."""
    seed = task.params.seed
    measured = [task.measure(line.rows, folder) for line in lines]
    differences = [values[key] - full[key].mean(axis=0) for values, _ in measured for key in full]
    p = _family(differences, seed).reshape(len(lines), len(full))
    table = []
    for line, (values, facts), adjusted in zip(lines, measured, p, strict=True):
        cells = {"variant": line.name, "dim": str(facts["dim"]), "bytes": str(facts["bytes_per_item"])}
        for key, one in zip(full, adjusted, strict=True):
            cells[" ".join(key)] = _mean(values[key])
            cells[f"p {' '.join(key)}"] = f"{one:.4f}"
        table.append(cells)
    counts = ", ".join(f"{values.shape[1]:,} for {' '.join(key)}" for key, values in full.items())
    click.echo(f"\n{title}: {task.metric} [95 %] of {counts}\n")
    click.echo(tabulate(table, headers="keys", tablefmt="github", disable_numparse=True))


def _family(differences: list[Doubles], seed: int) -> Doubles:
    """P of each difference, float64 of shape (n_draws, n_queries), where those of equal queries are one family."""
    p = np.ones(len(differences))
    for size in {one.shape[1] for one in differences}:
        rows = [i for i, one in enumerate(differences) if one.shape[1] == size]
        columns = np.column_stack([differences[i].mean(axis=0) for i in rows])
        spreads = [Spread.of(differences[i].mean(axis=1)) for i in rows]
        p[rows] = compare_family(columns, spreads, seed).p
    return p


def _p(difference: Doubles, seed: int) -> float:
    return float(_compared(difference, seed).p[0])


def _compared(difference: Doubles, seed: int) -> Family:
    spread = Spread.of(difference.mean(axis=1))
    return compare_family(difference.mean(axis=0)[:, None], [spread], seed)


def _mean(values: Doubles) -> str:
    low, high = mean_interval(values.mean(axis=0), Spread.of(values.mean(axis=1)))
    return f"{values.mean():.4f} [{low:.3f}, {high:.3f}]"


if __name__ == "__main__":
    main()
