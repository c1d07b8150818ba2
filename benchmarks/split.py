"""What every stage that reads interactions does first: group them by user, divide them, and audit the parts."""

from __future__ import annotations

from pathlib import Path

import click

from itemvec.core.columns import ITEM, USER
from itemvec.core.files import read_parquet
from itemvec.core.params import Params
from itemvec.protocol.histories import Histories
from itemvec.protocol.splits import split


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("interactions", type=click.Path(path_type=Path, exists=True))
@click.argument("items", type=click.Path(path_type=Path, exists=True))
def main(interactions: Path, items: Path) -> None:
    """Split INTERACTIONS with the ITEMS of a catalogue as params.yaml says, and print what the audit counts.

    \b
    Example: python benchmarks/split.py artifacts/tables/interactions.parquet artifacts/tables/items.parquet
    """
    table = read_parquet(interactions, encoded=[USER, ITEM])
    whole = Histories.of(table, read_parquet(items, [ITEM])[ITEM].combine_chunks())
    parts = split(Params.load(Path("params.yaml")).recommend.split, whole, table)
    click.echo(parts.audit(whole))


if __name__ == "__main__":
    main()
