"""What was measured, read back: one result per system and variant."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from itemvec.core.errors import TableError
from itemvec.core.files import read_json
from itemvec.core.params import Params

TITLES = {"recommend": "Recommendation", "search": "Search"}
TASKS = tuple(TITLES)
VARIANT_STUDIES = ("analyze", "truncation")  # stages with one file for each variant
CONSTRUCTED = "constructed"  # how the name of a group starts whose queries were made from metadata


@dataclass(frozen=True)
class Result:
    """One system on one variant, or a baseline, whose variant is None.

    cell
        Name of its files: ``recommend/sasrec/full``, ``baseline/ease``, ``rerank/monot5``.
    facts
        What its metrics file says.
    """

    task: str
    system: str
    variant: str | None
    cell: str
    facts: dict[str, Any]

    @property
    def key(self) -> str:
        """The system and the vectors it ran on: ``hybrid on int8``, ``bm25``."""
        return f"{self.system} on {self.variant}" if self.variant else self.system

    @property
    def stage(self) -> str:
        """The stage that measured it."""
        return self.cell.split("/")[0]

    @property
    def groups(self) -> dict[str, Any]:
        """Means by group of queries; empty where the data has none."""
        groups: dict[str, Any] = self.facts.get("groups", {})
        return groups


@dataclass(frozen=True)
class Results:
    """All results of one run, what is known of its variants, and the folder of the metrics."""

    params: Params
    cells: list[Result]
    embed: dict[str, Any]
    variants: dict[str, dict[str, Any]]
    folder: Path

    def study(self, name: str) -> dict[str, Any]:
        """What a study of the vectors found, by the name of its stage; of a variant, ``truncation/VARIANT``."""
        facts: dict[str, Any] = read_json(self.folder / f"{name}.json")
        return facts

    def of(self, task: str) -> list[Result]:
        """Results of one task: variants in their order, then baselines."""
        return [one for one in self.cells if one.task == task and one.groups]

    def metrics(self, task: str) -> list[str]:
        """Names of the metrics of a task; the first decides comparisons."""
        return self.params.recommend.metrics if task == "recommend" else self.params.search.metrics

    def groups(self, task: str) -> list[str]:
        """Groups of queries of a task."""
        found = self.of(task)
        return list(found[0].groups) if found else []

    def copy(self, target: Path) -> None:
        """Copy the selected files, and those that are of no row, to the folder ``target``."""
        studies = [f"{study}/{name}" for study in VARIANT_STUDIES for name in self.variants]
        made = [_made(self.params, name) for name in self.variants]
        rows = made + studies + [one.cell for one in self.cells]
        for path in [*self.folder.glob("*.json"), *(self.folder / f"{name}.json" for name in rows)]:
            copy = target / path.relative_to(self.folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)

    @property
    def constructed(self) -> list[str]:
        """Groups whose queries were made from the items' own metadata."""
        return [group for task in TASKS for group in self.groups(task) if group.startswith(CONSTRUCTED)]


def title(task: str, group: str, groups: list[str]) -> str:
    """Name of a task, and of the group of its queries where there are several."""
    return TITLES[task] if len(groups) == 1 else f"{TITLES[task]}, {group}"


def collect(params: Params, metrics: Path) -> Results:
    """Read from the folder ``metrics`` what ``params`` selects; files of rows no longer selected are not looked at.

    Raises
    ------
    TableError
        A metrics file is missing.
    """
    cells = [
        _read(metrics, task, system, variant)
        for task, systems in (("recommend", params.recommenders), ("search", params.retrievers))
        for system in systems
        for variant in params.all_variants
    ]
    cells += [_read(metrics, "baseline", system, None) for system in params.baselines]
    cells += [_read(metrics, "rerank", system, None) for system in params.rerankers]
    variants = {
        name: read_json(metrics / f"{_made(params, name)}.json") | read_json(metrics / "analyze" / f"{name}.json")
        for name in params.all_variants
    }
    return Results(params, cells, read_json(metrics / "embed.json"), variants, metrics)


def _made(params: Params, variant: str) -> str:
    """The result of the stage that made a variant."""
    return f"{'tune' if variant in params.tuners else 'reduce'}/{variant}"


def _read(metrics: Path, stage: str, system: str, variant: str | None) -> Result:
    cell = f"{stage}/{system}/{variant}" if variant else f"{stage}/{system}"
    path = metrics / f"{cell}.json"
    if not path.exists():
        raise TableError(f"{path}: is not there, so {cell.replace('/', ' ')} was not measured yet: run `dvc repro`")
    facts = read_json(path)
    return Result(facts["task"], system, variant, cell, facts)
