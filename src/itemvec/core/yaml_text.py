"""Reading of YAML, with an end: a few lines of aliases can stand for billions of values."""

from __future__ import annotations

from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from itemvec.core.errors import ParamsError

VALUES = 100_000  # of a text, once aliases are written out


def read_yaml(text: str, where: str) -> dict[str, Any]:
    """Read keys and values as YAML 1.2, as DVC reads it: 1e-3 is a number.

    Raises
    ------
    ParamsError
        It is not YAML, not keys and values, nested too deeply, or stands for too many values.
    """
    yaml = YAML(typ="safe", pure=True)
    try:
        size = _size(yaml.compose(text), {}) if "&" in text and "*" in text else 0.0
        if size == float("inf"):
            raise ParamsError(f"{where}: a value holds itself, by its alias (*name); write out what it holds")
        if size > VALUES:
            raise ParamsError(f"{where}: its aliases (*name) stand for more than {VALUES:,} values; write them out")
        raw = yaml.load(text)
    except (YAMLError, ValueError) as error:  # ValueError: a date that is none
        raise ParamsError(f"{where}: not valid YAML: {' '.join(str(error).split())}") from None
    except RecursionError:
        raise ParamsError(f"{where}: nested too deeply; write it flat") from None
    if not isinstance(raw, dict):
        raise ParamsError(f"{where}: expected keys and values, found {type(raw).__name__}")
    return raw


def _size(node: Any, known: dict[int, float]) -> float:
    """How many values a node of YAML stands for once its aliases are written out; infinite if it holds itself."""
    if id(node) not in known:
        known[id(node)] = float("inf")
        parts = node.value if isinstance(getattr(node, "value", None), list) else []
        parts = [one for part in parts for one in (part if isinstance(part, tuple) else (part,))]
        known[id(node)] = 1 + sum(_size(part, known) for part in parts)
    return known[id(node)]
