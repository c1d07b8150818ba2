"""The command ``itemvec diff``: what changed between two states of the repository."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

WORKSPACE = "workspace"


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
    from itemvec.decision.diff import check_comparable
    from itemvec.decision.diff import diff as compare
    from itemvec.decision.diff_text import as_data, as_markdown, as_text
    from itemvec.decision.revisions import Revision, revision, workspace

    def opened(name: str) -> Revision:
        return workspace(Path()) if name == WORKSPACE else revision(Path(), name)

    ours, theirs = opened(left), opened(right)
    check_comparable(ours, theirs)
    found = compare(ours, theirs, int(theirs.decision["seed"]))
    if form == "json":
        click.echo(json.dumps(as_data(found), indent=2, allow_nan=False))
    else:
        click.echo(as_markdown(found, link) if form == "markdown" else as_text(found, everything))
    if fail_on == "worse" and found.lost:
        sys.exit(1)
