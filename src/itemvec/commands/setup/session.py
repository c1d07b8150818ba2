"""One call of ``itemvec init``, from its options to what is written."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from itemvec.commands.setup.place import check_free, place
from itemvec.commands.setup.questions import ask_column, ask_gains, gain_of, is_asking
from itemvec.commands.setup.raw_files import Given, columns_of, is_unjudged
from itemvec.commands.setup.skeleton import check_empty, is_project, made_project, upgrade_project
from itemvec.commands.setup.summary import summary
from itemvec.commands.setup.trial_reading import read_once
from itemvec.commands.setup.understanding import understand
from itemvec.core.errors import ParamsError
from itemvec.stages.proposal import propose

FILES = ("items", "interactions", "queries", "judgments", "clicks")
MADE = "made a project in {root}: dvc.yaml, params.yaml, models.yaml, pipelines/, expectations/, .github/"

LOST = "data.dvc named other files, which were not here; to keep them in it, fetch them, then run `dvc add data`"


@dataclass(frozen=True)
class Session:
    """What was said on the command line beside the files."""

    name: str | None
    yes: bool
    force: bool
    dry_run: bool

    def run(self, options: Mapping[str, Any], upgrade: bool) -> None:
        """Do all of it.

        Raises
        ------
        ItemvecError
            Something is missing, cannot be read or is there already; then nothing was written.
        """
        root, dataset = self._places()
        if upgrade:
            click.echo(upgrade_project(root))
            return
        is_new = not is_project(root)
        if is_new:
            check_empty(root, self.force)
        if not any(options[name] for name in FILES):
            self._only_project(root, is_new)
            return
        if dataset is None:
            raise ParamsError("init: the data set has no name; write `itemvec init NAME --items FILE`")
        given = _given(options)
        check_free(root, dataset, self.force)
        found = understand(given, ask_column, ask_gains)
        outcome = read_once(dataset, found, strict=given.row.get("on_error") == "refuse")
        proposal = propose(outcome.tables)
        click.echo(summary(dataset, found, outcome, proposal) + "\n")
        if self.dry_run:
            click.echo("--dry-run: nothing was written")
            return
        if is_asking() and not self.yes:
            click.confirm(f"Write data/{dataset} and params.yaml?", default=True, abort=True)
        lost = (root / "data.dvc").exists() and not (root / "data").exists()
        with made_project(root) if is_new else nullcontext():
            place(root, dataset, found.files, outcome.row, proposal.changes)
        if is_new:
            click.echo(MADE.format(root=root.resolve().name))
        click.echo(f"wrote {root / 'data' / dataset}; params.yaml selects it, and data.dvc has its hash")
        if lost:
            click.echo(LOST)
        judging = ["dvc repro && itemvec judge"] if is_unjudged(found.files) else []
        click.echo(_next(root, "itemvec check", *judging, "dvc repro && itemvec show"))

    def _places(self) -> tuple[Path, str | None]:
        """The folder of the project, and the name of the data set."""
        if self.name is not None and ("/" in self.name or self.name in (".", "..")):
            root = Path(self.name)
            return root, root.resolve().name
        return Path(), self.name

    def _only_project(self, root: Path, is_new: bool) -> None:
        """A project without data; in a project there is nothing to do without a file."""
        if not is_new or (self.name is not None and root == Path()):
            raise ParamsError("init: no files are given; write `itemvec init NAME --items FILE`")
        if not self.dry_run:
            with made_project(root):
                pass
        click.echo(("--dry-run: would have " if self.dry_run else "") + MADE.format(root=root.resolve().name))
        click.echo(_next(root, "itemvec init NAME --items FILE", "itemvec check", "dvc repro && itemvec show"))


def _given(options: Mapping[str, Any]) -> Given:
    row = {
        "gain": None if options["gain"] is None else gain_of(options["gain"]),
        "separator": "\t" if options["separator"] in ("tab", "\\t") else options["separator"],
    }
    row |= {key: options[key] for key in ("encoding", "quotes", "timestamp_unit", "markup", "on_error")}
    files = {name: options[name] for name in FILES}
    return Given(**files, columns=columns_of(options["columns"]), row={k: v for k, v in row.items() if v is not None})


def _next(root: Path, *commands: str) -> str:
    there = [] if root.resolve() == Path.cwd() else [f"cd {root}"]
    return "\n".join(f"{'Next: ' if place == 0 else '      '}{one}" for place, one in enumerate([*there, *commands]))
