"""The command ``itemvec leaderboard``: which of the models that were tried to use."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from itemvec.commands.diff import opened

if TYPE_CHECKING:
    from itemvec.decision.geometry import Geometry
    from itemvec.decision.leaderboard import Leaderboard
    from itemvec.decision.networks import Likeness
    from itemvec.decision.revisions import Revision

SAVED = Path("report/models.json")  # which the stage report reads


@click.command()
@click.argument("states", nargs=-1)
@click.option("--cell", "cells", multiple=True, help="Compare by this cell of a task, as search/hybrid/full.")
@click.option("--markdown", "form", flag_value="markdown", help="Print tables for a pull request.")
@click.option("--json", "form", flag_value="json", help="Print data for programs.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write a page with sortable tables.")
@click.option("--geometry", "lies", is_flag=True, help="Also: do models whose vectors lie in some way serve better?")
@click.option(
    "--points", type=click.Path(dir_okay=False, path_type=Path), help="Write the points of --geometry as CSV."
)
@click.option("--save", is_flag=True, help="Keep it for the section of the report, which `dvc repro report` writes.")
def leaderboard(
    states: tuple[str, ...],
    cells: tuple[str, ...],
    form: str | None,
    html: Path | None,
    lies: bool,
    points: Path | None,
    save: bool,
) -> None:
    """Hold the models that were tried against each other, and say which one to use.

    STATES are git revisions, DVC experiments, or `workspace`; by default the workspace, all experiments and all
    branches. Each model counts once, in the first state that has it. The first state says which data count. Models are
    compared query by query in one cell: by default the first retriever and the first recommender on the first variant.
    --geometry takes every model on every variant, and correlates how their vectors lie with how well they serve.

    \b
    Example: itemvec leaderboard
             itemvec leaderboard main lsa-try --cell search/hybrid/full --markdown
             itemvec leaderboard workspace --geometry --points points.csv
    """
    from itemvec.core.errors import TableError
    from itemvec.core.files import write_text
    from itemvec.decision import geometry_text
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
    more = _geometry(found, board) if lies or points else ([], [])
    if points is not None:
        write_text(points, geometry_text.as_csv(more[0]))
    if save:
        from itemvec.report.models_tried import save_models

        save_models(board, Path("decision.json"), SAVED)
    if html is not None:
        from itemvec.report.leaderboard_page import write_leaderboard

        write_leaderboard(board, html, *more)
        click.echo("\n".join(sentences(board)) + f"\n\nThe page is written: {html}")
    elif form == "json":
        click.echo(json.dumps(as_data(board) | geometry_text.as_data(*more), indent=2, allow_nan=False))
    else:
        click.echo(as_text(board, form == "markdown"))
        if lies:
            click.echo("\n" + geometry_text.as_text(*more, form == "markdown"))


def _geometry(found: list[Revision], board: Leaderboard) -> tuple[list[Geometry], list[Likeness]]:
    """Geometry against quality, and encoders against decoders of like size."""
    from itemvec.core.params import MODELS
    from itemvec.core.yaml_text import read_yaml
    from itemvec.decision.geometry import geometry
    from itemvec.decision.networks import encoders_against_decoders

    rows = read_yaml(Path(MODELS).read_text(encoding="utf-8"), MODELS) if Path(MODELS).exists() else {}
    networks = {name: row.get("network", "") for name, row in rows.items()}
    return geometry(found, board.columns), encoders_against_decoders(board, networks)


def _seconds() -> Callable[[dict[str, Any]], float | None]:
    """From what a decision says of its encoder to the seconds that this machine took for its texts."""
    from itemvec.core.errors import TableError
    from itemvec.core.machine import cache_folder
    from itemvec.store.encoding_times import FILE, seconds_a_text, seconds_of

    try:
        times = seconds_a_text(cache_folder())
    except (ValueError, KeyError):
        raise TableError(
            f"{cache_folder()}/{FILE}: a line of it is damaged; remove the file, which is notes alone"
        ) from None
    roles = {"items": "item", "queries": "query"}

    def found(facts: dict[str, Any]) -> float | None:
        rows = {roles[name]: n for name, n in facts.get("rows", {}).items() if n}
        return seconds_of(times, facts.get("id", ""), rows)

    return found
