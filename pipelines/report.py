"""Stage report: all results -> one HTML page, and a CSV of quality for the plots."""

from pathlib import Path

import click

from itemvec.core.params import Params
from itemvec.decision.results import collect
from itemvec.report import write_report
from itemvec.stages.stage import EXISTING, NEW, stage


@stage
@click.argument("results", type=EXISTING)
@click.argument("artifacts", type=EXISTING)
@click.argument("decision", type=EXISTING)
@click.argument("models", type=EXISTING)
@click.argument("page", type=NEW)
@click.argument("quality", type=NEW)
def report(
    params: Params, results: Path, artifacts: Path, decision: Path, models: Path, page: Path, quality: Path
) -> None:
    """Compare what the files below RESULTS and ARTIFACTS say; write one HTML PAGE and the QUALITY of all as CSV.

    MODELS is what `itemvec leaderboard --save` kept, or an empty object.

    \b
    Example: pipelines/run report results artifacts decision.json report/models.json report/index.html plots/quality.csv
    """
    write_report(collect(params, results), artifacts, decision, models, page, quality)
    click.echo(f"the report is written: {page}")


if __name__ == "__main__":
    report()
