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
    """Say whether tuning pays, by the last run; the first line is the answer.

    `dvc exp run -S 'tuners=[ridge,low-rank]'` measures it.

    \b
    Example: itemvec tune
             itemvec tune --report --dollars-per-hour 2.5
    """
    from textwrap import fill

    from itemvec.core.files import read_json
    from itemvec.decision.answer import WIDTH
    from itemvec.decision.results import collect
    from itemvec.decision.revisions import DECISION
    from itemvec.decision.tuning_report import tuning_report

    root, params = path.parent, Params.load(path)
    tasks = read_json(root / DECISION)["tasks"]
    results = collect(params, root / "results")
    facts = {name: results.variants[name]["tuned"] for name in params.tuners} if everything else {}
    places = {name: root / "artifacts" / "tuned" / name / "seconds.json" for name in facts}
    seconds = {name: float(read_json(place)["tuning"]) for name, place in places.items() if place.exists()}
    for line in tuning_report(tasks, facts, seconds, dollars_per_hour):
        click.echo(fill(line, WIDTH, subsequent_indent="  "))
