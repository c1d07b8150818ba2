"""The command ``itemvec diff``: what changed between two states of the repository."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from itemvec.decision.revisions import Revision

WORKSPACE = "workspace"


def opened(name: str, called: str = "") -> Revision:
    """What the workspace, a revision or an experiment measured; it may be called otherwise."""
    from itemvec.decision.revisions import revision, workspace

    return workspace(Path()) if name == WORKSPACE else revision(Path(), name, called)


@click.command()
@click.argument("left", default="HEAD")
@click.argument("right", default=WORKSPACE)
@click.option("--markdown", "form", flag_value="markdown", help="Print a comment for a pull request.")
@click.option("--json", "form", flag_value="json", help="Print data for programs.")
@click.option("--all", "everything", is_flag=True, help="List every cell, those without a difference too.")
@click.option("--fail-on", type=click.Choice(["worse"]), help="Exit 1 on a shown loss of more than the tolerance.")
@click.option("--link", default="", help="Address of the whole report, for --markdown.")
def diff(left: str, right: str, form: str | None, everything: bool, fail_on: str | None, link: str) -> None:
    """Compare what two states measured, query by query: better, worse, equal, or no significant difference.

    LEFT and RIGHT are git revisions, DVC experiments, or `workspace`. Measures are read through DVC: from the local
    cache, then from the remote.

    \b
    Example: itemvec diff
             itemvec diff main lsa-try --markdown
             itemvec diff main --fail-on worse
    """
    from itemvec.decision.diff import diff as compare
    from itemvec.decision.diff_markdown import as_markdown
    from itemvec.decision.diff_text import as_text, conclusion

    ours, theirs = opened(left), opened(right)
    found = compare(ours, theirs, int(theirs.decision["seed"]))
    if form == "json":
        click.echo(json.dumps({"conclusion": conclusion(found)} | found.as_data(), indent=2, allow_nan=False))
    else:
        click.echo(as_markdown(found, link) if form == "markdown" else as_text(found, everything))
    if fail_on == "worse" and found.lost:
        sys.exit(1)
