"""Seconds until SASRec is good: RecBole, the paper's way (frozen text inside RecBole), RecTools, itemvec.

Each way runs in a process of its own, in turn, with the same width, layers, heads, dropout, full softmax, and
positions of histories. Each is validated by the same measure after every epoch, off the clock, and ends after
some epochs without a better one, or at a limit. RecTools asks for numpy below 2, so it needs an environment of its own:

    python -m venv peer && peer/bin/pip install "rectools[torch]==0.19.0"
    dvc repro embed
    python benchmarks/recommend.py --rectools peer/bin/python
    python benchmarks/recommend.py --split given --no-mask --max-history 20 --way recbole:id --way itemvec:id
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import numpy as np
from tabulate import tabulate
from watch import CLOCKS, LimitError, Watch

from itemvec.core.files import read_parquet
from itemvec.metrics import Ranked, measure
from itemvec.protocol.histories import Histories
from itemvec.protocol.splits import Split, split
from itemvec.recommenders import RECOMMENDERS, Score, Training
from itemvec.stages.recommend import rank
from itemvec.store import open_vectors

OURS = {"positions": 512, "learning_rate": 0.006, "rate": "cosine"}  # chosen on validation, with the epochs of --ours
SHAPE = {"width": 64, "layers": 2, "heads": 2, "dropout": 0.2}
WAYS = ["recbole:id", "recbole:text", "rectools:id", "itemvec:id", "itemvec:text"]
FOLDER = Path(__file__).parent


def row(way: str, task: dict[str, Any]) -> dict[str, Any]:
    """Row of ``systems`` for a way; RecBole learns at its own default rate, in the batches it is fastest with."""
    library, item = way.split(":")
    patience = task["patience"]
    if library == "itemvec":
        rows = {"max_history": task["max_history"], "epochs": task["ours"]}
        return {"kind": "sasrec", "item": item, "patience": patience, **SHAPE, **OURS, **rows}
    options = {
        "hidden_size": SHAPE["width"],
        "n_layers": SHAPE["layers"],
        "n_heads": SHAPE["heads"],
        "hidden_dropout_prob": SHAPE["dropout"],
        "attn_dropout_prob": SHAPE["dropout"],
        "MAX_ITEM_LIST_LENGTH": task["max_history"],
        "train_batch_size": 256,
    }
    epochs = {"epochs": task["epochs"], "patience": patience}
    return {"kind": "recbole", "model": "SASRec", "item": item, **epochs, "options": options}


def read(task: dict[str, Any]) -> tuple[Split, Any]:
    """The parts of the data, and the item vectors."""
    ids, vectors = open_vectors(Path(task["vectors"]), "items").load()
    table = read_parquet(Path(task["tables"]) / "interactions.parquet")
    return split(task["split"], Histories.of(table, ids), table), vectors


def run(way: str, task: dict[str, Any]) -> dict[str, Any]:
    """Train one of the ways that are kinds of ours, after a short try that loads what it needs."""
    parts, vectors = read(task)
    recommender = RECOMMENDERS.build(way, row(way, task))
    cases = parts.validation

    def ndcg(score: Score) -> float:
        ranked = Ranked.judge(rank(score, cases.histories, 10, task["mask"]).positions, cases.judgments)
        return float(measure(ranked, ["ndcg@10"])["ndcg@10"].mean())

    training = Training(parts.train, vectors, lambda _: 0.0, task["seed"])
    RECOMMENDERS.build(way, row(way, task) | {"epochs": 1}).fit(replace(training, histories=parts.train.slice(0, 50)))
    watch = Watch(task["seconds"], task["clock"])
    try:
        recommender.fit(replace(training, validate=lambda score: watch.ask(lambda: ndcg(score))))
    except LimitError:
        click.echo(f"{way}: stopped after {task['seconds']} seconds", err=True)
    return watch.facts()


def write_sessions(task: dict[str, Any], place: Path) -> None:
    """For RecTools, which trains on the end of a session alone: histories cut into sessions that cover every step."""
    parts, _ = read(task)
    train, length, cases = parts.train, task["max_history"], parts.validation
    place_in = np.arange(len(train.items)) - np.repeat(train.offsets[:-1], train.lengths)
    first = (place_in > 0) & (place_in % length == 0)  # ends one session and begins the next
    number = train.rows * (int(train.lengths.max()) // length + 1) + place_in // length
    columns = [np.concatenate([one, more[first]]) for one, more in ((number, number - 1), (train.items, train.items))]
    order = np.concatenate([place_in, place_in[first]])
    padded = cases.histories.recent(length)
    left = np.take_along_axis(padded, np.argsort(padded >= 0, axis=1, kind="stable"), axis=1)  # padding comes first
    masked = np.stack([cases.histories.rows, cases.histories.items])[:, : None if task["mask"] else 0]
    sessions: dict[str, Any] = dict(zip(["user_id", "item_id", "datetime"], [*columns, order], strict=True))
    np.savez(place / "sessions.npz", **sessions)
    np.savez(place / "cases.npz", histories=left, target=cases.judgments.items, masked=masked)
    facts = task | SHAPE | {"n_items": train.n_items, "learning_rate": task["rate"]}
    (place / "task.json").write_text(json.dumps(facts))


def in_a_process(place: str, *command: str) -> Any:
    """Run a program, and read what it prints last; a training that was cut off must not be gone on with."""
    environment = os.environ | {"ITEMVEC_CACHE": place}
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment)
    return json.loads(done.stdout.splitlines()[-1])


@click.command()
@click.option("--tables", default="artifacts/tables", show_default=True)
@click.option("--vectors", default="artifacts/embeddings.digest", show_default=True)
@click.option("--split", default="leave-one-out", show_default=True)
@click.option("--mask/--no-mask", default=True, show_default=True, help="Keep the history out of the ranking.")
@click.option("--max-history", default=50, show_default=True)
@click.option("--epochs", default=200, show_default=True, help="At most, of RecBole and RecTools.")
@click.option("--ours", default=8, show_default=True, help="Epochs of itemvec, whose learning rate falls to zero.")
@click.option("--rate", default=0.001, show_default=True, help="Learning rate of RecTools.")
@click.option("--patience", default=3, show_default=True)
@click.option("--seconds", default=300.0, show_default=True, help="Of training, at most, of each way.")
@click.option(
    "--clock", type=click.Choice(list(CLOCKS)), default="wall", show_default=True, help="cpu on a busy machine."
)
@click.option("--seed", default=42, show_default=True)
@click.option("--rectools", help="Python of the environment that RecTools is in; without it, RecTools is left out.")
@click.option("--way", "ways", multiple=True, type=click.Choice(WAYS), help="May be repeated; by default all.")
@click.option("--child", hidden=True)
def main(rectools: str | None, ways: tuple[str, ...], child: str | None, **task: Any) -> None:
    """Compare ways to train SASRec, by the time they take to reach the same validation nDCG@10."""
    if child is not None:
        way, place = child.split("|")
        click.echo(f"\n{json.dumps(run(way, json.loads((Path(place) / 'task.json').read_text())))}")
        return
    runs = {}
    with TemporaryDirectory() as place:
        write_sessions(task, Path(place))
        for way in ways or WAYS:
            if not way.startswith("rectools"):
                runs[way] = in_a_process(place, sys.executable, __file__, "--child", f"{way}|{place}")
            elif rectools:
                runs[way] = in_a_process(place, rectools, str(FOLDER / "rectools_sasrec.py"), place)
    show(runs, ways[0] if ways else WAYS[0])


def show(runs: dict[str, Any], reference: str) -> None:
    """One line a way; the goal is the best that the reference reached."""
    goal = max(found for _, _, found in runs[reference]["epochs"])
    needed = {
        way: next((seconds for seconds, _, found in one["epochs"] if found >= goal), None) for way, one in runs.items()
    }
    table = []
    for way, one in runs.items():
        seconds, evaluation, found = (np.array(column) for column in zip(*one["epochs"], strict=True))
        reached = needed[way]
        table.append(
            {
                "way": way,
                "epochs": len(found),
                "s/epoch": f"{np.median(np.diff(seconds, prepend=0.0)):.2f}",
                "s/evaluation": f"{np.median(evaluation):.2f}",
                "best nDCG@10": f"{found.max():.4f}",
                "after s": f"{seconds[found.argmax()]:.1f}",
                f"s to {goal:.4f}": "-" if reached is None else f"{reached:.1f}",
                "sooner": "-" if reached is None else f"{(needed[reference] or 0) / reached:.1f} x",
                "peak GiB": f"{one['peak'] / 2**30:.2f}",
            }
        )
    click.echo(f"validation nDCG@10; the goal is the best of {reference}")
    click.echo(tabulate(table, headers="keys", disable_numparse=True, stralign="right"))


if __name__ == "__main__":
    main()
