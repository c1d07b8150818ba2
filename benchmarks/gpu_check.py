"""Whether a GPU gives the results of a processor, and how fast it is, in one call of eight minutes.

Parts run one after the other, each in a process of its own with a budget of seconds: one that fails, or takes longer,
costs no other its turn, and is named. What was found so far is in the file of results after every part.

    make gpu-check
    python benchmarks/gpu_check.py --miniature                      # on a processor, in seconds, the same code
    python benchmarks/gpu_check.py --part "embed 7B" --part search
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import gpu_checks
import gpu_speed
from tabulate import tabulate

from itemvec.core.machine import torch_device

SECONDS = 480.0  # for all parts
SLOWER = 6  # a processor may take so many times as long for its miniature: others use it too
LEAST = 10.0  # seconds that must be left for a part to begin
STARTED = ("torch", "transformers", "sentence_transformers")  # imported once, for all processes
DONE, FAILED, CUT, LEFT = "done", "FAILED", "CUT OFF", "LEFT OUT"
Part = Callable[[bool], dict[str, str]]  # from whether it runs in miniature


@dataclass(frozen=True)
class Budgeted:
    """A part, the seconds that it may take, and whether it belongs to the miniature and to the whole."""

    run: Part
    seconds: float
    mini: bool = True
    whole: bool = True


def _on_the_device(check: Callable[[str, bool], dict[str, str]]) -> Part:
    return lambda small: check(torch_device(), small)


PARTS: dict[str, Budgeted] = {
    **{
        name: Budgeted(_on_the_device(check), seconds)
        for (name, check), seconds in zip(gpu_checks.CHECKS.items(), (40, 20, 5, 15, 20, 5), strict=True)
    },
    "embed tiny": Budgeted(partial(gpu_speed.embed, "tiny"), 60, whole=False),
    "embed 0.5B": Budgeted(partial(gpu_speed.embed, "0.5B"), 45, mini=False),
    "embed 1.5B": Budgeted(partial(gpu_speed.embed, "1.5B"), 45, mini=False),
    "search": Budgeted(gpu_speed.search, 80),
    "sasrec": Budgeted(gpu_speed.sasrec, 60),
    "embed 7B": Budgeted(partial(gpu_speed.embed, "7B"), 130, mini=False),
}


@dataclass
class Outcome:
    """What became of a part."""

    part: str
    state: str
    seconds: float
    budget: float
    said: str = ""
    found: dict[str, str] = field(default_factory=dict)


def child(name: str, device: str, small: bool, place: str) -> None:
    """Run one part, and leave what it found, or why it failed, in a file."""
    os.environ["ITEMVEC_DEVICE"] = device
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    os.environ["ITEMVEC_CACHE"] = str(Path(place).parent / "cache")  # a training that was cut off is not gone on with
    try:
        found: dict[str, Any] = {"found": PARTS[name].run(small)}
    except Exception as error:  # of whatever kind: it is told, and the next part has its turn
        found = {"error": f"{type(error).__name__}: {error}"}
    Path(place).write_text(json.dumps(found))


def run(name: str, device: str, small: bool, most: float) -> Outcome:
    """Run one part in a process of its own, for at most so many seconds; its own prints are kept from the table."""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([*STARTED, "gpu_check"])
    started = time.monotonic()
    with TemporaryDirectory() as folder:
        place = Path(folder) / "found.json"
        process = processes.Process(target=child, args=(name, device, small, str(place)))
        process.start()
        process.join(most)
        cut = process.is_alive()
        if cut:
            process.kill()
            process.join()
        seconds = round(time.monotonic() - started, 1)
        if cut:
            return Outcome(name, CUT, seconds, most, f"it did not end within {most:g} s")
        if not place.exists():
            return Outcome(name, FAILED, seconds, most, f"its process ended with {process.exitcode}")
        found = json.loads(place.read_text())
    if "error" in found:
        return Outcome(name, FAILED, seconds, most, found["error"])
    return Outcome(name, DONE, seconds, most, found=found["found"])


@click.command()
@click.option("--miniature", is_flag=True, help="Small inputs and models: shows that everything runs, on a processor.")
@click.option("--device", help="By default ITEMVEC_DEVICE, else the first GPU, else the processor.")
@click.option("--out", type=click.Path(path_type=Path), default="gpu-check.json", show_default=True)
@click.option("--seconds", default=SECONDS, show_default=True, help="For all parts.")
@click.option("--part", "parts", multiple=True, type=click.Choice(list(PARTS)), help="May be repeated; by default all.")
def main(miniature: bool, device: str | None, out: Path, seconds: float, parts: tuple[str, ...]) -> None:
    """Check and measure a GPU; write a file of results, and print a table."""
    began, outcomes = time.monotonic(), list[Outcome]()
    place, name = _device(device)
    chosen = parts or [one for one, part in PARTS.items() if (part.mini if miniature else part.whole)]
    if place == "cpu" and not miniature:
        raise click.UsageError("there is no GPU here; --miniature runs the same code on a processor")
    for one in chosen:
        left = seconds - (time.monotonic() - began)
        budget = round(min(PARTS[one].seconds * (SLOWER if miniature else 1), left), 1)
        if left < LEAST:
            outcomes.append(Outcome(one, LEFT, 0.0, budget, f"{max(left, 0):.0f} s were left of {seconds:.0f}"))
        else:
            outcomes.append(run(one, place, miniature, budget))
        said = {"device": name, "miniature": miniature, "seconds": round(time.monotonic() - began, 1)}
        out.write_text(json.dumps(said | {"parts": [asdict(outcome) for outcome in outcomes]}, indent=1) + "\n")
        click.echo(f"{one}: {outcomes[-1].state}, {outcomes[-1].seconds:.1f} s", err=True)
    show(outcomes, name)
    sys.exit(any(outcome.state != DONE for outcome in outcomes))


def _device(wanted: str | None) -> tuple[str, str]:
    """The device, and its name; asked in a process of its own, since a process that has used a GPU must not fork."""
    if wanted is not None:
        os.environ["ITEMVEC_DEVICE"] = wanted
    processes = multiprocessing.get_context("spawn")
    with processes.Pool(1) as pool:
        return pool.apply(named)


def named() -> tuple[str, str]:
    """The device of this machine, and its name."""
    import torch

    device = torch_device()
    return device, torch.cuda.get_device_name(device) if torch.device(device).type == "cuda" else device


def show(outcomes: list[Outcome], device: str) -> None:
    """The answer first; then a line for each part."""
    bad = [f"{one.part} ({one.state.lower()}: {one.said})" for one in outcomes if one.state != DONE]
    click.echo(f"{device}: {len(outcomes) - len(bad)} of {len(outcomes)} parts done{'' if not bad else '; not done:'}")
    click.echo("\n".join(f"  {one}" for one in bad) + "\n" * bool(bad), nl=False)
    rows = []
    for one in outcomes:
        found = "; ".join(f"{name}: {value}" for name, value in one.found.items())
        rows.append([one.part, one.state, f"{one.seconds:.1f} of {one.budget:.0f}", found])
    click.echo(tabulate(rows, ["part", "state", "seconds", "found"], maxcolwidths=[None, None, None, 80]))


if __name__ == "__main__":
    main()
