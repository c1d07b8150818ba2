"""The README's table of results: ``python -m docs.generator.best_results``, which ``make docs-results`` runs."""

import re
from pathlib import Path
from typing import Any

from tabulate import tabulate

from itemvec.core.params import Params
from itemvec.decision.results import CONSTRUCTED, TITLES, Result, Results, collect
from itemvec.metrics import LEVEL

ROOT = Path(__file__).parents[2]
START, END = "<!-- results -->", "<!-- /results -->"
MOST = 8  # rows of a table that is read at a glance


def best_results(root: Path) -> str:
    """The best cell for each question of the last run, as a Markdown table of at most eight rows.

    For each task and group of queries: the best system with vectors, and the best of the baselines, by the first
    metric. For each group of queries: how few of the first dimensions of the first variant are shown to lose less than
    1 %, where any number of them is.

    Parameters
    ----------
    root
        Folder of the repository, with ``params.yaml`` and ``metrics``.
    """
    results = collect(Params.load(root / "params.yaml"), root / "results")
    rows = [row for task in TITLES for group in results.groups(task) for row in _rows(results, task, group)]
    metrics = dict.fromkeys(results.metrics(task)[0] for task in TITLES)
    header = ["question", "best", f"{' or '.join(metrics)} [95 % interval]", "bytes per item"]
    return tabulate(rows[:MOST], header, tablefmt="github", disable_numparse=True)


def _rows(results: Results, task: str, group: str) -> list[list[str]]:
    question = _question(task, group, results.groups(task))
    metric = results.metrics(task)[0]
    found = []
    for words, stage in (("with text vectors", task), ("without", "baseline")):
        cells = [one for one in results.of(task) if one.stage == stage]
        if cells:
            best = max(cells, key=lambda one: float(one.groups[group][metric]["mean"]))
            found.append(
                [f"{question}, {words}", _name(best), _mean(best.groups[group][metric]), _bytes(results, best)]
            )
    return found + (_shortest(results, question, group) if task == "search" else [])


def _shortest(results: Results, question: str, group: str) -> list[list[str]]:
    """The fewest of the first dimensions that are shown to lose less than 1 %, as a row; none where none are."""
    first = results.params.variants[0]
    lengths = results.study(f"truncation/{first}")["groups"].get(group, {}).get("lengths", {})
    shown = [int(length) for length, one in lengths.items() if one["p"] < LEVEL]
    if not shown:
        return []
    length = min(shown)
    per_number = results.variants[first]["bytes_per_item"] / results.variants[first]["dim"]
    cut = f"`{first}`, first {length}"
    size = f"{length * per_number:,.0f}"
    return [[f"{question}, shortest (< 1 % lost)", cut, _mean(lengths[str(length)]), size]]


def _question(task: str, group: str, groups: list[str]) -> str:
    if len(groups) == 1:
        return TITLES[task]
    return f"{TITLES[task]}, {group.removeprefix(f'{CONSTRUCTED}: ')}"


def _name(one: Result) -> str:
    return f"`{one.system}` on `{one.variant}`" if one.variant else f"`{one.system}`"


def _mean(facts: dict[str, Any]) -> str:
    return f"{facts['mean']:.4f} [{facts['low']:.3f}, {facts['high']:.3f}]"


def _bytes(results: Results, one: Result) -> str:
    return f"{results.variants[one.variant]['bytes_per_item']:,}" if one.variant else "-"


def main() -> None:
    """Write the table between the two marks of the README."""
    path = ROOT / "README.md"
    text = path.read_text(encoding="utf-8")
    block = f"{START}\n{best_results(ROOT)}\n{END}"
    path.write_text(re.sub(f"{START}.*{END}", lambda _: block, text, flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    main()
