"""The page of the command ``itemvec``, made from the ``--help`` of each of its commands."""

from __future__ import annotations

from collections.abc import Iterator

import click

from docs.generator.table import fenced, page
from itemvec.commands.main import main

WIDTH = 90  # what fits beside the menus of the site
LEAD = """`itemvec` does what `dvc` does not: it brings data, checks parameters, shows results, searches. The pipeline
itself is run by `dvc repro` and `dvc exp run`. This is what `--help` prints."""


def commands() -> str:
    """The whole page."""
    parts = [part for name, command in walk("itemvec", main) for part in (f"## {name}", fenced(help_of(name, command)))]
    return page("Commands", LEAD, *parts)


def walk(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    """A command and those below it, each with its whole name: ``itemvec cache list``."""
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for word in command.list_commands(context):
            below = command.get_command(context, word)
            assert below is not None, word  # noqa: S101
            yield from walk(f"{name} {word}", below)


def help_of(name: str, command: click.Command) -> str:
    """What ``--help`` prints, on a terminal of fixed width."""
    return command.get_help(click.Context(command, info_name=name, terminal_width=WIDTH, **main.context_settings))
