"""Stage tune: vectors of the encoder -> one tuned variant of them."""

from pathlib import Path

import click

from itemvec.core.files import write_json
from itemvec.core.params import Params
from itemvec.encoders import ENCODERS
from itemvec.stages.lesson import Protocol
from itemvec.stages.stage import EXISTING, NEW, stage
from itemvec.stages.tune import tune_vectors
from itemvec.tuners import TUNERS


@stage
@click.argument("tuner")
@click.argument("tables", type=EXISTING)
@click.argument("source", type=EXISTING)
@click.argument("folder", type=NEW)
@click.argument("database", type=NEW)
@click.argument("results", type=NEW)
def tune(params: Params, tuner: str, tables: Path, source: Path, folder: Path, database: Path, results: Path) -> None:
    """Learn with row TUNER of tunings from the judged queries, or the histories, of TABLES.

    SOURCE is the digest of the encoder's vectors. What was learnt goes into FOLDER, the tuned vectors into DATABASE.

    \b
    Example: pipelines/run tune ridge artifacts/tables artifacts/embeddings.digest artifacts/tuned/ridge \\
             artifacts/vectors/ridge artifacts/results/tune/ridge.json
    """
    encoder = ENCODERS.build(params.model, params.models[params.model])
    splits = params.recommend.split, params.search.split
    protocol = Protocol(params.seed, *splits, params.search.least_gain, params.tune, encoder)
    facts = tune_vectors(TUNERS.build(tuner, params.tunings[tuner]), tables, source, folder, database, protocol)
    write_json(results, facts)
    said = facts["tuned"]
    gain = f"{said['by_query']['gain']:+.4f} nDCG@10 on {said['test']:,} queries it never saw"
    click.echo(f"{tuner}: {gain if said['changed'] else 'changed nothing: no setting helped the validation queries'}")


if __name__ == "__main__":
    tune()
