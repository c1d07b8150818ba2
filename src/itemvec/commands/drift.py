"""The command ``itemvec drift``: whether the data of today is still that of the decision."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click

from itemvec.core.params import Params
from itemvec.stages.stage import EXISTING

LEAST = 0.5


@click.command()
@click.argument("old")
@click.argument("new", default=".")
@click.option("--no-vectors", is_flag=True, help="Compare counts, lengths and languages alone; nothing is encoded.")
@click.option("--least-known", type=click.FloatRange(0, 1), default=LEAST, show_default=True, help="For --fail-on.")
@click.option("--fail-on", type=click.Choice(["drift"]), help="Exit 1 on a shown difference, or if less was known.")
@click.option("--json", "as_json", is_flag=True, help="Print data for programs.")
@click.option("--params", "path", type=EXISTING, default="params.yaml", show_default=True, help="Names the model.")
def drift(
    old: str, new: str, no_vectors: bool, least_known: float, fail_on: str | None, as_json: bool, path: Path
) -> None:
    """Compare the data of a decision with that of today: what is new, and whether it is like what was known.

    OLD and NEW are folders (a project, its artifacts/tables, or raw files of the selected data set) or git revisions
    whose tables DVC keeps. New texts are compared with known ones by length, language and vector, by permutation tests.

    \b
    Example: itemvec drift HEAD
             itemvec drift v2026.03 data/today --fail-on drift
    """
    from itemvec.commands.data_drift.drift import drift as compare
    from itemvec.commands.data_drift.sources import opened
    from itemvec.commands.data_drift.text import as_data, as_text
    from itemvec.commands.data_drift.vectors import encoded

    params, root = Params.load(path), path.parent
    before, after = (opened(name, params, root) for name in (old, new))
    context: Any = nullcontext() if no_vectors else encoded(params, before)
    with context as encode:
        found = compare(before, after, encode, params.seed)
    if as_json:
        click.echo(json.dumps(as_data(found, least_known), indent=2, allow_nan=False))
    else:
        click.echo(as_text(found, least_known))
    if fail_on and found.drifted(least_known):
        sys.exit(1)
