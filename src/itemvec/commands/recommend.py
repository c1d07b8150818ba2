"""The command ``itemvec recommend``: what the last run recommends to one user."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from itemvec.core.options import MOST
from itemvec.core.params import Params
from itemvec.stages.stage import EXISTING

RECENT = 5  # items of the history that are shown


@click.command()
@click.option("--user", required=True, metavar="ID", help="A user of the test part.")
@click.option("-k", "k", type=click.IntRange(1, MOST), default=10, show_default=True, help="How many items to show.")
@click.option("--cell", help="Recommender, as recommend/sasrec/full; by default the verdict's choice.")
@click.option("--explain", is_flag=True, help="Say which persona and which items of the history are behind it.")
@click.option("--condition", metavar="VALUE", help="Only items with this value of an attribute, as Comedy.")
@click.option("--params", "path", type=EXISTING, default="params.yaml", show_default=True, help="The run's parameters.")
def recommend(user: str, k: int, cell: str | None, explain: bool, condition: str | None, path: Path) -> None:
    """Show what the last run recommends to one user, from which history, and whether the user took it next.

    Nothing is trained: it reads the ranking that was measured, of the first seed. Only recommenders of kind personas
    explain theirs. With --condition it shows those of the ranked items that have a value of an attribute; that is a
    filter, also of kind conditional, whose ranking under a condition no run keeps.

    \b
    Example: itemvec recommend --user 42
             itemvec recommend --user 42 --condition genres=Comedy
    """
    from itemvec.commands.search_box import plain_line
    from itemvec.commands.shown_user import shown_user

    found = shown_user(path.parent, Params.load(path), user, k, cell, explain, condition)
    width = shutil.get_terminal_size().columns
    hits = [place for place in found.places if place is not None]
    took = f"took {len(found.taken)} item{'s' * (len(found.taken) != 1)} next"
    where = f"the first of them at rank {min(hits)}" if hits else "none of them in the list"
    if found.condition is not None:
        has = f"{'has' if found.n_met == 1 else 'have'} {plain_line(found.condition, width)}"
        click.echo(
            f"{found.n_met:,} of the {found.n_ranked:,} ranked items {has}: the list is filtered, not ranked anew."
        )
    click.echo(f"User {plain_line(found.user, width)} {took}: {where}, by {found.cell}.")
    if found.n_cases > 1:
        click.echo(f"It is the latest of {found.n_cases:,} cases of this user.")
    click.echo(f"\nHistory, {len(found.history):,} items, the last of them:")
    for text in found.history[-RECENT:]:
        click.echo(f"     {plain_line(text, width)}"[:width])
    click.echo("\nRecommended (* was taken next):")
    for row, (rank, text, score) in enumerate(found.ranks):
        mark = "*" if rank in found.places else " "
        click.echo(f"{rank:>3}{mark} {score:>8.4f}  {plain_line(text, width)}"[:width].rstrip())
        if explain and found.reasons is not None:
            persona, behind = found.reasons[row]
            for number, one in enumerate(behind or ["nothing in the history"]):
                said = f"{'and' if number else f'persona {persona}, for'} {plain_line(one, width)}"
                click.echo(f"{' ' * 15}{said}"[:width].rstrip())
    click.echo("\nTaken next:")
    for text, place in zip(found.taken, found.places, strict=True):
        said = f"rank {place}" if place else f"not among the {found.n_ranked:,} that were ranked:"
        click.echo(f"     {said}  {plain_line(text, width)}"[:width].rstrip())
