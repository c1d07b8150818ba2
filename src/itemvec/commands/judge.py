"""The command ``itemvec judge``: people judge what the systems found, on a local page."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import click

from itemvec.core.params import Params
from itemvec.stages.stage import EXISTING

DEPTH, PORT = 10, 8765


@click.command()
@click.option("--who", metavar="NAME", help="Under which name judgments are kept; by default the page asks.")
@click.option("--depth", type=click.IntRange(1, 1000), default=DEPTH, show_default=True, help="First ranks to pool.")
@click.option("--guidelines", type=EXISTING, metavar="FILE", help="Text above the items.")
@click.option("--gains", metavar="0,1,2,3", help="Gain of each grade; by default those of the data, or these.")
@click.option(
    "--overlap", type=click.FloatRange(0, 1), default=0.1, show_default=True, help="Share asked of everybody."
)
@click.option("--whole", is_flag=True, help="Finish each query before the next one.")
@click.option("--rev", multiple=True, metavar="NAME", help="Also the runs of a commit or an experiment.")
@click.option("--experiments", is_flag=True, help="Also the runs of all experiments of this commit.")
@click.option("--agreement", is_flag=True, help="Print how far people agree, and end.")
@click.option("--report", is_flag=True, help="Print what is decided, and how much is unjudged, and end.")
@click.option("--interleave", nargs=2, metavar="A B", help="Ask for preferences between two systems instead.")
@click.option("--side-by-side", is_flag=True, help="With --interleave: show both lists.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; others need --token.")
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="0 takes a free one.")
@click.option("--token", metavar="WORD", help="What visitors must know; at least 16 letters.")
@click.option("--params", "path", type=EXISTING, default="params.yaml", show_default=True, help="Names what was run.")
def judge(path: Path, agreement: bool, report: bool, interleave: tuple[str, str] | None, **options: Any) -> None:
    """Judge what the last runs found, on a local page, and use it in the next `dvc repro`.

    Each judgment is kept at once in data/DATASET/judgments/WHO.csv. What could still change the comparison of the
    leading systems is asked first. Nobody sees which system found an item.

    \b
    Example: itemvec judge --who anna
             itemvec judge --report
             itemvec judge --interleave bm25 "exact on full" --side-by-side
    """
    from itemvec.judging.conclusions import ending
    from itemvec.judging.conclusions import report as report_text
    from itemvec.judging.interleaving import conclusion
    from itemvec.judging.material import Material, agreement_text
    from itemvec.judging.serving import serve

    root, params = path.parent, Params.load(path)
    if agreement:
        click.echo(agreement_text(root, params))
        return
    where = {name: options[name] for name in ("host", "port", "token", "who")}
    material = Material.load(root, params, options["depth"], options["rev"], options["experiments"], _note)
    if interleave:
        contest = material.contest(interleave, options["side_by_side"])
        if not report:
            serve(contest, material.page(options["guidelines"], "prefer.js"), **where, say=click.echo)
        click.echo(conclusion(contest.names, contest.outcomes()))
        return
    session = material.session(_gains(options["gains"]), options["overlap"], options["whole"], writes=not report)
    if report:
        click.echo(report_text(material, session))
        return
    grades = len(session.people.gains)
    serve(session, material.page(options["guidelines"], "judge.js", grades), **where, say=click.echo)
    click.echo(ending(material, session))


def _note(text: str) -> None:
    click.echo(text, err=True)


def _gains(text: str | None) -> tuple[float, ...] | None:
    """``0,1,2,3`` as numbers.

    Raises
    ------
    ParamsError
        They are not at least two, up to ten, ascending from 0.
    """
    from itemvec.core.errors import ParamsError

    if text is None:
        return None
    try:
        found = tuple(float(one) for one in text.split(","))
    except ValueError:
        found = ()
    if not 2 <= len(found) <= 10 or found[0] != 0 or any(a >= b for a, b in pairwise(found)):
        raise ParamsError(f"--gains: {text!r} is no scale; write two to ten ascending gains from 0, as 0,1,2,3")
    return found
