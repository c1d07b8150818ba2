"""The command ``itemvec export``: what a run measured, as files that need no itemvec."""

from __future__ import annotations

from pathlib import Path

import click

from itemvec.core.params import Params
from itemvec.stages.stage import EXISTING


@click.command()
@click.argument("variant")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--table-only", is_flag=True, help="Write no model: for encoders that only itemvec or an API runs.")
@click.option("--force", is_flag=True, help="Replace an export that is there.")
@click.option("--params", "path", type=EXISTING, default="params.yaml", show_default=True, help="The run's parameters.")
def export(variant: str, folder: Path, table_only: bool, force: bool, path: Path) -> None:
    """Write what to deploy of the last run into FOLDER: the model, a LanceDB table of the items, and a card.

    VARIANT is a row of reducers, or of tunings, that was measured. `FOLDER/model` loads with sentence-transformers and
    gives the vectors of the run, which is checked before anything is kept. `FOLDER/lancedb` has ids, texts, vectors and
    indexes.

    \b
    Example: itemvec export pca64 deploy
    """
    from itemvec.commands.deploy.card import write_card
    from itemvec.commands.deploy.export import export as write
    from itemvec.core.errors import ItemvecError
    from itemvec.core.files import replacing

    if folder.exists() and any(folder.iterdir()) and not (force and (folder / "itemvec.json").exists()):
        raise ItemvecError(f"{folder}: is not empty; name another folder" + ", or write --force" * (not force))
    params = Params.load(path)
    with replacing(folder) as partial:
        found = write(path.parent, params, variant, partial, with_model=not table_only)
        write_card(path.parent, params, found, partial)
    parts = "the model, " * (not table_only) + f"a table of {found.items:,} items, and a card"
    click.echo(f"{folder}: {params.model} on {variant}, {found.dim} dimensions: {parts}.")
    if found.difference:
        click.echo(f"Its vectors are those of the run to {max(found.difference.values()):.0e} of their length.")
    if found.stored:
        click.echo(f"Left to an index: {', then '.join(found.stored)}.")
    click.echo(f"How to load both: {folder / 'README.md'}")
