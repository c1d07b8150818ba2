"""What a large catalogue costs: a training step, ranking, and memory, against the naive step.

Every case runs in a process of its own, which prints its peak of memory; data are made.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from dataclasses import replace
from typing import Any

import click
import numpy as np
import pyarrow as pa

from itemvec.protocol.histories import Histories
from itemvec.recommenders import Training
from itemvec.recommenders.sasrec import SasRec
from itemvec.recommenders.semantic_id import SemanticId
from itemvec.stages.recommend import rank

UNIT = 1 << 30 if sys.platform == "darwin" else 1 << 20  # of ru_maxrss in a GiB
LENGTH = 20  # of a history
PEER = "cross-entropy"
CODES, TRIE = "semantic-id", 100_000  # measured up to that many items: it takes a step for each node of a trie


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--items", default=1_000_000, show_default=True, help="Items of the catalogue.")
@click.option("--dim", default=384, show_default=True, help="Width of the item vectors.")
@click.option("--users", default=256, show_default=True, help="Users to rank the catalogue for.")
@click.option("--steps", default=5, show_default=True, help="Training steps to time.")
@click.option("--memory", default=None, type=float, help="GiB of address space a case may take; default all.")
@click.option("--case", default=None, hidden=True)
def main(items: int, dim: int, users: int, steps: int, memory: float | None, case: str | None) -> None:
    """Time sasrec on ids, on texts and on both, a step with all logits in torch's cross_entropy, and semantic-id.

    \b
    Example: python benchmarks/catalogue.py --memory 12
    """
    if case:
        if memory:
            resource.setrlimit(resource.RLIMIT_AS, (int(memory * (1 << 30)),) * 2)
        measure(case, items, dim, users, steps)
        return
    click.echo(f"{items:,} items x {dim}")
    codes = (CODES,) if items <= TRIE else ()
    for name in ("id", "text", "id+text", f"{PEER} id", f"{PEER} text", *codes):
        options = [f"--items={items}", f"--dim={dim}", f"--users={users}", f"--steps={steps}", f"--case={name}"]
        limit = [f"--memory={memory}"] if memory else []
        ran = subprocess.run([sys.executable, __file__, *options, *limit], capture_output=True, text=True, check=False)
        said = ran.stdout.strip() or f"did not get through: {(ran.stderr.strip().splitlines() or ['killed'])[-1][:90]}"
        click.echo(f"{name:20} {said}")


def measure(case: str, n_items: int, dim: int, users: int, steps: int) -> None:
    """Run one case and print what it took."""
    rng = np.random.default_rng(0)
    side: Any = case.rpartition(" ")[2]
    row: Any = SemanticId(layers=1) if case == CODES else SasRec(item=side)
    histories = made(row.positions * steps // (LENGTH - 1), n_items, rng)
    vectors = None if side == "id" else rng.standard_normal((n_items, dim), dtype=np.float32)
    training = Training(histories, vectors, lambda _: 0.0, 0)
    seconds, score = (naive if case.startswith(PEER) else ours)(row, training)
    started = time.monotonic()
    if score:
        rank(score, made(users, n_items, rng), 100, mask=True)
    ranking = f"{time.monotonic() - started:.1f} s to rank all items for {users} users, " if score else ""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / UNIT
    click.echo(f"{seconds:.2f} s a step, {ranking}{peak:.2f} GiB at most")


def made(n: int, n_items: int, rng: np.random.Generator) -> Histories:
    """Histories of ``LENGTH`` items each, the first of the catalogue the most popular."""
    drawn = (n_items * rng.random(n * LENGTH) ** 3).astype(np.int64)
    return Histories(pa.array(map(str, range(n))), drawn, np.arange(n + 1) * LENGTH, n_items)


def ours(row: Any, training: Training) -> tuple[float, Any]:
    """One epoch of the trainer, as it chooses for a catalogue of this size; seconds a step without the first two."""
    import itemvec.recommenders.training

    module: Any = itemvec.recommenders.training

    ends: list[float] = []
    step = module._step

    def timed(*given: Any) -> Any:
        loss = step(*given)
        ends.append(time.monotonic())
        return loss

    module._step = timed
    score = replace(row, epochs=1).fit(training)
    return float(np.diff(ends[1:]).mean()), score


def naive(row: SasRec, training: Training) -> tuple[float, Any]:
    """The same network and batches, all logits at once, AdamW over the whole table."""
    import torch
    from torch.nn import functional

    from itemvec.recommenders.training_windows import epochs

    torch.manual_seed(0)
    network = row.network(training)
    optimizer = torch.optim.AdamW(network.parameters(), lr=row.learning_rate, fused=True)
    ends: list[float] = []
    batches = next(epochs(training.histories, row.max_history, row.positions, np.random.default_rng(0)))
    for batch in batches:
        asked, wanted = torch.from_numpy(batch.inputs), torch.from_numpy(batch.targets)
        table = network.items()
        states = network.states(asked, table)[wanted >= 0]
        loss = functional.cross_entropy(states @ network.targets(table).T, wanted[wanted >= 0])
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        ends.append(time.monotonic())
    return float(np.diff(ends[1:]).mean()), None


if __name__ == "__main__":
    main()
