"""The command ``itemvec review``: what a pull request says about itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from itemvec.commands.diff import WORKSPACE, opened
from itemvec.core.errors import TableError

if TYPE_CHECKING:
    from itemvec.decision.change import Diff
    from itemvec.decision.revisions import Revision

CAUSES = 20  # named in a comment
STAGES = 6  # named for each cause


@click.command()
@click.argument("base", default="main")
@click.argument("head", default="HEAD")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the comment there, too.")
@click.option(
    "--fail-on",
    type=click.Choice(["worse"]),
    envvar="ITEMVEC_FAIL_ON",
    show_envvar=True,
    help="Exit 1 on a shown loss of more than the tolerance, too.",
)
@click.option("--link", default="", help="Address of the whole report.")
def review(base: str, head: str, out: Path | None, fail_on: str | None, link: str) -> None:
    """Print a comment for a pull request: what HEAD changed since it left BASE. Exit 1 if dvc.lock does not fit.

    HEAD must be what is checked out, or `workspace`. Where values per query are missing, the means are shown without
    tests.

    \b
    Example: itemvec review main
             itemvec review main workspace --fail-on worse
    """
    from itemvec.commands.lock import misfits
    from itemvec.decision.diff_markdown import as_markdown, safe

    checked_out, wanted = _git("rev-parse", "HEAD"), _git("rev-parse", "HEAD" if head == WORKSPACE else f"{head}^0")
    if wanted != checked_out:
        raise TableError(f"{head}: is not what is checked out; run `git switch --detach {head}`")
    wrong = misfits(Path())
    if wrong:
        advice = "run `dvc checkout` and `dvc repro`, and commit what changes"
        click.echo(f"Error: dvc.lock does not fit {', '.join(wrong)}; {advice}", err=True)
    found, missing = _compared(opened(_git("merge-base", base, wanted), called=base), opened(head))
    first = [_lock_section(wrong)] if wrong else []
    if missing:
        click.echo(f"Warning: nothing was tested, so no loss can be shown. {missing}", err=True)
        first.append(f"> [!NOTE]\n> Means alone, nothing is tested. {safe(missing, 300)}")
    text = as_markdown(found, link, "\n\n".join(first))
    click.echo(text, nl=False)
    if out:
        out.write_text(text, encoding="utf-8")
    fatal = found.lost if fail_on == "worse" else []
    if fatal:
        keys = ", ".join(f"{one.key} ({one.place})" for one in fatal)
        click.echo(f"Error: shown to lose more than {found.tolerance:.0%}: {keys}", err=True)
    sys.exit(1 if wrong or fatal else 0)


def _compared(left: Revision, right: Revision) -> tuple[Diff, str]:
    """The differences; without values per query those of the means, and what is missing."""
    from itemvec.decision.diff import diff
    from itemvec.decision.revisions import MissingMeasuresError

    seed = int(right.decision["seed"])
    try:
        return diff(left, right, seed), ""
    except MissingMeasuresError as error:
        return diff(left, right, seed, means=True), error.message


def _lock_section(wrong: dict[str, list[str]]) -> str:
    """What has changed, and which stages must run again for it."""
    from itemvec.decision.diff_markdown import safe

    stages: dict[str, list[str]] = {}
    for name, causes in wrong.items():
        for cause in causes:
            stages.setdefault(cause, []).append(name)
    lines = [
        f"> - {safe(cause)}, in {', '.join(safe(name) for name in names[:STAGES])}"
        + (f" and {len(names) - STAGES} more" if len(names) > STAGES else "")
        for cause, names in list(stages.items())[:CAUSES]
    ]
    lines += [f"> - and {len(stages) - CAUSES} more"] if len(stages) > CAUSES else []
    head = "> [!CAUTION]\n> **dvc.lock does not fit.** The numbers below are of other code, parameters or data."
    return "\n".join([f"{head} Run `dvc repro`, and commit what it writes. Changed:", ">", *lines])


def _git(*arguments: str) -> str:
    """What git answers, in one line."""
    done = subprocess.run(["git", *arguments], check=False, text=True, capture_output=True)  # noqa: S603, S607
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["nothing in common"]
        raise TableError(f"git {' '.join(arguments)}: {said[0]}; fetch both branches with their history")
    return done.stdout.strip()
