"""The command ``itemvec export``: what a run measured, as files that need no itemvec."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from itemvec.core.columns import TEXT
from itemvec.core.params import Params
from itemvec.stages.stage import EXISTING

if TYPE_CHECKING:
    from itemvec.commands.deploy.export import Exported


COMPARED = 64  # texts by which a body is compared


@click.command()
@click.argument("variant", nargs=-1, metavar="[VARIANT]")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--recommender", metavar="CELL", help="Write the network of this cell too, as sasrec@full.")
@click.option("--accept-retrained", is_flag=True, help="Keep a network that ranks otherwise than the run.")
@click.option("--onnx", is_flag=True, help="Write the model's body for ONNX Runtime too; needs the extra onnx.")
@click.option("--table-only", is_flag=True, help="Write no model: for encoders that only itemvec or an API runs.")
@click.option("--force", is_flag=True, help="Replace an export that is there.")
@click.option("--params", "path", type=EXISTING, default="params.yaml", show_default=True, help="The run's parameters.")
def export(
    variant: tuple[str, ...],
    folder: Path,
    recommender: str | None,
    accept_retrained: bool,
    onnx: bool,
    table_only: bool,
    force: bool,
    path: Path,
) -> None:
    """Write what to deploy of the last run into FOLDER: the model, a LanceDB table of the items, and a card.

    VARIANT is a row of reducers, or of tunings, that was measured. `FOLDER/model` loads with sentence-transformers and
    gives the vectors of the run, which is checked before anything is kept. `FOLDER/lancedb` has ids, texts, vectors and
    indexes. With --recommender, `FOLDER/recommender` has the weights of a network, which is trained again with the seed
    of the run, the ids of its items, and a loader. VARIANT may then be left out.

    \b
    Example: itemvec export pca64 deploy
             itemvec export full deploy --recommender sasrec@full
    """
    from itemvec.commands.deploy.card import write_card
    from itemvec.commands.deploy.export import export as write
    from itemvec.commands.deploy.onnx import write_onnx
    from itemvec.commands.deploy.recommender import export_recommender
    from itemvec.core.errors import ItemvecError
    from itemvec.core.files import read_parquet, replacing

    if folder.exists() and any(folder.iterdir()) and not (force and (folder / "itemvec.json").exists()):
        raise ItemvecError(f"{folder}: is not empty; name another folder" + ", or write --force" * (not force))
    if len(variant) > 1 or not (variant or recommender):
        raise ItemvecError("export: name one VARIANT and a FOLDER, as `itemvec export pca64 deploy`, or --recommender")
    if onnx and (table_only or not variant):
        raise ItemvecError("export: --onnx needs the model of a variant; leave out --table-only, or name a VARIANT")
    params = Params.load(path)
    with replacing(folder) as partial:
        partial.mkdir(parents=True)
        if variant:
            found = write(path.parent, params, variant[0], partial, with_model=not table_only)
            write_card(path.parent, params, found, partial)
        if onnx:
            texts = read_parquet(path.parent / "artifacts" / "tables" / "items.parquet", [TEXT])[TEXT]
            differs = write_onnx(partial / "model", texts.slice(0, COMPARED).to_pylist())
        network = None
        if recommender is not None:
            network = export_recommender(path.parent, params, recommender, partial, accept_retrained)
    if variant:
        _say(folder, params, found, table_only)
    if onnx:
        click.echo(f"{folder / 'model/onnx/model.onnx'}: its token vectors are those of torch to {differs:.0e}.")
    if network is not None:
        click.echo(f"{folder / 'recommender'}: {network.sentence()}")


def _say(folder: Path, params: Params, found: Exported, table_only: bool) -> None:
    parts = "the model, " * (not table_only) + f"a table of {found.items:,} items, and a card"
    click.echo(f"{folder}: {params.model} on {found.variant}, {found.dim} dimensions: {parts}.")
    if found.difference:
        click.echo(f"Its vectors are those of the run to {max(found.difference.values()):.0e} of their length.")
    if found.stored:
        click.echo(f"Left to an index: {', then '.join(found.stored)}.")
    click.echo(f"How to load both: {folder / 'README.md'}")
