"""What a dataclass says about its options: type, default and meaning, read from its fields and its docstring."""

from __future__ import annotations

import datetime as dt
import inspect
import json
import re
import types
from dataclasses import MISSING, Field, dataclass, fields
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from annotated_types import Ge, Gt, Le, Lt

NOUNS = {
    bool: "true or false",
    int: "whole number",
    float: "number",
    str: "text",
    dt.date: "date",
    dt.datetime: "date",
    Any: "anything",
    dict: "mapping",
}
BOUNDS = {Gt: ("gt", "above"), Ge: ("ge", "from"), Lt: ("lt", "below"), Le: ("le", "up to")}


@dataclass(frozen=True)
class Option:
    """One option as the reference shows it; all four are Markdown."""

    name: str
    type: str
    default: str
    meaning: str


def prose(cls: type) -> str:
    """The docstring without the definitions of options, as Markdown."""
    return markdown("\n\n".join(text for text in _paragraphs(cls) if not _definitions(text, _names(cls))))


def markdown(text: str) -> str:
    """A docstring's double backticks as Markdown's."""
    return text.replace("``", "`")


def options(cls: type) -> list[Option]:
    """All options of a kind, in the order of their fields; the meaning is empty where no docstring has one."""
    hints = get_type_hints(cls, include_extras=True)
    meanings: dict[str, str] = {}
    for base in reversed(cls.__mro__):  # a kind may say more of an option than the class it inherits it from
        for text in _paragraphs(base):
            meanings |= _definitions(text, _names(cls))
    found = fields(cls)
    return [
        Option(f"`{one.name}`", type_words(hints[one.name]), _default(one), markdown(meanings.get(one.name, "")))
        for one in found
    ]


def _names(cls: type) -> set[str]:
    return {one.name for one in fields(cls)}


def _paragraphs(cls: type) -> list[str]:
    return inspect.cleandoc(cls.__dict__.get("__doc__") or "").split("\n\n")


def _definitions(paragraph: str, names: set[str]) -> dict[str, str]:
    """Meanings by option of a paragraph like ``dim, variance`` with indented lines below; else nothing."""
    found: dict[str, str] = {}
    for term, body in re.findall(r"^(\w+(?:, \w+)*)\n((?: {4}.*\n?)+)", paragraph, re.MULTILINE):
        if names >= set(term.split(", ")):
            found |= dict.fromkeys(term.split(", "), " ".join(body.split()))
    return found


def type_words(hint: Any) -> str:
    """A type in words, as in "whole number above 0, or null"."""
    origin, inside = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return f"{type_words(inside[0])} {_bounds(inside[1:])}".strip()
    if origin is Literal:
        return ", ".join(f"`{one}`" for one in inside)
    if origin in (Union, types.UnionType):
        words = list(dict.fromkeys(type_words(one) for one in inside if one is not types.NoneType))
        words = words if len(words) < 2 or "number" not in words else [one for one in words if one != "whole number"]
        return " or ".join(words) + (", or null" if types.NoneType in inside else "")
    if origin is list:
        return f"list of {type_words(inside[0])}"
    if origin is dict:
        return "mapping" if inside[1] is Any else f"mapping from {type_words(inside[0])} to {type_words(inside[1])}"
    return NOUNS.get(hint) or f"the options [below](#{hint.__name__.lower()})"


def _bounds(marks: tuple[Any, ...]) -> str:
    return " and ".join(
        f"{word} {getattr(mark, key):,}" for mark in marks for kind, (key, word) in BOUNDS.items() if type(mark) is kind
    )


def _default(field: Field[Any]) -> str:
    if field.default is MISSING and field.default_factory is MISSING:
        return "required"
    value = field.default if field.default_factory is MISSING else field.default_factory()
    return f"`{json.dumps(value, ensure_ascii=False)}`" if not isinstance(value, str) or not value else f"`{value}`"
