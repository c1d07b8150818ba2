"""What only the user knows: asked in a terminal, else a line that names the option that says it."""

from __future__ import annotations

import sys
from typing import Any

import click

from itemvec.commands.setup.grades import parsed
from itemvec.commands.setup.raw_files import what
from itemvec.commands.setup.sheet import Column, Sheet
from itemvec.core.columns import GAIN
from itemvec.core.errors import DatasetError, ParamsError
from itemvec.core.shown import printable, shown


def is_asking() -> bool:
    """Whether somebody can answer."""
    return sys.stdin.isatty()


def ask_column(sheet: Sheet, table: str, role: str) -> list[str]:
    """The columns of a role.

    Raises
    ------
    DatasetError
        Nobody can answer.
    """
    names = ", ".join(shown(name)[1:-1] for name in sheet.names[:12])
    more = f" and {len(sheet.names) - 12} more" if len(sheet.names) > 12 else ""
    if not is_asking():
        raise DatasetError(
            f"{sheet.path}: no column looks like {what(role)} of the {table}; write --columns {table}.{role}=NAME, one "
            f"of {names}{more}{_none(table, role)}"
        )
    several = role == "text"
    click.echo(printable(f"{sheet.path} has the columns {names}{more}."))
    question = f"Which is {what(role)} of the {table}" + (" (several with +)" if several else "")
    question += " (none: every judgment is relevant)" if role == GAIN else ""
    while True:
        answer = click.prompt(question, default="" if role == GAIN else None, show_default=False).strip()
        found = answer.split("+") if several else [answer] if answer else []
        if all(name in sheet.columns for name in found):
            return found
        click.echo(f"There is no column {answer!r}.")


def _none(table: str, role: str) -> str:
    return f", or --columns {table}.{role}= if every judgment is relevant" if role == GAIN else ""


def ask_gains(sheet: Sheet, column: Column) -> Any:
    """The gain of each label.

    Raises
    ------
    DatasetError
        Nobody can answer.
    """
    labels = [one.strip() for one in column.distinct.to_pylist()[:12]]
    example = ",".join(f"{label}={place}" for place, label in enumerate(reversed(labels)))
    if not is_asking():
        raise DatasetError(
            f"{sheet.path}: column {shown(column.name)} holds labels, and nobody says how relevant each is; write "
            f"--gain with a number for each, as --gain {shown(example)}"
        )
    click.echo(printable(f"{sheet.path}: {column.name} holds {', '.join(labels)}; 0 is not relevant."))
    return {label: click.prompt(f"Gain of {label}", type=click.FloatRange(0)) for label in labels}


def gain_of(text: str) -> Any:
    """``--gain`` as the row has it.

    Raises
    ------
    ParamsError
        It is neither a number nor labels with their gains.
    """
    try:
        return parsed(text)
    except ValueError:
        raise ParamsError(f"--gain: {text!r} is no number; write 2, or Exact=1,Partial=0.5,Irrelevant=0") from None
