"""Stage embed: texts of items and queries -> vectors of the encoder, not yet reduced."""

from pathlib import Path

import click

from itemvec.core.files import write_json
from itemvec.core.machine import cache_folder, engine
from itemvec.core.params import Params
from itemvec.encoders import ENCODERS
from itemvec.stages.embed import embed as embed_tables
from itemvec.stages.stage import EXISTING, NEW, stage


@stage
@click.argument("items", type=EXISTING)
@click.argument("queries", type=EXISTING)
@click.argument("suite", type=EXISTING)
@click.argument("database", type=NEW)
@click.argument("results", type=NEW)
def embed(params: Params, items: Path, queries: Path, suite: Path, database: Path, results: Path) -> None:
    """Encode ITEMS and QUERIES, check the vectors against SUITE, and write the vector DATABASE and its digest.

    Texts that this encoder has encoded before are read from the row cache (ITEMVEC_CACHE).

    \b
    Example: pipelines/run embed artifacts/tables/items.parquet artifacts/tables/queries.parquet \\
             expectations/vectors.json artifacts/embeddings artifacts/results/embed.json
    """
    encoder = ENCODERS.build(params.model, params.models[params.model])
    texts = {"items": items, "queries": queries}
    facts = embed_tables(encoder, texts, suite, cache_folder(), database, engine())
    row = params.models[params.model]
    known = {name: row[name] for name in ("parameters", "licence") if name in row}
    write_json(results, {"model": params.model, **known, **facts})
    rows = " and ".join(f"{n:,} {name}" for name, n in facts["rows"].items())
    click.echo(f"{params.model}: {rows} have vectors of {facts['dim']} dimensions")


if __name__ == "__main__":
    embed()
