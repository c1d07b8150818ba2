"""The command ``itemvec pretrain``: a recommender learns on other catalogues, for a row to begin with."""

from pathlib import Path

import click

from itemvec.core.params import Params, no_row
from itemvec.stages.stage import EXISTING


@click.command()
@click.argument("system")
@click.argument(
    "folders", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="RUN..."
)
@click.option("--variant", default="full", show_default=True, help="Whose vectors are taken.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default="pretrained",
    show_default=True,
    help="Folder for the weights.",
)
@click.option("--params", "path", type=EXISTING, default="params.yaml", show_default=True, help="Has the row SYSTEM.")
def pretrain(system: str, folders: tuple[Path, ...], variant: str, out: Path, path: Path) -> None:
    """Train SYSTEM, a row of kind unisrec or vqrec, on the catalogues of other runs, for a row to start from.

    Each RUN is the folder artifacts of a run with the same text model. What is tested there is not learnt from.

    \b
    Example: itemvec pretrain unisrec artifacts --out pretrained
    """
    from itemvec.stages.pretrain import pretrain as learn

    params = Params.load(path)
    if system not in params.systems:
        raise no_row("systems", system, params.systems)
    written, reached = learn(system, list(folders), variant, params, out)
    click.echo(f"Written to {written}; begin with it by the option start: {written}")
    for folder, ndcg in zip(folders, reached, strict=True):
        click.echo(f"{folder}: validation nDCG@10 {ndcg:.4f}")
