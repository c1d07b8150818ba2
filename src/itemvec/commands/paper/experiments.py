"""The experiments of the comparison: one for each data set and encoder, as overrides of params.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from itemvec.commands.paper.settings import Settings
from itemvec.core.errors import ParamsError
from itemvec.core.params import MODELS, SELECTORS, Params, no_row
from itemvec.core.registry import suggest

TASKS = ("recommend", "search")
PLAIN = re.compile(r"[A-Za-z0-9_@./-]+")


@dataclass(frozen=True)
class Experiment:
    """One encoder on one data set.

    overrides
        What ``dvc exp run -S`` takes.
    baselines
        Whether there are any.
    """

    name: str
    task: str
    dataset: str
    model: str
    overrides: list[str]
    baselines: bool = True

    @property
    def targets(self) -> list[str]:
        """The stages that the claims need; what comes before them runs too."""
        return ["analyze", self.task, *(["baseline"] if self.baselines else [])]


def experiments(
    settings: Settings, defects: Iterable[str], datasets: set[str] | None = None, encoders: set[str] | None = None
) -> list[Experiment]:
    """All of them, or those of some data sets and encoders.

    Raises
    ------
    ParamsError
        A name is in neither part of the settings.
    """
    known = {
        "datasets": {one for task in TASKS for one in settings.part(task).datasets},
        "encoders": {one for task in TASKS for one in settings.part(task).encoders},
    }
    for option, wanted in (("datasets", datasets), ("encoders", encoders)):
        for one in wanted or ():
            if one not in known[option]:
                raise ParamsError(f"--{option}: {one!r} is not compared{suggest(one, known[option])}")
    defects = list(defects)
    return [
        Experiment(
            *(name(dataset, model, defects), task, dataset, model),
            _overrides(settings, task, dataset, model, defects),
            bool(settings.part(task).baselines),
        )
        for task in TASKS
        for dataset in settings.part(task).datasets
        for model in settings.part(task).encoders
        if (datasets is None or dataset in datasets) and (encoders is None or model in encoders)
    ]


def name(dataset: str, model: str, defects: Iterable[str]) -> str:
    """What DVC calls the experiment: experiments with other defects are others."""
    return "-".join(["paper", dataset, model, *defects])


def _overrides(settings: Settings, task: str, dataset: str, model: str, defects: list[str]) -> list[str]:
    part = settings.part(task)
    system = {"recommend": "recommenders", "search": "retrievers"}
    chosen = {"dataset": dataset, "model": model, "variants": part.variants, "baselines": part.baselines}
    chosen |= {"rerankers": [], "recommenders": [], "retrievers": [], system[task]: part.systems}
    rows = {f"{table}.{key}": row for table, some in settings.rows.items() for key, row in some.items()}
    protocol = {f"{task}.{key}": value for key, value in settings.protocol[task].items()}
    faults = {key: value for one in defects for key, value in settings.defects[one].set.items()}
    changed = {**rows, **protocol, **faults}
    found = [f"{key}={written(value)}" for key, value in chosen.items()]
    found += [f"++{key}={written(value)}" for key, value in changed.items()]
    options = settings.encoders.get(model, {})
    return found + [f"{MODELS}:++{model}.{key}={written(value)}" for key, value in options.items()]


def written(value: Any) -> str:
    """A value as Hydra reads it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {written(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, str) and not PLAIN.fullmatch(value):
        return "'" + value.replace("'", "\\'") + "'"
    return str(value)


def check_names(settings: Settings, params: Params) -> None:
    """Refuse names that are rows neither of the settings nor of params.yaml and models.yaml.

    Raises
    ------
    ParamsError
        The first such name.
    """
    for task in TASKS:
        part = settings.part(task)
        named = {"dataset": part.datasets, "model": part.encoders, "variants": part.variants}
        for selector, names in (named | {"recommenders": part.systems, "baselines": part.baselines}).items():
            table = SELECTORS[selector]
            rows = {**getattr(params, table), **settings.rows.get(table, {})}
            for one in names:
                if one not in rows:
                    raise no_row(table, one, rows)
