"""What the finished experiments measured, by data set and encoder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from itemvec.commands.paper.experiments import TASKS, Experiment
from itemvec.commands.paper.settings import Settings
from itemvec.core.columns import GROUP
from itemvec.core.params import Params
from itemvec.decision.geometry import measured
from itemvec.decision.stored_runs import Stored
from itemvec.decision.values import Measures, Values, together

RESULTS = "artifacts/results"


@dataclass(frozen=True)
class Run:
    """One encoder on one data set."""

    experiment: Experiment
    stored: Stored

    @cached_property
    def measures(self) -> Measures:
        """Its values per query, each table read once."""
        return self.stored.measures

    def geometry(self, variant: str) -> dict[str, Any]:
        """What the stage ``analyze`` says of a variant."""
        return self.stored.json(f"{RESULTS}/analyze/{variant}.json")


@dataclass(frozen=True)
class Evidence:
    """All finished experiments; data sets and encoders that are missing are left out of what is asked."""

    settings: Settings
    runs: dict[tuple[str, str], Run]
    seed: int
    parameters: dict[str, int] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, settings: Settings, wanted: list[Experiment], stored: dict[str, Stored], params: Params) -> Evidence:
        """Of the experiments that are wanted, those that are stored."""
        sizes = {name: row["parameters"] for name, row in params.models.items() if "parameters" in row}
        runs = {(one.dataset, one.model): Run(one, stored[one.name]) for one in wanted if one.name in stored}
        return cls(settings, runs, params.seed, sizes, [one.name for one in wanted if one.name not in stored])

    def metric(self, task: str) -> str:
        """The one that decides."""
        return str(self.settings.protocol[task]["metrics"][0])

    def models(self, dataset: str, family: str | None = None) -> list[str]:
        """Encoders that ran on a data set; of one family."""
        names = self.settings.families.get(family, []) if family is not None else None
        return [model for data, model in self.runs if data == dataset and (names is None or model in names)]

    def datasets(self, task: str) -> list[str]:
        """Those of a task with a finished run."""
        return [one for one in self.settings.part(task).datasets if self.models(one)]

    def groups(self, task: str) -> Iterator[tuple[str, str]]:
        """Data sets of a task, each with its groups of queries."""
        for dataset in self.datasets(task):
            run = self.runs[dataset, self.models(dataset)[0]]
            for group in self.groups_of(run, task):
                yield dataset, group

    def groups_of(self, run: Run, task: str) -> list[str]:
        """Groups of queries of a run."""
        part = self.settings.part(task)
        table = run.measures.table(f"{task}/{part.systems[0]}/{part.variants[0]}")
        return sorted(table[GROUP].unique().to_pylist())

    def values(self, dataset: str, group: str, cells: list[tuple[str, str]], metric: str) -> Values:
        """Values of cells, each of an encoder, on the queries that all of them have."""
        return together([self.runs[dataset, model].measures.of([cell], group, [metric]) for model, cell in cells])

    def mean(self, dataset: str, group: str, model: str, cell: str, metric: str) -> float:
        """Mean of one cell."""
        return float(self.values(dataset, group, [(model, cell)], metric).means.mean())

    def points(self, task: str) -> Iterator[tuple[str, str, str, str, float, dict[str, float]]]:
        """Data set, group, encoder, variant, mean of the first system, and how the vectors lie."""
        part, metric = self.settings.part(task), self.metric(task)
        for dataset, group in self.groups(task):
            for model in self.models(dataset):
                for variant in part.variants:
                    facts = measured(self.runs[dataset, model].geometry(variant), task)
                    mean = self.mean(dataset, group, model, f"{task}/{part.systems[0]}/{variant}", metric)
                    yield dataset, group, model, variant, mean, facts

    @property
    def tasks(self) -> list[str]:
        """Tasks with a finished run."""
        return [one for one in TASKS if self.datasets(one)]
