"""How many judgments it takes to reach the verdict of all: in the order of `itemvec judge`, and in random orders.

    python benchmarks/judging.py --artifacts artifacts --plot docs/img/judging.svg

A judge is simulated that answers from the data's own judgments. Rankings hold what is judged alone, so that there is
an answer to each question. A draw takes a part of the queries; its verdict is that of `dvc repro` on all judgments of
their pool. Equal systems are made by swapping the two of a pair in every other query, at random, for each pair anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from itertools import combinations
from pathlib import Path

import click
import numpy as np
import pyarrow as pa
from judging_plot import plotted
from simulated_judge import ORDERS, K, Outcome, judged
from tabulate import tabulate

from itemvec.core.arrays import Doubles, Ints
from itemvec.core.columns import GAIN, ITEM, QUERY, TEXT
from itemvec.core.files import read_parquet
from itemvec.core.top_k import NOTHING
from itemvec.judging.pool import Pool, pooled
from itemvec.protocol.judgments import judged_pairs, skip_unjudged
from itemvec.retrievers import Entries, Retriever
from itemvec.retrievers.bm25 import Bm25
from itemvec.retrievers.exact import Exact
from itemvec.retrievers.hybrid import Hybrid
from itemvec.store import open_vectors

DEEP = 2000
WIDTHS = (384, 64, 16)
HALF = 0.5
HEADER = ["systems", "order", "pool", "shown by all", "median to settled", "median to decided", "decided"]
HEADER += ["not shown by all", "dvc repro says otherwise", "its difference, of that of all"]
EQUALS = 4  # pairs that are made equal


def rankings(artifacts: Path) -> tuple[dict[str, Ints], pa.Table, pa.Table, pa.Table]:
    """Condensed rankings of several systems for all queries, and the tables."""
    folder = artifacts / "tables"
    items, queries, qrels = (read_parquet(folder / f"{name}.parquet") for name in ("items", "queries", "qrels"))
    ids, asked = items[ITEM].combine_chunks(), queries[QUERY].combine_chunks()
    stored = [open_vectors(artifacts / "embeddings.digest", name).load().vectors for name in ("items", "queries")]
    pairs = judged_pairs(qrels, asked, ids)
    systems: dict[str, tuple[Retriever, int]] = {"bm25": (Bm25(), 384)}
    systems |= {f"vectors, {width} d": (Exact(), width) for width in WIDTHS}
    systems["hybrid"] = (Hybrid([{"kind": "exact"}, {"kind": "bm25"}], candidates=DEEP), 384)
    found = {}
    for name, (system, width) in systems.items():
        short = [one[:, :width] / np.linalg.norm(one[:, :width], axis=1, keepdims=True) for one in stored]
        catalogue = Entries(ids, items[TEXT].combine_chunks(), [short[0]])
        top = system.index(catalogue)(Entries(asked, queries[TEXT].combine_chunks(), [short[1]]), DEEP)
        positions = skip_unjudged(top, pairs, len(ids)).positions[:, :K]
        found[name] = np.where(positions < 0, NOTHING, positions)
    return found, items, queries, qrels


def answers(pool: Pool, qrels: pa.Table) -> Doubles:
    """The share of the highest gain that each pair of a pool has by the judgments."""
    keys = (qrels[name].to_pylist() for name in (QUERY, ITEM))
    known = dict(zip(zip(*keys, strict=True), qrels[GAIN].to_pylist(), strict=True))
    gains: Doubles = np.array([known[pair] for pair in pool.pairs()])
    return gains / float(max(known.values()))


def drawn(runs: list[Ints], rows: Ints, swap: Ints | None) -> list[Ints]:
    """The rankings of some queries, those of ``swap`` exchanged; nothing is ranked for the others."""
    first, second = (np.full_like(one, NOTHING) for one in runs)
    first[rows], second[rows] = runs[0][rows], runs[1][rows]
    if swap is not None:
        first[swap], second[swap] = second[swap].copy(), first[swap].copy()
    return [first, second]


@click.command()
@click.option("--artifacts", type=click.Path(exists=True, path_type=Path), default="artifacts", show_default=True)
@click.option("--draws", default=100, show_default=True)
@click.option("--share", default=0.6, show_default=True, help="Of the queries, in each draw.")
@click.option("--plot", type=click.Path(path_type=Path), help="SVG file to draw.")
@click.option("--out", type=click.Path(path_type=Path), help="JSON file for all outcomes.")
def main(artifacts: Path, draws: int, share: float, plot: Path | None, out: Path | None) -> None:
    """Print how many judgments each order takes, by pair of systems."""
    runs, items, queries, qrels = rankings(artifacts)
    ids = [table[key].combine_chunks() for table, key in ((queries, QUERY), (items, ITEM))]
    kept: dict[str, dict[str, list[Outcome]]] = {}
    for swaps in (False, True):
        for place, pair in enumerate(list(combinations(runs, 2))[: EQUALS if swaps else None]):
            name = f"{pair[0]} / {pair[1]}" + (" (made equal)" if swaps else "")
            orders = ORDERS[:2] if swaps else ORDERS
            kept[name] = {order: [] for order in orders}
            for number in range(draws):
                rng = np.random.default_rng([number, place] if swaps else number)
                rows = np.sort(rng.choice(len(queries), round(share * len(queries)), replace=False))
                swap = rows[rng.random(len(rows)) < HALF] if swaps else None
                two = drawn([runs[one] for one in pair], rows, swap)
                pool = pooled(dict(zip(pair, two, strict=True)), ids[0], ids[1], K)
                gains = answers(pool, qrels)
                for order in orders:
                    kept[name][order].append(judged(pool, gains, order, np.random.default_rng(number)))
            click.echo(_line(name, kept[name]), err=True)
            if out is not None:
                out.write_text(json.dumps(kept, default=vars))
    click.echo(_table(kept))
    if plot is not None:
        plotted(_reached(kept), plot)


def _line(name: str, by: dict[str, list[Outcome]]) -> str:
    return f"{name}: " + ", ".join(f"{order} {_median(found):.0f}" for order, found in by.items())


def _median(found: list[Outcome], until: str = "judgments") -> float:
    """Judgments to the decision, of the draws whose full verdict is one; the whole pool where it came no sooner."""
    took = [getattr(one, until) or one.pool for one in found if one.verdict]
    return float(np.median(took)) if took else float("nan")


def _table(kept: dict[str, dict[str, list[Outcome]]]) -> str:
    rows = []
    for name, by in kept.items():
        for order, found in by.items():
            decided = [one for one in found if one.judgments]
            wrong = sum(one.sign != one.verdict for one in decided)
            otherwise = sum(one.then != one.sign for one in decided)
            pool, shown = np.median([one.pool for one in found]), sum(one.verdict != 0 for one in found)
            medians = [f"{_median(found, until):,.0f}" for until in ("settled", "judgments")]
            share = f"{np.median([one.measured / one.true for one in decided]):.2f}" if decided else ""
            rows.append([name, order, f"{pool:,.0f}", shown, *medians, len(decided), wrong, otherwise, share])
    return tabulate(rows, HEADER, disable_numparse=True)


def _reached(kept: dict[str, dict[str, list[Outcome]]]) -> dict[str, Callable[[float], float]]:
    """Of the draws whose full verdict is one, the share that has reached it after a share of the pool."""
    found: dict[str, Callable[[float], float]] = {}
    for order in ORDERS:
        every = [one for by in kept.values() for one in by.get(order, []) if one.verdict]
        right = [one for one in every if one.sign == one.verdict and one.judgments]
        found[order] = partial(
            _share, np.array([one.judgments / one.pool for one in right if one.judgments]), len(every)
        )
    return found


def _share(reached: Doubles, draws: int, share: float) -> float:
    return float((reached <= share).sum()) / max(draws, 1)


if __name__ == "__main__":
    main()
