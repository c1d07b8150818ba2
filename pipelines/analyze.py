"""Stage analyze: the geometry of one variant."""

from pathlib import Path

import click

from itemvec.analysis import analyze as analyze_vectors
from itemvec.analysis import spectrum_csv
from itemvec.files import write_json, write_text
from itemvec.stage import EXISTING, NEW, stage


@stage
@click.argument("vectors", type=EXISTING)
@click.argument("metrics", type=NEW)
@click.argument("spectrum", type=NEW)
def analyze(vectors: Path, metrics: Path, spectrum: Path) -> None:
    """Measure how the items of digest VECTORS use their dimensions; write METRICS and the SPECTRUM as CSV.

    \b
    Example: pipelines/run analyze artifacts/vectors/full.digest metrics/analyze/full.json plots/spectrum/full.csv
    """
    facts, eigenvalues = analyze_vectors(vectors)
    write_json(metrics, facts)
    write_text(spectrum, spectrum_csv(eigenvalues))


if __name__ == "__main__":
    analyze()
