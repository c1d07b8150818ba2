"""Stage validate: check of the tables against their expectations. If it fails, later stages do not run."""

from pathlib import Path

import click

from itemvec.cluster.engine import OnRay
from itemvec.core import machine
from itemvec.core.engine import HERE
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
    Example: pipelines/run validate artifacts/tables expectations artifacts/check/tables.txt \\
             artifacts/results/validate.json
    """
    engine = HERE if machine.engine() == "local" else OnRay()  # which connects where a table has more than one block
    met = validate_tables({name: tables / f"{name}.parquet" for name in KEYS}, suites, engine)
    write_json(results, met)
    write_text(gate, "the tables meet their expectations\n")
    if tied := met["interactions"]["tied"]:
        click.echo(
            f"{tied:,} interactions have the time of another one of their user; for these the file's order counts"
        )
    expectations = sum(found["expectations"] for found in met.values())
    click.echo(f"all {expectations} expectations are met, by {', '.join(met)}")


if __name__ == "__main__":
    validate()
