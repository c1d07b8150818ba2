"""The command ``itemvec tune``: whether tuning pays, and what stands behind it."""

from pathlib import Path

import click

from itemvec.core.params import Params
from itemvec.stages.stage import EXISTING


@click.command()
@click.option("--params", "path", type=EXISTING, default="params.yaml", show_default=True, help="Names what was run.")
@click.option("--report", "everything", is_flag=True, help="Print curves, negatives, seconds and the rest too.")
@click.option("--dollars-per-hour", type=click.FloatRange(0), help="Price of this machine, for the report.")
def tune(path: Path, everything: bool, dollars_per_hour: float | None) -> None:
    """Say whether tuning pays, by the last run; the first line is the answer, or how to ask.

    `dvc exp run -S 'tuners=[ridge,low-rank]'` measures it; rows of tunings are the tuners. What a larger model would
    gain instead is said where one was tried, or its vectors are cached.

    \b
    Example: itemvec tune
             itemvec tune --report --dollars-per-hour 2.5
    """
    from dataclasses import replace
    from textwrap import fill

    from itemvec.commands.larger_model import larger_model
    from itemvec.core.files import read_json
    from itemvec.decision.answer import WIDTH, of_another_run
    from itemvec.decision.results import collect
    from itemvec.decision.revisions import DECISION
    from itemvec.decision.tuning_report import tuning_report
    from itemvec.decision.tuning_start import how_to_ask

    root, params = path.parent, Params.load(path)
    if dollars_per_hour is not None and not everything:
        raise click.UsageError("--dollars-per-hour is for the report; write --report too")
    decision = read_json(root / DECISION)
    tasks = decision["tasks"]
    if other := of_another_run(decision, params):
        click.echo(f"{other}\n", err=True)
    if how := how_to_ask(tasks, params.tuners, collect(replace(params, tuners=[]), root / "results")):
        click.echo("\n".join(how))  # commands are not broken into lines
        return
    results = collect(params, root / "results")
    facts = {name: results.variants[name]["tuned"] for name in params.tuners} if everything else {}
    places = {name: root / "artifacts" / "tuned" / name / "seconds.json" for name in facts}
    seconds = {name: float(read_json(place)["tuning"]) for name, place in places.items() if place.exists()}
    for line in tuning_report(tasks, facts, seconds, dollars_per_hour, larger_model(root, params)):
        click.echo(fill(line, WIDTH, subsequent_indent="  "))
