"""Whether vectors that are tuned on simulated clicks are better for queries that people judged.

    python -m benchmarks.train_on_clicks --data data/crowdflower

The log is that of `benchmarks.clicks`. Its queries train where people's would; those to validate and to test by stay as
people judged them. Vectors are those of LSA. Each tuner tries its settings on the validation queries.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import numpy as np
import pyarrow as pa
from tabulate import tabulate

from itemvec.core.columns import ITEM, QUERY, TEXT
from itemvec.core.files import write_parquet
from itemvec.core.protocols import TuneProtocol
from itemvec.core.temporary import TemporaryFolder
from itemvec.datasets import DATASETS, Tables
from itemvec.encoders import ENCODERS
from itemvec.stages.lesson import Protocol, Task, load_task
from itemvec.stages.tune import interval
from itemvec.store import Block, write_database
from itemvec.tuners import TUNERS, choose
from itemvec.tuners.trials import repeated
from tests.clicks.judged_rankings import judged, lsa, ranked, scored
from tests.clicks.simulator import by_position

DEPTH = 10
PROPENSITIES = 1 / np.arange(1, DEPTH + 1)
CLICK = np.array([0.2, 0.4, 0.8, 0.9])  # by grade, as the noisy users of CoRocchio
ROWS: dict[str, dict[str, Any]] = {"ridge": {"kind": "ridge"}, "low-rank": {"kind": "low-rank"}}
LEARNT: dict[str, dict[str, Any] | None] = {
    "clicks, every gain above 0 is relevant": {"model": "all-pairs", "least_share": 0.0},
    "clicks, gains below half of the best are 0": {"model": "all-pairs", "least_share": 0.5},
    "people": None,
}


@click.command()
@click.option("--data", required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--sessions", default=200, show_default=True, help="Per query.")
@click.option("--seed", default=0, show_default=True)
def main(data: Path, sessions: int, seed: int) -> None:
    """Print the last table of docs/results/clicks.md."""
    people = DATASETS.build("crowdflower", {"kind": "crowdflower"}).load(data)
    rows = []
    with TemporaryFolder() as place:
        _write(people, sessions, np.random.default_rng(seed), Path(place))
        for name, training in LEARNT.items():
            row = {"kind": "tables", "clicks": training}
            tables = people if training is None else DATASETS.build("mine", row).load(Path(place))
            task = _task(tables, Path(place) / "learnt", seed)
            found = [_gain(TUNERS.build(kind, one), task, seed) for kind, one in ROWS.items()]
            rows.append(
                [name, len(task.lesson.train), f"{task.lesson.quality(None, task.exam.asked).mean():.4f}", *found]
            )
    click.echo(tabulate(rows, ["learnt from", "queries", "untuned", *ROWS], "github", disable_numparse=True))


def _write(people: Tables, sessions: int, rng: np.random.Generator, folder: Path) -> None:
    """A data set of its own: what people judged to validate and to test by, and a log of all queries."""
    grades = judged(people)
    scores: list[Any] = [*scored(people), grades + rng.normal(0, 1, grades.shape)]
    whole = (grades >= 0).sum(axis=1) >= DEPTH
    rankings = np.stack([ranked(one[whole], grades[whole], DEPTH) for one in scores])
    attractive = np.where(grades[whole] >= 0, CLICK[np.maximum(grades[whole], 0)], 0.0)
    log = by_position(rankings, attractive, PROPENSITIES, sessions, rng)
    asked = people.queries.filter(pa.array(whole))
    impressions = {
        "query": asked[TEXT].take(pa.array(log.query)),
        ITEM: people.items[ITEM].take(pa.array(log.item)),
        "position": log.position,
        "clicked": log.clicked,
        "session": log.session,
    }
    kept = np.asarray(people.queries["split"].to_pylist()) != "train"
    queries = people.queries.filter(pa.array(kept))
    known = np.isin(np.asarray(people.qrels[QUERY].to_pylist()), queries[QUERY].to_pylist())
    write_parquet(folder / "items.parquet", people.items)
    write_parquet(folder / "queries.parquet", queries)
    write_parquet(folder / "qrels.parquet", people.qrels.filter(pa.array(known)))
    write_parquet(folder / "clicks.parquet", pa.table(impressions))


def _task(tables: Tables, folder: Path, seed: int) -> Task:
    """Tables, and their vectors by LSA, as the stage tune reads them."""
    for name in ("items", "queries", "qrels", "interactions"):
        write_parquet(folder / f"{name}.parquet", getattr(tables, name))
    queries, items = lsa(tables)
    blocks = {"items": (tables.items[ITEM], items), "queries": (tables.queries[QUERY], queries)}
    parts = {name: (one.shape[1], [Block(ids.combine_chunks(), one)]) for name, (ids, one) in blocks.items()}
    write_database(folder / "vectors", parts)
    encoder = ENCODERS.build("lsa", {"kind": "lsa", "dim": items.shape[1]})
    protocol = Protocol(seed, "leave-one-out", "given", 0.0, TuneProtocol(), encoder)
    return load_task(folder, folder / "vectors.digest", protocol)


def _gain(tuner: Any, task: Task, seed: int) -> str:
    """The gain in nDCG@10 on the test queries, over all seeds, with its interval."""
    effort = TuneProtocol()
    chosen = choose(tuner, task.lesson, effort.trials, seed)
    tuned = repeated(tuner, task.lesson, chosen, effort.seeds, seed)
    said = interval(np.column_stack([task.exam.gains(task.lesson, one) for one in tuned.values()]), seed)
    found = f"{said['gain']:+.4f} [{said['low']:+.4f}, {said['high']:+.4f}]"
    return found if chosen.changed else "changed nothing"


if __name__ == "__main__":
    main()
