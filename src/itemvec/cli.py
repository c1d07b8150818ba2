"""The command ``itemvec``: what ``dvc`` does not do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click

from itemvec import __version__
from itemvec.errors import DatasetError
from itemvec.params import Params
from itemvec.stage import EXISTING


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="itemvec")
def main() -> None:
    """Bring data into place, check the parameters, look at the results. The main job itself is `dvc repro`."""


@main.command()
@click.argument("name", required=False)
@click.option("--data", type=click.Path(path_type=Path), default="data", show_default=True, help="Folder of data sets.")
def fetch(name: str | None, data: Path) -> None:
    """Bring the raw files of data set NAME, by default the selected one, into data/NAME.

    Files that are there are left alone. With a DVC remote, the files that data.dvc names are pulled; else they come
    from where they are published, checked by sha256.

    \b
    Example: itemvec fetch movielens-100k
    """
    from itemvec.datasets.fetch import fetch as bring

    name = name or Params.load(Path("params.yaml")).dataset
    if not (data / name).exists() and _dvc("remote", "list", read=True).strip():
        click.echo(f"{data / name}: pulling what {data}.dvc names")
        _dvc("pull", f"{data}.dvc")
    click.echo(bring(name, data))


def _dvc(*arguments: str, read: bool = False) -> str:
    """Call the DVC of this environment; it says itself what went wrong."""
    done = subprocess.run([sys.executable, "-m", "dvc", *arguments], check=False, text=True, capture_output=read)  # noqa: S603
    if done.returncode:
        raise DatasetError(f"`dvc {' '.join(arguments)}` failed; {(done.stderr or 'see above').strip()}")
    return done.stdout or ""


@main.command()
@click.option("--params", "path", type=EXISTING, default="params.yaml", show_default=True, help="Parameters to check.")
@click.option("--data", type=click.Path(path_type=Path), default="data", show_default=True, help="Folder of data sets.")
def check(path: Path, data: Path) -> None:
    """Check the selected rows of params.yaml, and that their data is there.

    \b
    Example: itemvec check
    """
    from itemvec.checking import check_data, check_params

    params = Params.load(path)
    check_params(params)
    check_data(data, params.dataset)
    click.echo(f"{path}: holds together; {data / params.dataset}: in place")


@main.command()
@click.option("--params", "path", type=EXISTING, default="params.yaml", show_default=True, help="Names what was run.")
@click.option("--markdown", is_flag=True, help="Print tables for a README or a pull request.")
def show(path: Path, markdown: bool) -> None:
    """Print what the last `dvc repro` measured.

    \b
    Example: itemvec show --markdown
    """
    from itemvec.report import collect, render

    click.echo(render(collect(Params.load(path), path.parent / "metrics"), markdown))
    page = path.parent / "report" / "index.html"
    if page.exists() and not markdown:
        click.echo(f"\nThe whole report: {page}")
