"""Stage digest: a hash of what one baseline reads of the tables, so that it does not run when others change."""

from pathlib import Path

import click

from itemvec.core.files import write_json
from itemvec.core.params import Params
from itemvec.stages.stage import EXISTING, NEW, stage
from itemvec.stages.table_digest import READ, table_digest
from itemvec.stages.tasks import task_of


@stage
@click.argument("system")
@click.argument("tables", type=EXISTING)
@click.argument("output", type=NEW)
def digest(params: Params, system: str, tables: Path, output: Path) -> None:
    """Hash what row SYSTEM of systems reads of TABLES/*.parquet as a baseline, and write that to OUTPUT.

    \b
    Example: pipelines/run digest ease artifacts/tables artifacts/tables/digests/ease.json
    """
    task = task_of(system, params.systems[system])
    paths = {name: tables / f"{name}.parquet" for name in READ[task]}
    write_json(output, table_digest(paths, task))
    click.echo(f"{system} reads {', '.join(paths)}")


if __name__ == "__main__":
    digest()
