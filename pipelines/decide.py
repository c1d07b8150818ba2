"""Stage decide: everything measured -> the verdict of each task, and the metrics that a review reads."""

from pathlib import Path

import click

from itemvec.core.files import write_json
from itemvec.core.params import Params
from itemvec.decision.decision import decide_all, metrics_of
from itemvec.decision.results import collect
from itemvec.decision.values import Measures
from itemvec.stages.stage import EXISTING, NEW, stage


@stage
@click.argument("results", type=EXISTING)
@click.argument("measures", type=EXISTING)
@click.argument("tables", type=EXISTING)
@click.argument("kept", type=NEW)
@click.argument("decision", type=NEW)
@click.argument("metrics", type=NEW)
def decide(
    params: Params, results: Path, measures: Path, tables: Path, kept: Path, decision: Path, metrics: Path
) -> None:
    """Decide by the files below RESULTS, MEASURES and TABLES; write the DECISION and, below METRICS, flat files.

    KEPT becomes a copy of the results that the parameters select: git keeps it, DVC keeps RESULTS.

    \b
    Example: pipelines/run decide artifacts/results artifacts/measures artifacts/tables results decision.json metrics
    """
    measured = collect(params, results)
    found = decide_all(measured, Measures.below(measures), tables)
    measured.copy(kept)
    write_json(decision, found)
    for name, values in metrics_of(found).items():
        write_json(metrics / f"{name}.json", values)
    for facts in found["tasks"].values():
        click.echo(facts["sentence"])
        for note in facts["notes"]:
            click.echo(f"  Note: {note}.")


if __name__ == "__main__":
    decide()
