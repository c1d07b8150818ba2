"""The leaderboard as one page: the same sentences and tables as in a terminal, to be sorted and filtered."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from itemvec import __version__
from itemvec.core.files import write_text
from itemvec.decision import geometry_text
from itemvec.decision.geometry import Geometry
from itemvec.decision.leaderboard import Leaderboard
from itemvec.decision.leaderboard_text import MARKS, left_out, sentences, tables
from itemvec.decision.networks import Likeness
from itemvec.report.html import environment, inline
from itemvec.report.tables import Table


def write_leaderboard(
    found: Leaderboard, page: Path, geometry: Sequence[Geometry] = (), likeness: Sequence[Likeness] = ()
) -> None:
    """Write the page: one file, without anything from elsewhere; with ``geometry`` also how vectors lie."""
    more = geometry_text.all_tables(list(geometry), list(likeness))
    html = (
        environment()
        .get_template("leaderboard.html.j2")
        .render(
            dataset=found.entries[0].state.decision["dataset"] if found.entries else "",
            n_models=len(found.entries),
            sentences=[*sentences(found), *map(geometry_text.sentence, geometry)],
            tables=[Table(title, header, rows) for title, header, rows in [*tables(found), *more]],
            left_out=left_out(found),
            marks=MARKS,
            version=__version__,
            **inline(),
        )
    )
    write_text(page, html)
