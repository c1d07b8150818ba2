"""A file of clicks: judgments where there are no others, else a log of impressions that trains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from itemvec.commands.setup.raw_files import Given
from itemvec.commands.setup.role_names import CLICK_NAMES, simple
from itemvec.commands.setup.sheet import Sheet
from itemvec.core.columns import CLICKED, POSITION
from itemvec.core.errors import ParamsError

MODEL = "all-pairs"  # of position, if the row names none
TRAINED = "clicks train, corrected for position; what is measured stays as it was judged"
PLAIN = "a click counts as relevant wherever the item stood; beside --judgments it would train, corrected for position"


class _Part(Protocol):
    @property
    def sheet(self) -> Sheet: ...


def check_log(sheet: Sheet, named: Mapping[str, list[str]]) -> None:
    """A file of clicks beside judgments must say where an item was shown, and whether it was clicked.

    Raises
    ------
    ParamsError
        It does not, so that both files are judgments.
    """
    names = {simple(name) for name in sheet.names}
    for role in (POSITION, CLICKED):
        if role not in named and not names & set(CLICK_NAMES[role]):
            raise ParamsError(
                f"init: {sheet.path} has no column {role!r}, so --judgments and --clicks both say what is relevant to "
                f"a query; give one of them, or write --columns clicks.{role}=NAME"
            )


def clicks_said(given: Given, parts: Mapping[str, _Part]) -> list[str]:
    """What becomes of the clicks."""
    if "clicks" in parts:
        return [TRAINED]
    judged = parts.get("qrels") or parts.get("judgments")
    if given.clicks is None or judged is None:
        return []
    return [PLAIN] if {simple(name) for name in judged.sheet.names} & set(CLICK_NAMES[POSITION]) else []
