"""The command ``itemvec init``: raw files become the data set of a project, and an empty folder a project."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from itemvec.stages.stage import EXISTING

C = TypeVar("C", bound=Callable[..., Any])
FILES = {
    "items": "Items: an id and texts in each row. Or one file with query, item and relevance in each row.",
    "interactions": "Who used which item, and when.",
    "queries": "Queries, where the judgments name them by an id.",
    "judgments": "How relevant an item is to a query.",
    "clicks": "Beside judgments: a log of impressions, to train on. Else judgments: a query and a clicked item.",
}


def _files(command: C) -> C:
    for name in reversed(FILES):
        command = click.option(f"--{name}", type=EXISTING, metavar="FILE", help=FILES[name])(command)
    return command


def _form(command: C) -> C:
    """Options of the row of the data set."""
    options = [
        click.option("--columns", multiple=True, metavar="ROLE=NAME,...", help="As item_id=sku,text=title+brand."),
        click.option("--gain", metavar="GRADE", help="Least grade that is relevant, or Exact=1,Partial=0.5."),
        click.option("--encoding", metavar="NAME", help="Of text files, as cp1252; by default what the file shows."),
        click.option("--separator", metavar="LETTER", help="Between fields, or tab; by default what the header shows."),
        click.option("--quotes", type=click.Choice(["doubled", "backslash", "none"]), help="A quote within a value."),
        click.option("--timestamp-unit", type=click.Choice(["s", "ms", "us", "ns"]), help="Of times that are numbers."),
        click.option("--markup", type=click.Choice(["keep", "remove"]), help="Tags of HTML in texts."),
        click.option("--on-error", type=click.Choice(["refuse", "drop"]), help="Rows that cannot be used."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@click.argument("name", required=False)
@_files
@_form
@click.option("--yes", "-y", is_flag=True, help="Write without asking.")
@click.option("--force", is_flag=True, help="Replace a data set of that name.")
@click.option("--dry-run", is_flag=True, help="Show what was understood, and write nothing.")
@click.option("--upgrade", is_flag=True, help="Bring a project to the itemvec that is installed.")
def init(name: str | None, yes: bool, force: bool, dry_run: bool, upgrade: bool, **options: Any) -> None:
    """Make a data set of raw files, or a project of an empty folder.

    In a project, NAME is the data set: the files are copied to data/NAME, and params.yaml selects it. Files are CSV,
    TSV, JSON lines, Parquet or Excel, packed by gzip or zstd or not. Columns, encoding and separator are guessed; the
    guess is shown, and a question asked only in a terminal.

    Where there is no project yet, dvc.yaml, params.yaml and the rest that a run needs are written first: to the current
    folder, or to NAME if it is a path, as ./shop.

    \b
    Example: itemvec init mine --items products.csv --judgments labels.csv
             itemvec init mine --items products.csv --columns item_id=sku,text=title+brand --dry-run
    """
    from itemvec.commands.setup.session import Session

    Session(name, yes, force, dry_run).run(options, upgrade)
