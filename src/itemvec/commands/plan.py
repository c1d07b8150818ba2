"""The command ``itemvec plan``: what it would take to encode the catalogue with some models."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import click

from itemvec.stages.stage import EXISTING

if TYPE_CHECKING:
    from itemvec.commands.encoding_estimate import Estimate
    from itemvec.core.params import Params

HEADER = ["model", "texts", "cached", "tokens", "time here", "memory", "disk", "dollars"]


@click.command()
@click.argument("models", nargs=-1)
@click.option("--params", "path", type=EXISTING, default="params.yaml", show_default=True, help="Names the rows.")
def plan(models: tuple[str, ...], path: Path) -> None:
    """Say what encoding would take, before anything runs: time here, memory, disk, dollars, and what is cached.

    MODELS are rows of models.yaml; by default the selected one. Each is loaded and encodes a sample for a few seconds.
    An API is not called. The texts are those of the last `dvc repro prepare`.

    \b
    Example: itemvec plan minilm lsa bge-small-en-v1-5
    """
    from tabulate import tabulate

    from itemvec.core.errors import TableError
    from itemvec.core.params import Params, no_row

    params = Params.load(path)
    tables = {name: path.parent / "artifacts" / "tables" / f"{name}.parquet" for name in ("items", "queries")}
    for table in tables.values():
        if not table.exists():
            raise TableError(f"{table}: is missing; run `dvc repro prepare` first, which encodes nothing")
    for name in models:
        if name not in params.models:
            raise no_row("models", name, params.models)
    found = [_apart(name, params, tables) for name in models or (params.model,)]
    click.echo(_conclusion(found) + "\n")
    click.echo(tabulate([_row(one) for one in found], HEADER, disable_numparse=True))
    for one in found:
        if one.remark:
            click.echo(f"\n{one.model}: {one.remark}")


def _apart(name: str, params: Params, tables: dict[str, Path]) -> Estimate:
    """In a process of its own, so that the memory is that of this model alone."""
    from itemvec.commands.encoding_estimate import estimate

    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(estimate, name, params.models[name], tables).result()


def _conclusion(found: list[Estimate]) -> str:
    known = [one for one in found if one.seconds is not None]
    dollars = sum(one.dollars or 0.0 for one in found)
    parts = []
    if known:
        names = ", ".join(one.model for one in known)
        memory = max(one.memory for one in known)
        parts.append(f"{names}: about {duration(sum(one.seconds or 0.0 for one in known))} on this machine")
        parts[-1] += f", with {size(memory)} of memory" if memory else ", all texts are cached"
    if dollars:
        parts.append(f"${dollars:,.2f} for APIs")
    unknown = [one.model for one in found if one.seconds is None and one.dollars is None]
    if unknown:
        parts.append(f"not known for {', '.join(unknown)}")
    return "; ".join(parts) + "."


def _row(one: Estimate) -> list[str]:
    time = "-" if one.seconds is None else duration(one.seconds)
    dollars = "-" if one.dollars is None else f"{one.dollars:,.2f}"
    numbers = [f"{one.texts:,}", f"{one.cached:,}", f"{one.tokens:,}" if one.tokens else "-"]
    return [one.model, *numbers, time, size(one.memory) if one.memory else "-", size(one.disk), dollars]


def duration(seconds: float) -> str:
    """In the unit that one would say: seconds, minutes, hours."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


def size(n: int) -> str:
    """Bytes in megabytes or gigabytes."""
    return f"{n / 1e6:,.0f} MB" if n < 1e9 else f"{n / 1e9:,.1f} GB"
