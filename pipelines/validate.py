"""Stage validate: tables must meet their expectations, else nothing after it runs."""

from pathlib import Path

import click

from itemvec.core.files import write_json, write_text
from itemvec.stages.stage import EXISTING, NEW, stage
from itemvec.stages.validate import KEYS
from itemvec.stages.validate import validate as validate_tables


@stage
@click.argument("tables", type=EXISTING)
@click.argument("suites", type=EXISTING)
@click.argument("gate", type=NEW)
@click.argument("results", type=NEW)
def validate(tables: Path, suites: Path, gate: Path, results: Path) -> None:
    """Check TABLES/*.parquet against SUITES/*.json; write RESULTS, and GATE, which later stages wait for.

    \b
    Example: pipelines/run validate artifacts/tables expectations artifacts/check/tables.txt results/validate.json
    """
    met = validate_tables({name: tables / f"{name}.parquet" for name in KEYS}, suites)
    write_json(results, met)
    write_text(gate, "the tables meet their expectations\n")
    for name, found in met.items():
        click.echo(f"{name}: {found['rows']:,} rows meet {found['expectations']} expectations")
    if met["interactions"]["tied"]:
        click.echo(
            f"{met['interactions']['tied']:,} interactions tie in time with another of their user: file order counts"
        )


if __name__ == "__main__":
    validate()
