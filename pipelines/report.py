"""Stage report: everything measured -> plots and one page."""

from pathlib import Path

import click

from itemvec.core.params import Params
from itemvec.report import collect, write_report
from itemvec.stages.stage import EXISTING, NEW, stage


@stage
@click.argument("metrics", type=EXISTING)
@click.argument("artifacts", type=EXISTING)
@click.argument("page", type=NEW)
@click.argument("quality", type=NEW)
def report(params: Params, metrics: Path, artifacts: Path, page: Path, quality: Path) -> None:
    """Compare what the files below METRICS and ARTIFACTS say; write one HTML PAGE and the QUALITY of all as CSV.

    \b
    Example: pipelines/run report metrics artifacts report/index.html plots/quality.csv
    """
    write_report(collect(params, metrics), artifacts, page, quality)
    click.echo(f"the report is written: {page}")


if __name__ == "__main__":
    report()
