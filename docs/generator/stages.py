"""The page of ``dvc.yaml``: what every stage reads, writes and depends on."""

from __future__ import annotations

from typing import Any

from docs.generator.root import yaml
from docs.generator.table import page, table

LEAD = """A stage is one script in `pipelines/` and one entry of `dvc.yaml`. `dvc repro` runs the stages whose inputs
have changed; `dvc dag --collapse-foreach-matrix` draws them. `${...}` stands for a value of `params.yaml`. A stage
with a matrix runs once for each combination: its cells are named as in `recommend@full-sasrec`, and `dvc repro
search@full-exact` runs one of them."""


def stages() -> str:
    """The whole page."""
    found = yaml("dvc.yaml")["stages"]
    rows = [[f"[`{name}`](#{name})", stage["desc"], _matrix(stage)] for name, stage in found.items()]
    parts = ["## In order", table(("stage", "what it does", "once for each"), rows)]
    for name, stage in found.items():
        parts += [f"## {name}", f"{stage['desc'][0].upper()}{stage['desc'][1:]}.", _facts(stage)]
    return page("Stages", LEAD, *parts)


def _matrix(stage: dict[str, Any]) -> str:
    return " x ".join(f"`{one.strip('${}')}`" for one in stage.get("matrix", {}).values())


def _facts(stage: dict[str, Any]) -> str:
    code = [one for one in stage["deps"] if one.startswith(("src/", "pipelines/"))]
    reads = [one for one in stage["deps"] if one not in code]
    rows = {
        "once for each": _matrix(stage),
        "reads": _names(reads),
        "writes, kept by DVC": _names(written(stage, in_git=False)),
        "writes, kept in git": _names(written(stage, in_git=True)),
        "parameters": _names(one for param in stage.get("params", []) for one in _params(param)),
        "code": _names(code),
    }
    return table(("", ""), [[key, value] for key, value in rows.items() if value])


def written(stage: dict[str, Any], in_git: bool) -> list[str]:
    """Paths of the outputs of a stage: those that git keeps, which DVC is told not to cache, or the others."""
    outputs = [one for key in ("outs", "metrics", "plots") for one in stage.get(key, [])]
    pairs = [next(iter(one.items())) if isinstance(one, dict) else (one, {}) for one in outputs]
    return [path for path, given in pairs if (given.get("cache") is False) == in_git]


def _params(param: Any) -> list[str]:
    if isinstance(param, dict):
        return [f"{one} of {file}" for file, names in param.items() for one in names]
    return [str(param)]


def _names(words: Any) -> str:
    return ", ".join(f"`{one}`" for one in words)
