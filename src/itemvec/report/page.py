"""One self-contained HTML page, and the tables it shows as CSV."""

from __future__ import annotations

from pathlib import Path

from itemvec import __version__
from itemvec.core.files import read_json, write_text
from itemvec.decision.comparisons import compare
from itemvec.decision.results import TASKS, Results
from itemvec.decision.values import Measures
from itemvec.report.cards import cards
from itemvec.report.chart import charts
from itemvec.report.comparison_tables import compared
from itemvec.report.example_queries import listings
from itemvec.report.facts import facts, provenance, split
from itemvec.report.html import environment, inline
from itemvec.report.models_tried import larger_model, models_tried
from itemvec.report.pareto import points, section
from itemvec.report.quality import quality_csv
from itemvec.report.sections import Section
from itemvec.report.studies import studies
from itemvec.report.tables import cohorts, lists, measured


def write_report(results: Results, artifacts: Path, decided: Path, models: Path, page: Path, quality: Path) -> None:
    """Compare, and write the page and the quality of everything as CSV.

    Parameters
    ----------
    artifacts
        Folder of the values per query (``measures``), the ``runs``, the ``tables``, and ``embeddings.digest``.
    decided
        The decision that the stage ``decide`` wrote.
    models
        What `itemvec leaderboard --save` wrote, or an empty object.
    """
    measures, decision = artifacts / "measures", read_json(decided)
    comparisons = {task: compare(results, task, Measures.below(measures)) for task in TASKS}
    sizes = {task: points(results, task, measures) for task in TASKS}
    first = [
        models_tried(models, decided),
        _cells(results),
        compared(results, comparisons),
        _cohorts(results),
        _lists(results),
    ]
    later = [section(results, sizes), *studies(results, measures)]
    write_text(quality, quality_csv(results))
    html = (
        environment()
        .get_template("page.html.j2")
        .render(
            params=results.params,
            tasks=list(decision["tasks"]),
            facts=facts(results, decision),
            cards=cards(results, decision, larger_model(models, decided)),
            provenance=provenance(results, decision, artifacts),
            charts=charts(results),
            first=[one for one in first if one.tables],
            listings=listings(results, artifacts),
            later=[one for one in later if one.tables],
            constructed=results.constructed,
            split=split(results.params.recommend.split),
            version=__version__,
            **inline(),
        )
    )
    write_text(page, html)


def _cells(results: Results) -> Section:
    words = (
        "The mean of every metric with its 95 % interval, for every system on every variant of the vectors. "
        "Where vectors are “none”, the system uses none."
    )
    return Section("cells", "All results", words, measured(results))


def _cohorts(results: Results) -> Section:
    words = (
        "The same, apart for kinds of queries and users: a system that is best on average may fail for some of them. "
        "Each head says from which number to which, and how many there are."
    )
    return Section("cohorts", "Where queries and users differ", words, cohorts(results))


def _lists(results: Results) -> Section:
    words = (
        "What the first ten items of users are like, whether or not the users took them. Coverage: the share of the "
        "catalogue that anyone gets. Intra-list diversity: one less the mean cosine of the items of a list. Taste "
        "distance: how far the shares of 20 clusters of items in a list are from those in the history, from 0 to 1. "
        "The last two go by the vectors of the row, so compare systems on the same vectors; without vectors there are "
        "none."
    )
    return Section("lists", "What is in the lists", words, lists(results))
