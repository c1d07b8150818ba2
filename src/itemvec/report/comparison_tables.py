"""The comparisons as tables: a row per pair and metric."""

from __future__ import annotations

from itemvec.decision.comparisons import Comparison
from itemvec.decision.results import TASKS, Results, title
from itemvec.report.sections import Section
from itemvec.report.summary import answers
from itemvec.report.tables import Table

HEADER = ["metric", "system", "against", "result", "difference", "95 % interval", "p"]


def compared(results: Results, comparisons: dict[str, list[Comparison]]) -> Section:
    """One table per task and group of queries, and the sentences that are read from them."""
    first = results.params.variants[0]
    words = (
        "Which differences are more than chance. Each other variant is compared with the first, "
        f"{first}; on {first}, each system with the others and with the baselines; each reranker with the run that it "
        "reordered. The difference is the mean of the system less that of the one it is compared with. p and the 95 % "
        "interval come from one paired test and hold for all rows of a metric together. In the first metric, rows with "
        "the best system of a table say what the verdict says of them. Where training is random, the spread of its "
        "seeds is part of both. “No significant difference” is no proof that two are equal: more queries "
        "may show one."
    )
    tables = [
        _table(title(task, group, results.groups(task)), [one for one in comparisons[task] if one.group == group])
        for task in TASKS
        for group in results.groups(task)
    ]
    return Section(
        "comparisons", "Comparisons", words, [one for one in tables if one.rows], answers(results, comparisons)
    )


def _table(heading: str, found: list[Comparison]) -> Table:
    results = [one.verdict for one in found]
    better, worse = (results.count(word) for word in ("better", "worse"))
    note = f"{better} better, {worse} worse, {len(found) - better - worse} without a significant difference"
    return Table(heading, HEADER, [_row(one) for one in found], note)


def _row(one: Comparison) -> list[str]:
    interval = f"[{one.low:+.3f}, {one.high:+.3f}]"
    p = "<0.001" if one.p < 0.001 else f"{one.p:.3f}"
    return [one.metric, one.left.key, one.right.key, one.verdict, f"{one.difference:+.4f}", interval, p]
