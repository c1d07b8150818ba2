"""The leaderboard as one page: the same sentences and tables as in a terminal, to be sorted and filtered."""

from __future__ import annotations

from pathlib import Path

from itemvec import __version__
from itemvec.core.files import write_text
from itemvec.decision.leaderboard import Leaderboard
from itemvec.decision.leaderboard_text import MARKS, left_out, sentences, tables
from itemvec.report.html import environment, inline
from itemvec.report.tables import Table


def write_leaderboard(found: Leaderboard, page: Path) -> None:
    """Write the page: one file, without anything from elsewhere."""
    html = (
        environment()
        .get_template("leaderboard.html.j2")
        .render(
            dataset=found.entries[0].state.decision["dataset"] if found.entries else "",
            n_models=len(found.entries),
            sentences=sentences(found),
            tables=[Table(title, header, rows) for title, header, rows in tables(found)],
            left_out=left_out(found),
            marks=MARKS,
            version=__version__,
            **inline(),
        )
    )
    write_text(page, html)
