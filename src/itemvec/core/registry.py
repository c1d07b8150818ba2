"""The registry of component kinds: a kind is registered once and built from a row of ``params.yaml``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields
from difflib import get_close_matches
from types import UnionType
from typing import Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

from itemvec.core.errors import ParamsError
from itemvec.core.options import Hidden

MOST_SHOWN, FEW = 12, 3  # choices that a message lists whole; and of more, how many
FAR = 0.4  # likeness from which a choice may be meant, in difflib, whose own 0.6 is for slips of the hand
KINDS = "docs/reference/params.md"  # lists every kind with its options

T = TypeVar("T")
C = TypeVar("C", bound=type)


class Registry(Generic[T]):
    """The kinds of one component, such as all reducers. Each is a frozen dataclass whose fields are its options."""

    def __init__(self, noun: str) -> None:
        self.noun = noun
        self._kinds: dict[str, type] = {}

    def register(self, kind: str) -> Callable[[C], C]:
        """Class decorator: make the dataclass available as ``kind: <kind>``."""

        def add(cls: C) -> C:
            if kind in self._kinds:
                raise ValueError(f"{self.noun} kind {kind!r} is already {self._kinds[kind].__name__}")
            self._kinds[kind] = cls
            return cls

        return add

    def __contains__(self, kind: object) -> bool:
        return kind in self._kinds

    def __getitem__(self, kind: str) -> type:
        return self._kinds[kind]

    def kinds(self) -> list[str]:
        """Registered kinds, sorted."""
        return sorted(self._kinds)

    def kind_of(self, component: object) -> str:
        """Kind that ``component`` is registered as, else the name of its class."""
        return next((kind for kind, cls in self._kinds.items() if cls is type(component)), type(component).__name__)

    def build(self, name: str, row: Mapping[str, Any]) -> T:
        """Build the component that the row ``name`` describes.

        Raises
        ------
        ParamsError
            The kind is unknown; an option is unknown, missing, or of the wrong type.
        """
        options = dict(row)
        kind = options.pop("kind", None)
        if not isinstance(kind, str) or kind not in self._kinds:
            raise ParamsError(f"{self.noun} {name!r}: unknown kind {kind!r}{suggest(kind, self._kinds, KINDS)}")
        component: T = checked(self._kinds[kind], options, f"{self.noun} {name!r}", KINDS)
        return component


def checked(cls: type, options: Mapping[str, Any], where: str, listed: str = "") -> Any:
    """Make an instance of the dataclass ``cls``; errors about unknown, missing or mistyped options name ``where``.

    Where there are many options, an error about an unknown one also says where they are ``listed``.
    """
    known = {field.name: field for field in fields(cls)}
    for option in options.keys() - known.keys():
        raise ParamsError(f"{where}: unknown option {str(option)!r}{suggest(option, known, listed)}")
    for name, field in known.items():
        if name not in options and field.default is MISSING and field.default_factory is MISSING:
            raise ParamsError(f"{where}: option {name!r} is missing")
    types = get_type_hints(cls, include_extras=True)
    values = {}
    for option, value in options.items():
        adapter: TypeAdapter[Any] = TypeAdapter(types[option])
        try:
            values[option] = adapter.validate_python(value, strict=True)
        except ValidationError as error:
            said = "; ".join(_problems(error, types[option]))
            shown = "" if _is_hidden(types[option]) else f" is {value!r}"
            raise ParamsError(f"{where}: option {option!r}{shown}: {said}") from None
    return cls(**values)


def _problems(error: ValidationError, hint: Any) -> list[str]:
    """What is wrong, each thing once; of several forms that an option may have, those that the value comes nearest."""
    found = error.errors()
    several = get_origin(hint) in (Union, UnionType) and len({problem["loc"][:1] for problem in found}) > 1
    within = [problem for problem in found if several and len(problem["loc"]) > 1]
    said = [problem["msg"].removeprefix("Value error, ") for problem in within or found]
    if several and not within:
        return [" or ".join([said[0], *(one.removeprefix("Input should be ") for one in said[1:])])]
    if within:
        said = [f"{problem['loc'][1]!r}: {one}" for problem, one in zip(within, said, strict=True)]
    return list(dict.fromkeys(said))


def _is_hidden(hint: Any) -> bool:
    """Whether an annotation is marked as ``Hidden``, perhaps within a union."""
    marks = getattr(hint, "__metadata__", ())
    return any(isinstance(mark, Hidden) for mark in marks) or any(map(_is_hidden, get_args(hint)))


def suggest(word: object, known: Iterable[str], listed: str = "") -> str:
    """The end of a message about an unknown name: the nearest known name, else all choices.

    Of more than ``MOST_SHOWN`` choices it has those that are least unlike, their number, and where they are ``listed``.
    """
    known = sorted(known)
    if near := get_close_matches(str(word), known, n=1):
        return f"; did you mean {near[0]!r}?"
    if len(known) <= MOST_SHOWN:
        return f"; choose from {', '.join(known) or 'none'}"
    few = get_close_matches(str(word), known, n=FEW, cutoff=FAR)
    some = f"the nearest {', '.join(few)}" if few else f"such as {', '.join(known[:FEW])}"
    return f"; {len(known):,} are known, {some}{listed and f'; {listed} lists all'}"
