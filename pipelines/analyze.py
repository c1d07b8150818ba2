"""Stage analyze: geometry of the vectors of one variant."""

from pathlib import Path

import click

from itemvec.core.files import write_json, write_text
from itemvec.core.params import Params
from itemvec.stages.analyze import Tables, describe
from itemvec.stages.stage import EXISTING, NEW, stage
from itemvec.studies.spectrum import spectrum_csv


@stage
@click.argument("queries", type=EXISTING)
@click.argument("qrels", type=EXISTING)
@click.argument("interactions", type=EXISTING)
@click.argument("vectors", type=EXISTING)
@click.argument("results", type=NEW)
@click.argument("spectrum", type=NEW)
def analyze(
    params: Params, queries: Path, qrels: Path, interactions: Path, vectors: Path, results: Path, spectrum: Path
) -> None:
    """Measure how the items of digest VECTORS lie, alone, and to QUERIES, QRELS and INTERACTIONS.

    Writes RESULTS, and the SPECTRUM as CSV.

    \b
    Example: pipelines/run analyze artifacts/tables/queries.parquet artifacts/tables/qrels.parquet \\
             artifacts/tables/interactions.parquet artifacts/vectors/full.digest artifacts/results/analyze/full.json \\
             plots/spectrum/full.csv
    """
    facts, eigenvalues = describe(vectors, Tables(queries, qrels, interactions), params.seed)
    write_json(results, facts)
    write_text(spectrum, spectrum_csv(eigenvalues))
    directions = f"80 % of the variance in {facts['effective_dim']['80%']} of {facts['dim']} directions"
    click.echo(f"{vectors.stem}: {directions}, mean cosine of two items {facts['mean_cosine']:.3f}")


if __name__ == "__main__":
    analyze()
