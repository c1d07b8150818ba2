"""The command ``itemvec generate-queries``: synthetic queries to train on."""

from __future__ import annotations

from pathlib import Path

import click

from itemvec.core.options import MOST
from itemvec.core.params import Params, no_row
from itemvec.stages.stage import EXISTING


@click.command(name="generate-queries")
@click.argument("out", type=click.Path(file_okay=False, path_type=Path), default="artifacts/generated")
@click.option("--writer", metavar="MODEL", help="Language model, or encoder-decoder such as docT5query, that writes.")
@click.option("--url", help="Chat server of OpenAI's form that has the model, as https://host/v1.")
@click.option("--key-variable", metavar="NAME", help="Environment variable that holds the key of the server.")
@click.option(
    "--queries", "file", type=EXISTING, metavar="FILE", help="File with item_id and query, in place of a model."
)
@click.option("--per-item", type=click.IntRange(1, 100), default=3, show_default=True, help="Queries of an item.")
@click.option("--items", type=click.IntRange(1, MOST), help="Write for that many items, drawn at random.")
@click.option(
    "--keep",
    type=click.IntRange(0, 1000),
    default=1,
    show_default=True,
    help="Keep a query that finds its item among so many; 0: all.",
)
@click.option(
    "--retriever", "names", multiple=True, metavar="ROW", help="Row of systems that searches texts; by default bm25."
)
@click.option(
    "--negatives",
    type=click.IntRange(0, 100),
    default=1,
    show_default=True,
    help="Items that a query finds, as negatives.",
)
@click.option("--rerank", "reranker", metavar="ROW", help="Row of systems that scores the pairs.")
@click.option("--tables", type=EXISTING, default="artifacts/tables", show_default=True, help="Items, queries, qrels.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--params", "path", type=EXISTING, default="params.yaml", show_default=True, help="Names the rows.")
def generate_queries(
    out: Path,
    writer: str | None,
    url: str | None,
    key_variable: str | None,
    file: Path | None,
    per_item: int,
    items: int | None,
    keep: int,
    names: tuple[str, ...],
    negatives: int,
    reranker: str | None,
    tables: Path,
    seed: int,
    path: Path,
) -> None:
    """Have a model write queries for items, and make training pairs of them, in the folder OUT.

    A query is kept if it finds its own item (Promptagator). With --rerank, each pair has the margin between its item
    and a negative, which MarginMSE learns (GPL). Run again after a stop, it goes on where it was. These queries train;
    nothing is measured by them.

    \b
    Example: itemvec generate-queries --writer BeIR/query-gen-msmarco-t5-base-v1 --rerank ms-marco-minilm-l6
             itemvec generate-queries --queries written.csv --keep 1
    """
    from itemvec.core.errors import ParamsError
    from itemvec.rerankers import RERANKERS
    from itemvec.retrievers import RETRIEVERS
    from itemvec.stages.generate_queries import Mining
    from itemvec.stages.generate_queries import generate_queries as generate
    from itemvec.stages.query_writer import Writer

    author = Writer(writer, url, key_variable, file)
    systems = Params.load(path).systems
    for name in (*names, *([reranker] if reranker else [])):
        if name not in systems:
            raise no_row("systems", name, systems)
    retrievers = [RETRIEVERS.build(name, systems[name]) for name in names] or [
        RETRIEVERS.build("bm25", {"kind": "bm25"})
    ]
    for name, one in zip(names, retrievers, strict=False):
        if one.needs_vectors:
            raise ParamsError(f"generate-queries: {name} searches by vectors; name a row that searches texts, as bm25")
    scorer = None if reranker is None else RERANKERS.build(reranker, systems[reranker])
    mining = Mining(per_item, items, keep, negatives=negatives, seed=seed)
    facts = generate(tables, out, author, mining, retrievers, scorer)
    for why, count in facts["thrown out"].items():
        click.echo(f"thrown out: {count:,}: {why}")
    click.echo(
        f"{out / 'pairs.parquet'}: {facts['pairs']:,} pairs of {facts['kept']:,} queries; {facts['written']:,} were "
        f"written for {facts['items']:,} items"
    )
