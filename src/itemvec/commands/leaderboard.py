"""The commands ``itemvec sweep`` and ``itemvec leaderboard``: try several models, and say which one to use."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from itemvec.commands.diff import opened

SAVED = Path("report/models.json")  # which the stage report reads


@click.command()
@click.argument("states", nargs=-1)
@click.option("--cell", "cells", multiple=True, help="Compare by this cell of a task, as search/hybrid/full.")
@click.option("--markdown", "form", flag_value="markdown", help="Print tables for a pull request.")
@click.option("--json", "form", flag_value="json", help="Print data for programs.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write a page with sortable tables.")
@click.option("--save", is_flag=True, help="Keep it for the section of the report, which `dvc repro report` writes.")
def leaderboard(
    states: tuple[str, ...], cells: tuple[str, ...], form: str | None, html: Path | None, save: bool
) -> None:
    """Hold the models that were tried against each other, and say which one to use.

    STATES are git revisions, DVC experiments, or `workspace`; by default the workspace, all experiments and all
    branches. Each model counts once, in the first state that has it. The first state says which data count. Models are
    compared query by query in one cell: by default the first retriever and the first recommender on the first variant.

    \b
    Example: itemvec leaderboard
             itemvec leaderboard main lsa-try --cell search/hybrid/full --markdown
    """
    from itemvec.core.errors import TableError
    from itemvec.decision.leaderboard import leaderboard as compare
    from itemvec.decision.leaderboard_text import as_data, as_text, sentences
    from itemvec.decision.revisions import all_states

    found, missing = [], []
    for name, called in [(one, "") for one in states] if states else all_states(Path()):
        try:
            found.append(opened(name, called))
        except TableError as error:
            if states:
                raise
            missing.append((called or name, str(error)))
    board = compare(found, cells, _seconds())
    board.left_out.extend(missing)
    if save:
        from itemvec.report.models_tried import save_models

        save_models(board, Path("decision.json"), SAVED)
    if html is not None:
        from itemvec.report.leaderboard_page import write_leaderboard

        write_leaderboard(board, html)
        click.echo("\n".join(sentences(board)) + f"\n\nThe page is written: {html}")
    elif form == "json":
        click.echo(json.dumps(as_data(board), indent=2, allow_nan=False))
    else:
        click.echo(as_text(board, form == "markdown"))


def _seconds() -> Callable[[dict[str, Any]], float | None]:
    """From what a decision says of its encoder to the seconds that this machine took for its texts."""
    from itemvec.core.machine import cache_folder
    from itemvec.store.encoding_times import seconds_a_text, seconds_of

    times = seconds_a_text(cache_folder())
    roles = {"items": "item", "queries": "query"}

    def found(facts: dict[str, Any]) -> float | None:
        rows = {roles[name]: n for name, n in facts.get("rows", {}).items() if n}
        return seconds_of(times, facts.get("id", ""), rows)

    return found


@click.command()
@click.argument("choices", nargs=-1, required=True, metavar="KEY=VALUE,VALUE [KEY=VALUE ...]")
@click.option("--run", is_flag=True, help="Run what is queued, one experiment after the other.")
def sweep(choices: tuple[str, ...], run: bool) -> None:
    """Queue an experiment for every combination of values of keys of params.yaml, such as models.

    A value with commas of its own stands in brackets.

    \b
    Example: itemvec sweep model=minilm,bge-small-en-v1-5,lsa
             itemvec sweep model=minilm,lsa 'variants=[full],[full,pca64]' --run
    """
    from itemvec.core.params import Params

    params = Params.load(Path("params.yaml"))
    keys = [_values(one) for one in choices]
    _check(params, dict(keys))
    combined = [
        dict(zip((key for key, _ in keys), some, strict=True)) for some in itertools.product(*(v for _, v in keys))
    ]
    for one in combined:
        _dvc(
            "exp",
            "run",
            "--quiet",
            "--queue",
            *itertools.chain.from_iterable(("-S", f"{k}={v}") for k, v in one.items()),
        )
    names = "; ".join(", ".join(f"{key}={value}" for key, value in one.items()) for one in combined)
    click.echo(f"{len(combined)} experiments are queued: {names}")
    if not run:
        click.echo("Run them with `dvc exp run --run-all`, then `itemvec leaderboard` says which to use.")
        return
    _dvc("exp", "run", "--run-all")
    click.echo("`itemvec leaderboard` says which to use.")


def _values(choice: str) -> tuple[str, list[str]]:
    """A key and its values; commas between brackets do not part them."""
    key, sign, given = choice.partition("=")
    if not sign or not key or not given:
        raise click.BadParameter(f"{choice!r}: write KEY=VALUE,VALUE, as model=minilm,lsa", param_hint="CHOICES")
    values, depth = [""], 0
    for letter in given:
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(letter, 0)
        if letter == "," and not depth:
            values.append("")
        else:
            values[-1] += letter
    return key, values


def _check(params: object, choices: dict[str, list[str]]) -> None:
    """Refuse names of rows that are nowhere, before anything is queued."""
    from itemvec.core.errors import ParamsError
    from itemvec.core.params import SELECTORS
    from itemvec.core.registry import suggest

    for key, values in choices.items():
        if key.split(".")[0] not in vars(params):
            raise ParamsError(f"params.yaml has no key {key!r}{suggest(key, vars(params))}")
        rows: dict[str, object] = getattr(params, SELECTORS[key]) if key in SELECTORS else {}
        for name in itertools.chain.from_iterable(one.strip("[] ").split(",") for one in values) if rows else ():
            if name.strip() and name.strip() not in rows:
                raise ParamsError(f"{SELECTORS[key]} has no row {name.strip()!r}{suggest(name.strip(), rows)}")


def _dvc(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "-m", "dvc", *arguments], check=False)  # noqa: S603
    if done.returncode:
        raise click.ClickException(f"`dvc {' '.join(arguments)}` did not succeed; what is queued: dvc queue status")
