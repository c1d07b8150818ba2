"""The command ``itemvec``: fetch data, check parameters, show and compare results."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click

from itemvec import __version__
from itemvec.commands.group import Commands
from itemvec.core.options import MOST, PATTERNS, Pattern
from itemvec.core.params import Params
from itemvec.stages.stage import EXISTING

MODULES = {
    **{
        name: f"itemvec.commands.{name.replace('-', '_')}"
        for name in (
            *("cache", "convert", "diff", "drift", "export", "generate-queries", "init", "judge", "leaderboard"),
            *("plan", "pretrain", "race", "recommend", "review", "search", "serve", "sweep", "tune", "tuned", "undo"),
        )
    },
    "paper": "itemvec.commands.paper.command",
    "train-reranker": "itemvec.commands.search",
}

data_option = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default="data",
    show_default=True,
    help="Folder of the data sets.",
)


@click.group(cls=Commands, modules=MODULES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="itemvec")
def main() -> None:
    """Bring data into place, check the parameters, look at the results. The main job itself is `dvc repro`.

    \b
    Example: itemvec fetch movielens-100k && dvc repro && itemvec show
    """


@main.command()
@click.argument("name", required=False)
@data_option
def fetch(name: str | None, data: Path) -> None:
    """Fetch the raw files of data set NAME, by default the selected one, into data/NAME.

    Existing files are left alone. If there is a DVC remote, the files of data.dvc are pulled from it. Otherwise they
    are downloaded from their publisher, and checked by the published hash if there is one.

    \b
    Example: itemvec fetch movielens-100k
    """
    from itemvec.datasets.fetch import fetch as bring

    name = name or Params.load(Path("params.yaml")).dataset
    if not (data / name).exists() and _dvc("remote", "list").stdout.strip():
        click.echo(f"{data / name}: pulling the files of {data}.dvc")
        if _dvc("pull", f"{data}.dvc").returncode:
            click.echo(f"{data / name}: the remote does not have it; fetching it from where it is published", err=True)
    click.echo(bring(name, data))


def _dvc(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Call the DVC of this environment; its complaints go where ours go."""
    return subprocess.run([sys.executable, "-m", "dvc", *arguments], check=False, text=True, stdout=subprocess.PIPE)  # noqa: S603


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--items", type=click.IntRange(1, MOST), default=1000, show_default=True, help="People (the items).")
@click.option("--queries", type=click.IntRange(1, MOST), default=1000, show_default=True, help="Queries.")
@click.option("--k", type=click.IntRange(1, MOST), default=2, show_default=True, help="Relevant items per query.")
@click.option(
    "--pattern", type=click.Choice(PATTERNS), default="dense", show_default=True, help="How relevant sets overlap."
)
@click.option("--likes", type=click.IntRange(1, MOST), default=50, show_default=True, help="Likes per person.")
@click.option("--seed", type=click.IntRange(0), default=42, show_default=True)
def make_limit(folder: Path, items: int, queries: int, k: int, pattern: Pattern, likes: int, seed: int) -> None:
    """Write a LIMIT data set into FOLDER: simple queries that single vectors cannot all answer. Read it as kind beir.

    \b
    Example: itemvec make-limit data/limit --items 1000 --queries 1000 --pattern dense
    """
    from itemvec.core.errors import DatasetError
    from itemvec.datasets.limit import make_limit as write

    if folder.exists() and not (folder / "corpus.jsonl").is_file():
        raise DatasetError(
            f"{folder}: exists and holds no data in BEIR layout, and would be replaced; name another folder"
        )
    write(folder, items, queries, k, pattern, likes, seed)
    click.echo(f"{folder}: {items:,} items, {queries:,} queries for {k} each; add a row {{kind: beir}} to datasets")


@main.command()
@click.option("--params", "path", type=EXISTING, default="params.yaml", show_default=True, help="Parameters to check.")
@data_option
def check(path: Path, data: Path) -> None:
    """Check the selected rows of params.yaml, and read the first 100,000 rows of each file of their data.

    Names every problem by file, row, column and value, and what would be left out, guessed and not read.

    \b
    Example: itemvec check
    """
    from itemvec.core.installed import check_installed
    from itemvec.stages.check import check_params, check_selected_data

    check_installed(path.parent)
    params = Params.load(path)
    check_params(params)
    said = list(check_selected_data(data, params))
    click.echo(f"{path}: valid; {data / params.dataset}: can be read")
    for line in said:
        click.echo(line)


@main.command()
@click.option("--params", "path", type=EXISTING, default="params.yaml", show_default=True, help="Names what was run.")
@click.option("--all", "everything", is_flag=True, help="Print the tables of every cell too.")
@click.option("--markdown", is_flag=True, help="Print these tables for a pull request.")
def show(path: Path, everything: bool, markdown: bool) -> None:
    """Print the verdict of the last `dvc repro`: what to use for search and for recommendation.

    \b
    Example: itemvec show
             itemvec show --all
    """
    from itemvec.core.files import read_json
    from itemvec.decision.answer import answer, of_another_run
    from itemvec.decision.results import collect
    from itemvec.decision.revisions import DECISION
    from itemvec.report import render

    params = Params.load(path)
    results = collect(params, path.parent / "results")
    decision = read_json(path.parent / DECISION)
    if other := of_another_run(decision, params):
        click.echo(f"{other}\n", err=True)
    if not markdown:
        click.echo(answer(decision))
    if everything or markdown:
        click.echo(("" if markdown else "\n") + render(results, markdown))
    page = path.parent / "report" / "index.html"
    if not markdown:
        click.echo("\nEvery number: itemvec show --all" + (f"; the whole report: {page}" if page.exists() else ""))


@main.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN RUN [RUN ...]")
@click.option("--params", "path", type=EXISTING, default="params.yaml", show_default=True, help="Names what was run.")
def compare(runs: tuple[str, ...], path: Path) -> None:
    """Compare any runs: differences with intervals and p. What the report compares has the same verdict here.

    A RUN is the name of a file below artifacts/measures, without its ending: stage, system, variant.

    \b
    Example: itemvec compare search/exact/full search/hybrid/full baseline/bm25
    """
    from itemvec.core.errors import TableError
    from itemvec.decision.comparisons import all_shown
    from itemvec.decision.results import collect
    from itemvec.decision.run_comparison import compare_runs
    from itemvec.decision.values import Measures

    params, measures = Params.load(path), path.parent / "artifacts" / "measures"
    try:
        results = collect(params, path.parent / "results")
        tasks = {one.task for one in results.cells if one.cell in runs}
        known = all_shown(results, tasks.pop(), Measures.below(measures)) if len(tasks) == 1 else {}
    except TableError as error:
        click.echo(f"Compared apart from the verdict, since the last run is not complete: {error}\n", err=True)
        known = {}
    click.echo(compare_runs(list(runs), measures, params.seed, known))
