"""Which column of a raw file is what: by its name, and where that says nothing or does not fit, by its values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from itemvec.commands.setup.column_values import GRADES, alike, fits
from itemvec.commands.setup.role_names import (
    CLICK_NAMES,
    ROLE_NAMES,
    TEXT_NAMES,
    WORDS,
    is_numbered,
    nearest_role,
    simple,
)
from itemvec.commands.setup.sheet import Column, Sheet
from itemvec.core.columns import (
    CLICKED,
    DWELL,
    GAIN,
    GROUP,
    ITEM,
    PART,
    POSITION,
    QUERY,
    SESSION,
    TEXT,
    TIME,
    USER,
)

Roles = dict[str, list[str]]  # role -> its columns
Ask = Callable[[Sheet, str, str], list[str]]  # for the columns of a role of a table

# Table -> its roles, those that it must have first; then those that it may have.
MUST: dict[str, tuple[str, ...]] = {
    "items": (ITEM, TEXT),
    "interactions": (USER, ITEM),
    "queries": (QUERY, WORDS),
    "qrels": (QUERY, ITEM),
    "judgments": (WORDS,),
    "clicks": (ITEM, POSITION, CLICKED),
}
MAY: dict[str, tuple[str, ...]] = {
    "items": (),
    "interactions": (TIME, PART),
    "queries": (PART, GROUP),
    "qrels": (GAIN,),
    "judgments": (QUERY, ITEM, GAIN, PART, GROUP),
    "clicks": (WORDS, QUERY, DWELL, SESSION),
}
OF_THE_ROW = ("id", "_id", "uid", "code", "handle")  # in a log or a list of judgments: of the row, not of the item
OVERLAP = 0.5  # share of ids that must be known elsewhere, where a column is chosen by that alone


@dataclass
class Guesser:
    """Guesses the roles of the columns of one file.

    given
        Role -> columns, as the user names them.
    known
        Role -> ids that another file has.
    ask
        Called for a role that a table must have and that no column fits.
    apart
        Whether the texts of the items are in another file.
    graded
        Whether rows are judgments of people, not clicks.
    labels
        What a grade can be, as the user says.
    """

    sheet: Sheet
    table: str
    given: Mapping[str, list[str]]
    ask: Ask
    known: Mapping[str, Any] = field(default_factory=dict)
    apart: bool = False
    graded: bool = False
    labels: frozenset[str] = frozenset()
    roles: Roles = field(default_factory=dict)

    def guess(self) -> Roles:
        """Role -> its columns."""
        must = [*MUST[self.table], *([ITEM] if self.table == "judgments" and self.apart else [])]
        for role in dict.fromkeys([*must, *MAY[self.table]]):
            if role == TEXT:
                continue
            if role in self.given:
                self.roles[role] = list(self.given[role])
            elif found := self._column(role):
                self.roles[role] = [found]
            elif role in must:
                self.roles[role] = self.ask(self.sheet, self.table, role)
        if self._grades_unknown:
            self.roles[GAIN] = self.ask(self.sheet, self.table, GAIN)
        if TEXT in must or (self.table == "judgments" and not self.apart):
            texts = list(self.given.get(TEXT, [])) or self._texts()
            self.roles[TEXT] = texts or self.ask(self.sheet, self.table, TEXT)
        return self.roles

    @property
    def _free(self) -> list[Column]:
        used = {name for names in self.roles.values() for name in names}
        return [column for name, column in self.sheet.columns.items() if name not in used and len(column.values)]

    @property
    def _grades_unknown(self) -> bool:
        """Whether some column may be the grade that no name tells; unread, it would count every item as relevant."""
        judged = self.table == "qrels" or (self.table == "judgments" and self.apart)
        if not judged or not self.graded or GAIN in self.roles:
            return False
        return any(
            1 < len(column.distinct) <= min(GRADES, len(column.values) - 1)
            and nearest_role(column.name) in ("", GAIN)
            and not is_numbered(column.name)
            for column in self._free
        )

    def _column(self, role: str) -> str | None:
        """The column of a role."""
        if role == GAIN and self.labels:
            labelled = [
                one for one in self._free if {label.strip() for label in one.distinct.to_pylist()} <= self.labels
            ]
            if len(labelled) == 1:
                return labelled[0].name
        named = [column for column in self._by_name(role) if fits(role, column, self.table)]
        if role in self.known:
            candidates = [*named, *(one for one in self._free if one.exact and one not in named)]
            shares = {column.name: column.share_in(self.known[role]) for column in candidates}
            if named and shares[named[0].name] > 0:
                return named[0].name
            best = max(shares, key=lambda name: shares[name], default=None)
            if best is not None and shares[best] >= OVERLAP:
                return best
        if named:
            return named[0].name
        return self._by_values(role)

    def _by_name(self, role: str) -> Iterable[Column]:
        """Columns with a usual name of a role, the likeliest first."""
        names = CLICK_NAMES.get(role) or ROLE_NAMES[role]
        if role == ITEM and self.table != "items":
            names = [name for name in names if name not in OF_THE_ROW]
        if role == QUERY and self.table == "queries":
            names = [*names, "id", "_id"]
        if role == QUERY and self.table == "clicks":
            names = [name for name in names if name != "search_id"]  # of one search, by whomever
        if role == WORDS and self.table in ("judgments", "clicks"):
            names = [name for name in names if name != TEXT]
        return [column for name in names for column in self._free if simple(column.name) == name]

    def _by_values(self, role: str) -> str | None:
        """The only column whose values are as those of the role."""
        found = [column for column in self._free if alike(role, column, self.table)]
        if role == ITEM and self.table == "items":
            return found[0].name if found else None
        return found[0].name if len(found) == 1 else None

    def _texts(self) -> list[str]:
        """Columns that make the text, in the order in which they are read."""
        fitting = [column for column in self._free if fits(TEXT, column, self.table)]
        by_name: dict[str, list[str]] = {}
        for column in fitting:
            by_name.setdefault(simple(column.name), []).append(column.name)
        groups = [[name for one in names for name in by_name.get(one, [])] for names in TEXT_NAMES]
        for group, ending in ((groups[0], "_title"), (groups[-1], "_description")):
            group += [column.name for column in fitting if simple(column.name).endswith(ending) and not group]
        groups[0] = groups[0][:1]
        if groups[0] or groups[-1]:
            return [name for group in groups for name in group]
        return [column.name for column in fitting if column.words >= 2][:2] or [
            column.name for column in fitting if len(column.distinct) > 0.5 * len(column.values)
        ][:1]
