"""The command ``itemvec sweep``: queue an experiment for every combination of values of parameters."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

import click


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
    check_rows(params, dict(keys))
    combined = [
        dict(zip((key for key, _ in keys), some, strict=True)) for some in itertools.product(*(v for _, v in keys))
    ]
    for one in combined:
        run_dvc(
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
    run_dvc("exp", "run", "--run-all")
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


def check_rows(params: object, choices: dict[str, list[str]]) -> None:
    """Refuse names of rows that are nowhere, before anything is queued."""
    from itemvec.core.errors import ParamsError
    from itemvec.core.params import SELECTORS, no_row
    from itemvec.core.registry import suggest

    for key, values in choices.items():
        if key.split(".")[0] not in vars(params):
            raise ParamsError(f"params.yaml has no key {key!r}{suggest(key, vars(params))}")
        rows: dict[str, object] = getattr(params, SELECTORS[key]) if key in SELECTORS else {}
        for name in itertools.chain.from_iterable(one.strip("[] ").split(",") for one in values) if rows else ():
            if name.strip() and name.strip() not in rows:
                raise no_row(SELECTORS[key], name.strip(), rows)


def run_dvc(*arguments: str) -> None:
    """Run DVC; raise if it fails."""
    done = subprocess.run([sys.executable, "-m", "dvc", *arguments], check=False)  # noqa: S603
    if done.returncode:
        raise click.ClickException(f"`dvc {' '.join(arguments)}` did not succeed; what is queued: dvc queue status")
