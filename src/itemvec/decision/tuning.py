"""Settings that experiments have tried, by what each reached on validation; nothing here looks at the test."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from itemvec.core.yaml_text import read_yaml
from itemvec.decision.revisions import experiments

Row = dict[str, Any]


@dataclass(frozen=True)
class Tried:
    """One experiment: the options that it changed, and its mean on validation with the spread of its seeds."""

    experiment: str
    system: str
    changed: dict[str, Any]
    metric: str
    mean: float
    sd: float | None


def tried(root: Path) -> list[Tried]:
    """What the experiments of the current commit changed in rows of ``systems``, the best of each row first."""
    head, others = experiments(root)
    base = _systems(head("params.yaml"))
    found = [one for name, read in others.items() for one in _of_experiment(name, read, base)]
    return sorted(found, key=lambda one: (one.system, -one.mean))


def _of_experiment(name: str, read: Any, base: dict[str, Row]) -> list[Tried]:
    found = []
    for system, row in _systems(read("params.yaml")).items():
        before = base.get(system, {})
        changed = {key: value for key, value in row.items() if before.get(key) != value}
        if not changed:
            continue
        for path in (f"artifacts/results/recommend/{system}/full.json", f"artifacts/results/baseline/{system}.json"):
            content = read(path)
            validated = json.loads(content).get("validated") if content else None
            if validated:
                metric, mean = next(iter(validated.items()))
                found.append(Tried(name, system, changed, metric, mean, validated.get("sd_of_seeds")))
    return found


def _systems(text: str) -> dict[str, Row]:
    systems: dict[str, Row] = read_yaml(text, "params.yaml")["systems"]
    return systems
