"""Where the vectors of each variant could be cut."""

from __future__ import annotations

from typing import Any

from itemvec.decision.results import Results, title
from itemvec.metrics import ALLOWED, LEVEL
from itemvec.report.sections import Section
from itemvec.report.tables import Table


def lengths(results: Results) -> Section:
    """Search by the first dimensions alone: a table per group, a row per length, a column per variant."""
    found = {name: results.study(f"truncation/{name}") for name in results.params.variants}
    first = found[results.params.variants[0]]
    tables = [_table(title("search", group, [*first["groups"]]), found, group) for group in first["groups"]]
    words = (
        "How well search works with the first dimensions alone. The others are cut off, and each mean stands with its "
        "change against all dimensions of the column. "
        "PCA puts the strongest directions first, and models trained for it (Matryoshka) what matters most; of other "
        "models, one choice of dimensions is as good as another. Below each table are the fewest dimensions shown to "
        f"lose less than {ALLOWED:.0%}: p < 0.05 in a paired test, adjusted for the lengths."
    )
    return Section("shorter", "How many dimensions are enough", words, tables)


def _table(heading: str, found: dict[str, dict[str, Any]], group: str) -> Table:
    columns = {name: facts["groups"][group]["lengths"] for name, facts in found.items()}
    every = sorted({int(length) for one in columns.values() for length in one})
    rows = [[str(length), *(_cell(one, str(length)) for one in columns.values())] for length in every]
    shortest = "; ".join(f"{name} {_shortest(one)}" for name, one in columns.items())
    metric = next(iter(found.values()))["metric"]
    note = f"the fewest dimensions shown to lose less than {ALLOWED:.0%}: {shortest}"
    return Table(f"{heading}, {metric}", ["first dimensions", *columns], rows, note)


def _cell(lengths: dict[str, Any], length: str) -> str:
    if length not in lengths:
        return "-"
    one = lengths[length]
    return f"{one['mean']:.4f} [{one['low']:.3f}, {one['high']:.3f}], {one['change']:+.1%}"


def _shortest(lengths: dict[str, Any]) -> str:
    shown = [int(length) for length, one in lengths.items() if one["p"] < LEVEL]
    return str(min(shown)) if shown else "none"
