"""Texts per second of three ways to encode: the loop of the paper, sentence-transformers as its users tune it, itemvec.

Each way runs in a process of its own, in turn, so that peak memory is its own and a busy machine is busy for all.

    python benchmarks/embed.py --lengths skewed
    python benchmarks/embed.py --lengths as-is --corpus corpus.jsonl --way itemvec:int8:openvino
    python benchmarks/embed.py --size 7B --way sentence-transformers:bfloat16 --way itemvec:bfloat16
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import numpy as np
from tabulate import tabulate
from ways import load, watch
from workload import MINILM, SIZES, make_random, workload, write_texts

WAYS = [
    "paper:float32",
    "sentence-transformers:float32",
    "itemvec:float32",
    "itemvec:float32:openvino",
    "sentence-transformers:bfloat16",
    "itemvec:bfloat16",
    "itemvec:bfloat16:openvino",
    "itemvec:int8:openvino",
]


def measure(way: str, dtype: str, backend: str, task: dict[str, Any], out: Path) -> dict[str, float]:
    """Seconds of one way, and the most memory it held; its vectors go to ``out``."""
    import torch

    run, model = load(way, task["checkpoint"], task["dim"], dtype, backend)
    passed: list[int] = []
    watch(model, passed)
    run(model, task["texts"][:64])
    passed.clear()
    started = time.perf_counter()
    vectors = run(model, task["texts"])
    seconds = time.perf_counter() - started
    np.save(out, np.asarray(vectors, dtype=np.float32))
    peak = torch.cuda.max_memory_allocated() if torch.cuda.is_available() else 0
    peak = peak or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"seconds": seconds, "peak": peak, "tokens": sum(passed)}


def in_a_process(*arguments: str) -> Any:
    """Run this file on its own, and read what it prints last."""
    done = subprocess.run([sys.executable, __file__, *arguments], stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


@click.command()
@click.option("--lengths", "distribution", type=click.Choice(["short", "long", "skewed", "as-is"]), default="skewed")
@click.option("--corpus", type=click.Path(exists=True, path_type=Path), help="corpus.jsonl whose words are used.")
@click.option("--texts", "n", default=1000, show_default=True)
@click.option("--size", type=click.Choice(list(SIZES)), help="Random weights of this size instead of MiniLM.")
@click.option("--way", "ways", multiple=True, help="WAY:DTYPE[:BACKEND], may be repeated; by default all.")
@click.option("--rounds", default=3, show_default=True)
@click.option("--child", hidden=True)
def main(
    distribution: str,
    corpus: Path | None,
    n: int,
    size: str | None,
    ways: tuple[str, ...],
    rounds: int,
    child: str | None,
) -> None:
    """Compare ways to encode on the same texts with the same model; best of some rounds, taken in turn."""
    if child is not None:
        way, place = child.split("|")
        task = json.loads((Path(place) / "task.json").read_text())
        name, dtype, backend = (*way.split(":"), "torch")[:3] if way != "workload" else (way, "", "")
        if way == "workload":
            found = workload(load("itemvec", task["checkpoint"], task["dim"], "float32", "torch")[1], task["texts"])
        else:
            found = measure(name, dtype, backend, task, Path(place) / f"{way}.npy")
        click.echo(json.dumps(found))
        return
    with TemporaryDirectory() as place:
        task = {"texts": write_texts(distribution, n, corpus), "checkpoint": MINILM, "dim": 384}
        if size is not None:
            make_random(size, Path(place))
            task |= {"checkpoint": f"{place}/model", "dim": SIZES[size][0]}
        (Path(place) / "task.json").write_text(json.dumps(task))
        facts = in_a_process("--child", f"workload|{place}")
        chosen = list(ways) or WAYS
        runs = [[in_a_process("--child", f"{way}|{place}") for way in chosen] for _ in range(rounds)]
        best = {
            way: min((one[column] for one in runs), key=lambda run: run["seconds"]) for column, way in enumerate(chosen)
        }
        vectors = {way: np.load(Path(place) / f"{way}.npy") for way in chosen}
    show(best, vectors, facts, task["texts"])


def show(best: dict[str, Any], vectors: dict[str, Any], facts: dict[str, Any], texts: list[str]) -> None:
    """One line a way, each against sentence-transformers in float32 where that was run."""
    lengths = np.array(facts["lengths"])
    reference = next((way for way in best if way.startswith("sentence-transformers")), next(iter(best)))
    table = []
    for way, run in best.items():
        dtype = way.split(":")[1]
        rate = facts["rates"].get("bfloat16" if dtype != "float32" else "float32")
        cosine = (vectors[way] * vectors[reference]).sum(axis=1).min()
        table.append(
            {
                "way": way,
                "texts/s": f"{len(texts) / run['seconds']:,.1f}",
                "ratio": f"{best[reference]['seconds'] / run['seconds']:.2f}",
                "tokens/s": f"{lengths.sum() / run['seconds']:,.0f}",
                "padding": f"{1 - lengths.sum() / run['tokens']:.1%}",
                "peak GiB": f"{run['peak'] / 2**30:.2f}",
                "of matmul": f"{facts['operations'] / run['seconds'] / rate:.0%}",
                "least cosine": f"{cosine:.6f}",
                "largest difference": f"{np.abs(vectors[way] - vectors[reference]).max():.1e}",
            }
        )
    click.echo(f"{len(texts)} texts, {lengths.mean():.0f} tokens on average, ratio to {reference}")
    click.echo(f"matmul: {', '.join(f'{name} {rate / 1e9:,.0f} GFLOP/s' for name, rate in facts['rates'].items())}")
    click.echo(tabulate(table, headers="keys", disable_numparse=True, stralign="right"))


if __name__ == "__main__":
    main()
