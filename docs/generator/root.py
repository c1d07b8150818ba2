"""Files of the repository that the reference is made from."""

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]


def yaml(name: str) -> dict[str, Any]:
    """A YAML file at the top of the repository."""
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load(ROOT / name)
    return loaded
