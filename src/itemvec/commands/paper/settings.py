"""What is compared, read from a file such as ``paper/published.yaml``."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from itemvec.core.errors import ParamsError
from itemvec.core.registry import checked, suggest
from itemvec.core.yaml_text import read_yaml


@dataclass(frozen=True)
class Part:
    """What runs on data of one task: rows of datasets, models, reducers and systems, and of systems without vectors."""

    datasets: list[str]
    encoders: list[str]
    variants: list[str]
    systems: list[str]
    baselines: list[str]


@dataclass(frozen=True)
class Defect:
    """A fault of the authors' code: what it does, and the parameters that bring it back."""

    effect: str
    set: dict[str, Any]


@dataclass(frozen=True)
class Settings:
    """The whole comparison.

    protocol
        Parameters of ``recommend`` and ``search``.
    rows
        Rows for this comparison, by table and name.
    encoders
        Options by row of models.yaml that differ here.
    families
        Encoders that a claim speaks of, by name of the family.
    defects, default_defects
        By name; and those that count unless others are asked for.
    sizes
        What the publisher states of a data set: ``items``, ``item_letters``, ``queries``, ``query_letters``.
    """

    recommend: Part
    search: Part
    protocol: dict[str, dict[str, Any]]
    families: dict[str, list[str]]
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    encoders: dict[str, dict[str, Any]] = field(default_factory=dict)
    defects: dict[str, Defect] = field(default_factory=dict)
    default_defects: list[str] = field(default_factory=list)
    sizes: dict[str, dict[str, float]] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> Settings:
        """Read and check a file.

        Raises
        ------
        ParamsError
            It is missing, no YAML, or has other keys.
        """
        if not path.exists():
            raise ParamsError(f"{path}: is missing; run this in the root of the repository, or name it with --settings")
        raw = read_yaml(path.read_text(encoding="utf-8"), str(path))
        for task in ("recommend", "search"):
            if isinstance(raw.get(task), dict):
                raw[task] = checked(Part, raw[task], f"{path}: {task}")
        defects = raw.get("defects") or {}
        raw["defects"] = {name: checked(Defect, one, f"{path}: defects: {name}") for name, one in defects.items()}
        found: Settings = checked(cls, raw, str(path))
        found.chosen_defects(None)
        return found

    def part(self, task: str) -> Part:
        """That of ``recommend`` or ``search``."""
        return self.recommend if task == "recommend" else self.search

    def chosen_defects(self, names: str | None) -> list[str]:
        """The defects that ``names`` lists, ``all`` or ``none`` of them, or by default those of the file."""
        if names is None:
            wanted = self.default_defects
        elif names in ("all", "none"):
            wanted = list(self.defects) if names == "all" else []
        else:
            wanted = [one for one in names.split(",") if one]
        for one in wanted:
            if one not in self.defects:
                raise ParamsError(f"defects has no {one!r}{suggest(one, self.defects)}; or write all, or none")
        return [one for one in self.defects if one in wanted]
