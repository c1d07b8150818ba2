"""Recommenders side by side on one data set: quality over seeds, seconds, and the test against each reference.

Reads what the stages prepare and reduce have written. p is of a paired permutation test on users, with the spread of
the seeds, adjusted by Holm for all systems that are compared with one reference.

    python benchmarks/systems.py artifacts/tables artifacts/vectors/full.digest sasrec text-ease -a sasrec -a text-ease
"""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from tabulate import tabulate

from itemvec.core.arrays import Doubles, Ids
from itemvec.core.columns import ID, PART, SEED
from itemvec.core.files import read_parquet
from itemvec.core.params import Params, RecommendProtocol
from itemvec.metrics import Spread, compare_family, mean_interval
from itemvec.protocol.attributes import Attributes
from itemvec.protocol.histories import Histories
from itemvec.protocol.splits import split
from itemvec.recommenders import RECOMMENDERS
from itemvec.recommenders.objective import Objective
from itemvec.stages.recommend import recommend
from itemvec.store import open_vectors

METRICS = ["ndcg@10", "recall@10"]


class Found(NamedTuple):
    """What a system reached: METRICS of users, float64 (n_seeds, n_users, 2), and seconds."""

    values: Doubles
    processor: float
    clock: float


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("tables", type=click.Path(exists=True, path_type=Path))
@click.argument("digest", type=click.Path(exists=True, path_type=Path))
@click.argument("systems", nargs=-1, required=True)
@click.option("-a", "--against", multiple=True, help="A reference; one of SYSTEMS.")
@click.option("--mask/--no-mask", default=True, show_default=True, help="Keep the history out of the ranking.")
@click.option("--seeds", default=3, show_default=True)
@click.option("--among", help="Also measure only the users whose target is one of these, as 'rating >= 4'.")
@click.option("--params", "path", default="params.yaml", type=click.Path(exists=True, path_type=Path))
def main(
    tables: Path,
    digest: Path,
    systems: tuple[str, ...],
    against: tuple[str, ...],
    mask: bool,
    seeds: int,
    among: str | None,
    path: Path,
) -> None:
    """Measure SYSTEMS, rows of params.yaml, on the interactions in TABLES and the item vectors of DIGEST."""
    params = Params.load(path)
    ids, vectors = open_vectors(digest, "items").load()
    interactions = tables / "interactions.parquet"
    conditions = Attributes.read(tables / "items.parquet", ids)
    given = PART in read_parquet(interactions).column_names
    protocol = replace(
        params.recommend, seeds=seeds, metrics=METRICS, mask_history=mask, split="given" if given else "leave-one-out"
    )
    found: dict[str, Found] = {}
    for name in dict.fromkeys([*systems, *against]):
        recommender = RECOMMENDERS.build(name, params.systems[name])
        vectored = vectors if recommender.needs_vectors or params.systems[name].get("item", "text") != "id" else None
        clock, processor = time.perf_counter(), time.process_time()
        measured = recommend(recommender, interactions, ids, vectored, protocol, params.seed, conditions)
        found[name] = Found(by_seed(measured.measures), time.process_time() - processor, time.perf_counter() - clock)
        for key in ("within_condition", "objectives"):  # where the tables keep attributes, or the system has objectives
            if key in measured.summary:
                click.echo(f"{name}: {key}: {json.dumps(measured.summary[key])}")
        click.echo(f"{name}: {found[name].values[..., 0].mean():.4f}, {found[name].clock:.0f} s", err=True)
    show(found, against, params.seed)
    if among is not None:
        chosen = meeting(among, interactions, ids, protocol)
        click.echo(f"\n{int(chosen.sum()):,} users whose target is {among}")
        some = {name: one._replace(values=one.values[:, chosen]) for name, one in found.items()}
        show(some, against, params.seed)


def show(found: dict[str, Found], against: tuple[str, ...], seed: int) -> None:
    """Print every system, and the tests against each reference."""
    click.echo(tabulate([line(name, one) for name, one in found.items()], headers="keys"))
    for reference in against:
        click.echo(f"\nagainst {reference}\n" + compared(found, reference, seed))


def meeting(words: str, interactions: Path, items: Ids, protocol: RecommendProtocol) -> NDArray[np.bool_]:
    """Which test cases have a target that meets the objective ``words``, in the order of ``by_seed``."""
    table = read_parquet(interactions)
    cases = split(protocol.split, Histories.of(table, items), table).test
    met = Objective.parse(words).met(cases.events, len(cases.judgments))
    return np.asarray(pa.table([cases.judgments.ids, pa.array(met)], [ID, "met"]).sort_by(ID)["met"])


def by_seed(measures: Any) -> Doubles:
    """Values of METRICS, float64 (n_seeds, n_users, 2), in the same order of users for every system."""
    table = measures.sort_by([(SEED, "ascending"), (ID, "ascending")])
    seeds = len(pa.compute.unique(table[SEED]))
    return np.stack([table[name].to_numpy().reshape(seeds, -1) for name in METRICS], axis=-1)


def line(name: str, one: Found) -> dict[str, object]:
    """One row of the table: means, interval over users, spread of the seeds, seconds."""
    ndcg = one.values[..., 0]
    low, high = mean_interval(ndcg.mean(axis=0), Spread.of(ndcg.mean(axis=1)))
    sd = float(np.std(ndcg.mean(axis=1), ddof=1)) if len(ndcg) > 1 else None
    return {
        "system": name,
        "ndcg@10": f"{ndcg.mean():.4f} [{low:.3f}, {high:.3f}]",
        "sd of seeds": None if sd is None else f"{sd:.4f}",
        "recall@10": f"{one.values[..., 1].mean():.4f}",
        "seconds a seed": f"{one.clock / len(ndcg):.1f}",
        "of processor": f"{one.processor / len(ndcg):.1f}",
    }


def compared(found: dict[str, Found], reference: str, seed: int) -> str:
    """The difference of every other system from ``reference`` in nDCG@10, as one family."""
    others = {name: one.values[..., 0] for name, one in found.items() if name != reference}
    base = found[reference].values[..., 0]
    differences = np.column_stack([one.mean(axis=0) - base.mean(axis=0) for one in others.values()])
    spreads = [Spread.of(one.mean(axis=1)) + Spread.of(base.mean(axis=1)) for one in others.values()]
    family = compare_family(differences, spreads, seed)
    rows = [
        {
            "system": name,
            "change": f"{differences[:, at].mean():+.4f} [{low:+.3f}, {high:+.3f}]",
            "p": f"{family.p[at]:.4f}",
        }
        for at, (name, low, high) in enumerate(zip(others, family.low, family.high, strict=True))
    ]
    return tabulate(rows, headers="keys", disable_numparse=True)


if __name__ == "__main__":
    main()
