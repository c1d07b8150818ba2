"""The command ``itemvec paper``."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from itemvec.commands.paper.cost import Cost
    from itemvec.commands.paper.experiments import Experiment
    from itemvec.commands.paper.settings import Settings
    from itemvec.core.params import Params

PUBLISHED, SMALL = Path("paper/published.yaml"), Path("paper/small.yaml")
PREFIX = "paper-"


@click.command()
@click.option("--settings", type=click.Path(path_type=Path), help=f"What is compared.  [default: {PUBLISHED}]")
@click.option("--small", is_flag=True, help="Write small files of the published forms, and take stand-in encoders.")
@click.option("--dry", is_flag=True, help="Print the plan and what encoding would cost; queue nothing.")
@click.option("--run", is_flag=True, help="Run what is queued, one experiment after the other, then write the pages.")
@click.option("--results", is_flag=True, help="Write the pages of what is finished; queue nothing.")
@click.option("--defects", help="Faults of the authors' code to reproduce: names with commas, all, or none.")
@click.option("--datasets", help="Of these data sets alone, with commas.")
@click.option("--encoders", help="With these encoders alone, with commas.")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), default="data", show_default=True)
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), default="report/paper", show_default=True)
def paper(
    settings: Path | None,
    small: bool,
    dry: bool,
    run: bool,
    results: bool,
    defects: str | None,
    datasets: str | None,
    encoders: str | None,
    data: Path,
    into: Path,
) -> None:
    """Queue the comparison of arXiv 2507.05006, and say which of its claims stand.

    Each data set and encoder is an experiment of DVC; those that are finished are not queued again. The pages are
    claims.md, tables.md and index.html.

    \b
    Example: itemvec paper --dry
             itemvec paper --small --run
             itemvec paper --encoders blair-base,kalm-v1 --defects all
    """
    from itemvec.commands.paper.evidence import Evidence
    from itemvec.commands.paper.experiments import check_names, experiments
    from itemvec.commands.paper.settings import Settings
    from itemvec.core.params import Params
    from itemvec.decision.stored_runs import finished

    chosen = Settings.load(settings or (SMALL if small else PUBLISHED))
    faults, params = chosen.chosen_defects(defects), Params.load(Path("params.yaml"))
    check_names(chosen, params)
    wanted = experiments(chosen, faults, _set(datasets), _set(encoders))
    if dry:
        from itemvec.commands.paper.plan_text import plan_text

        click.echo(plan_text(chosen, wanted, _costs(chosen, params, data, wanted, small), faults))
        return
    if small and not results:
        _write_small(data)
    if not results:
        _queue(wanted, data, run)
    if run or results:
        from itemvec.commands.paper.pages import write_pages

        evidence = Evidence.of(chosen, wanted, finished(Path(), PREFIX), params)
        for one in write_pages(evidence, faults, into):
            click.echo(one)
        if evidence.missing:
            click.echo(f"Not finished: {', '.join(evidence.missing)}; `dvc queue status` and `dvc queue logs` say why")
        click.echo(f"The pages are written: {into}/index.html, claims.md, tables.md")


def _set(names: str | None) -> set[str] | None:
    return None if names is None else {one for one in names.split(",") if one}


def _costs(settings: Settings, params: Params, data: Path, wanted: list[Experiment], small: bool) -> dict[str, Cost]:
    """The cost of all; of small files that are not here, by files that are gone afterwards."""
    from itemvec.commands.paper.cost import costs
    from itemvec.commands.paper.small_files import write_small_files
    from itemvec.core.temporary import TemporaryFolder

    if not small:
        return costs(settings, params, data, wanted)
    with TemporaryFolder() as folder:
        write_small_files(Path(folder))
        return costs(settings, params, Path(folder), wanted)


def _write_small(data: Path) -> None:
    from itemvec.commands.paper.small_files import write_small_files
    from itemvec.commands.sweep import run_dvc

    if not (data / "small-c4").exists():
        names = write_small_files(data)
        run_dvc("add", "--quiet", str(data))
        click.echo(f"{data}: {', '.join(names)} are written, and added to {data}.dvc")


def _queue(wanted: list[Experiment], data: Path, run: bool) -> None:
    from itemvec.commands.sweep import run_dvc
    from itemvec.core.errors import DatasetError
    from itemvec.decision.stored_runs import finished

    lacking = sorted({one.dataset for one in wanted if not (data / one.dataset).exists()})
    if lacking:
        raise DatasetError(
            f"{data}: lacks {', '.join(lacking)}; `itemvec fetch NAME` brings what it knows (the files of esci-us for "
            "esci-paper, of amazon-c4 for amazon-c4-paper), then `dvc add data`; or choose some with --datasets"
        )
    done = finished(Path(), PREFIX)
    queued = [one for one in wanted if one.name not in done]
    for one in queued:
        overrides = chain.from_iterable(("-S", override) for override in one.overrides)
        run_dvc("exp", "run", "--quiet", "--queue", "--name", one.name, *one.targets, *overrides)
    click.echo(f"{len(queued)} experiments are queued; {len(wanted) - len(queued)} were finished before.")
    if run and queued:
        run_dvc("exp", "run", "--run-all")
    elif not run:
        click.echo("Run them with `dvc exp run --run-all`; then `itemvec paper --results` says which claims stand.")
