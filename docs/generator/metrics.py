"""The page of metrics: formulas, conventions, uncertainty, and the files that hold them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import itemvec.metrics
from docs.generator.options import markdown
from docs.generator.root import yaml
from docs.generator.stages import written
from docs.generator.table import page, table
from itemvec.metrics import METRICS, base, measure, parse
from itemvec.protocol import list_diversity

LEAD = """`recommend.metrics` and `search.metrics` in `params.yaml` name what is computed, as in `ndcg@10`. The first
of a list decides comparisons."""
LISTS = """Every recommender is measured by these too: `lists` in its file of results, and a table of the report. They
are no choice of `recommend.metrics`, and no verdict goes by them."""
FOUND = """Means, intervals and sizes of every cell, and what the studies found. `decide` copies those of
`artifacts/results/` to `results/`, which git keeps, so that a pull request shows what it moved. `${...}` stands for a
value of `params.yaml`."""


def metrics() -> str:
    """The whole page."""
    parts = ["## Conventions", said(base).partition("\n\n")[2]]
    for name in sorted(METRICS):
        parts += [f"## {name}@k", said(METRICS[name])]
    parts += ["## Lists of recommendations", LISTS, said(list_diversity).partition("\n\n")[2]]
    parts += [
        "## Uncertainty",
        "A value is kept for every query and user, so that means and differences can be tested.",
    ]
    for name in sorted(itemvec.metrics.__all__):
        function = getattr(itemvec.metrics, name)
        if inspect.isfunction(function) and function not in (measure, parse):
            parts += [f"### {name}", said(function).partition("\n\nParameters\n")[0]]
    rows = [
        [f"`{path}`", f"[`{name}`](stages.md#{name})"]
        for name, stage in yaml("dvc.yaml")["stages"].items()
        for path in written(stage, in_git=True) + written(stage, in_git=False)
        if path.endswith(".json")
    ]
    return page("Metrics", LEAD, *parts, "## Files", FOUND, table(("file", "written by"), rows))


def said(thing: Callable[..., Any] | Any) -> str:
    """Its docstring, as Markdown."""
    return markdown(inspect.getdoc(thing) or "")
