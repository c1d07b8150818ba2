"""Stage check: the parameters are valid and the raw files exist, checked before anything runs."""

from pathlib import Path

import click

from itemvec.core.files import write_text
from itemvec.core.params import Params
from itemvec.stages.check import check_params, check_selected_data
from itemvec.stages.stage import NEW, stage


@stage
@click.argument("data", type=NEW)
@click.argument("output", type=NEW)
def check(params: Params, data: Path, output: Path) -> None:
    """Check in a second that params.yaml is valid and that DATA holds its data set.

    Writes one file per check below OUTPUT, which other stages depend on.

    \b
    Example: pipelines/run check data artifacts/check
    """
    # The files have constant content, so that a new selection re-runs only stages that depend on it.
    check_params(params)
    write_text(output / "params.txt", "params.yaml holds together\n")
    check_selected_data(data, params)
    write_text(output / "data.txt", "the data is there\n")
    click.echo(f"params.yaml names nothing unknown, and the first rows of {data / params.dataset} can be read")


if __name__ == "__main__":
    check()
