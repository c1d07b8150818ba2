"""The command ``itemvec convert``: weights as safetensors, for a checkpoint that has pickles alone."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("checkpoint")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--revision", help="Commit of the hub; by default the newest.")
def convert(checkpoint: str, folder: Path, revision: str | None) -> None:
    """Make FOLDER of a CHECKPOINT whose weights are pickles: the same files, with the weights as safetensors.

    CHECKPOINT is a model of the Hugging Face hub, or a folder. No code of a pickle runs. Write the new folder as
    checkpoint into the row of models.yaml.

    \b
    Example: itemvec convert hkunlp/instructor-xl models/instructor-xl
    """
    from itemvec.models.checkpoint import fetched_with_pickles
    from itemvec.models.conversion import convert as written

    files = written(fetched_with_pickles(checkpoint, revision), folder)
    click.echo(f"{folder}: {files} files of weights converted; set checkpoint: {folder} in models.yaml")
