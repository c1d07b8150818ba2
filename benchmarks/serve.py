"""Load on `itemvec serve` over loopback: seconds by concurrency, or minutes of it with swaps and killed workers.

Every answer is compared with what sentence-transformers and LanceDB alone give for one of the two exports.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, cast

import click
import numpy as np
from http_load import Expected, Load, killed, memory, swap_folder, swap_link, workers_of
from tabulate import tabulate

K = 10
REFERENCE = """
import json, sys
import lancedb
from sentence_transformers import SentenceTransformer
folder, queries = sys.argv[1], json.loads(sys.stdin.read())
model = SentenceTransformer(folder + "/model")
table = lancedb.connect(folder + "/lancedb").open_table("items")
found = []
for query, vector in zip(queries, model.encode_query(queries)):
    hits = table.search(vector).distance_type("cosine").limit(40).to_list()
    found.append({one["item_id"]: 1 - one["_distance"] for one in hits})
assert not any(name.split(".")[0] == "itemvec" for name in sys.modules)
print(json.dumps(found))
"""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("export_a", type=click.Path(exists=True, path_type=Path))
@click.argument("export_b", type=click.Path(exists=True, path_type=Path))
@click.option("--queries", "file", type=click.Path(exists=True, path_type=Path), required=True, help="One a line.")
@click.option("--concurrency", default="1,4,16", show_default=True, help="Clients that ask at the same time.")
@click.option("--seconds", default=20.0, show_default=True, help="Of each concurrency.")
@click.option("--workers", default=2, show_default=True)
@click.option("--swaps", default=0, show_default=True, help="Of both systems, spread over the time.")
@click.option("--kills", default=0, show_default=True, help="Of a worker, spread over the time.")
@click.option("--bound", default=0.5, show_default=True, help="Most seconds of the 95th percentile.")
@click.option("--growth", default=0.2, show_default=True, help="Most growth of the workers' memory.")
def main(
    export_a: Path,
    export_b: Path,
    file: Path,
    concurrency: str,
    seconds: float,
    workers: int,
    swaps: int,
    kills: int,
    bound: float,
    growth: float,
) -> None:
    """Serve EXPORT_A by a link and as a folder, ask both, and swap them for EXPORT_B and back.

    \b
    Example: python benchmarks/serve.py deploy-full deploy-pca64 --queries queries.txt
             python benchmarks/serve.py deploy-full deploy-pca64 --queries queries.txt --concurrency 4 --seconds 600 \\
             --swaps 8 --kills 4
    """
    queries = file.read_text(encoding="utf-8").splitlines()
    exports = [export_a.absolute(), export_b.absolute()]
    expected = Expected(queries, [reference(folder, queries) for folder in exports], K)
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        (root / "link").symlink_to(exports[0])
        shutil.copytree(exports[0], root / "folder")
        command = [sys.executable, "-m", "itemvec", "serve", str(root / "link"), str(root / "folder")]
        with subprocess.Popen(
            [*command, "--port", "0", f"--workers={workers}"], stdout=subprocess.PIPE, text=True
        ) as run:
            try:
                address = cast("IO[str]", run.stdout).readline().split()[0]
                loads = [
                    asyncio.run(measure(address, run.pid, root, exports, expected, clients, seconds, swaps, kills))
                    for clients in map(int, concurrency.split(","))
                ]
            finally:
                began = time.monotonic()
                run.terminate()
                try:
                    last = run.communicate(timeout=60)[0]
                except subprocess.TimeoutExpired:
                    last = "did not stop by SIGTERM"
                    run.kill()
    report(loads, bound, growth)
    click.echo(f"The service: {last.strip()}, exit code {run.returncode}, in {time.monotonic() - began:.1f} s.")
    sys.exit(run.returncode != 0 or any(not load.within(bound, growth) for load in loads))


def reference(folder: Path, queries: list[str]) -> list[dict[str, float]]:
    """Score of the best items of each query, by a process without itemvec."""
    call = [sys.executable, "-c", REFERENCE, str(folder)]
    done = subprocess.run(call, input=json.dumps(queries), check=True, capture_output=True, text=True)
    found: list[dict[str, float]] = json.loads(done.stdout)
    return found


async def measure(
    address: str,
    supervisor: int,
    root: Path,
    exports: list[Path],
    expected: Expected,
    clients: int,
    seconds: float,
    swaps: int,
    kills: int,
) -> Load:
    """Ask for some seconds, and swap and kill at even distances meanwhile."""
    load = Load(address, expected, clients)
    events = [(seconds * (number + 1) / (swaps + 1), "swap") for number in range(swaps)]
    events += [(seconds * (number + 0.5) / max(kills, 1), "kill") for number in range(kills)]
    asking = asyncio.create_task(load.run(seconds))
    began, number = time.monotonic(), 0
    await asyncio.sleep(min(seconds * 0.05, 30))
    load.memory.append(memory(workers_of(supervisor)))
    for moment, event in sorted(events):
        await asyncio.sleep(max(0.0, began + moment - time.monotonic()))
        if event == "kill":
            load.kills.append(time.monotonic())
            killed(workers_of(supervisor)[0])
        else:
            number += 1
            swap_link(root / "link", exports[number % 2])
            await asyncio.to_thread(swap_folder, root / "folder", exports[number % 2])
            load.swaps += 1
    await asking
    load.memory.append(memory(workers_of(supervisor)))
    return load


def report(loads: list[Load], bound: float, growth: float) -> None:
    """Print a line for each concurrency."""
    rows = []
    for load in loads:
        low, high = np.percentile(load.seconds, [50, 95]) * 1000 if load.seconds else (np.nan, np.nan)
        rate = len(load.seconds) / load.lasted
        bad = [load.wrong, load.near_ties, load.statuses, load.broken_by_kill, load.broken]
        rows.append([load.clients, len(load.seconds), f"{rate:.0f}", f"{low:.1f}", f"{high:.1f}", *bad])
        before, after = load.memory
        click.echo(
            f"{load.clients} clients, {load.lasted:.0f} s, {load.swaps} swaps, {len(load.kills)} kills: "
            f"{'within' if load.within(bound, growth) else 'NOT within'} bounds; versions {sorted(load.versions)}; "
            f"memory {before / 2**20:.0f} -> {after / 2**20:.0f} MiB"
        )
    heads = ["clients", "answers", "per s", "p50 ms", "p95 ms", "wrong", "near ties", "status", "by kill", "broken"]
    click.echo(tabulate(rows, headers=heads, disable_numparse=True))


if __name__ == "__main__":
    main()
