"""Raw files as a row of ``datasets``: what each file is, what each of its columns is, and how it is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from itemvec.commands.setup.click_log import MODEL, check_log, clicks_said
from itemvec.commands.setup.column_values import GRADES
from itemvec.commands.setup.grades import grades_of
from itemvec.commands.setup.raw_files import Given, canonical, unknown_column
from itemvec.commands.setup.recbole_files import ATOMIC, atomic_files
from itemvec.commands.setup.role_names import EVENTS, ROLE_NAMES, WORDS, nearest_role, simple
from itemvec.commands.setup.roles import Ask, Guesser, Roles
from itemvec.commands.setup.sheet import Column, Sheet
from itemvec.core.columns import GAIN, ITEM, QUERY, TEXT, TIME
from itemvec.core.errors import ParamsError
from itemvec.core.params import Row

ONE_FILE = ROLE_NAMES[WORDS][:7]  # names of a column that make a file of items one of judgments
AskGains = Callable[[Sheet, Column], Any]  # for ``gain`` of the row, of labels that are not known


@dataclass(frozen=True)
class Understood:
    """One file, and what its columns are."""

    table: str
    sheet: Sheet
    roles: Roles


@dataclass(frozen=True)
class Understanding:
    """A data set of raw files.

    files
        Name in the folder of the data set -> where the file is now.
    row
        As it stands below ``datasets``.
    said
        What was decided of it, a sentence each.
    """

    files: dict[str, Path]
    row: Row
    parts: list[Understood] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


def understand(given: Given, ask: Ask, ask_gains: AskGains) -> Understanding:
    """Guess what the files are.

    Raises
    ------
    DatasetError
        A file cannot be read, or a column that was named is not there.
    ParamsError
        There is no file of items, or an option does not fit the files.
    """
    if files := atomic_files(given.paths):
        return _atomic(files, given, ask)
    if given.items is None and given.judged is None:
        raise ParamsError("init: no file of items; give one with --items FILE")
    paths = _tables(given)
    sheets = {table: Sheet.open(path, given.form) for table, path in paths.items()}
    if "clicks" in sheets:
        check_log(sheets["clicks"], given.of("clicks"))
    parts: dict[str, Understood] = {}
    known: dict[str, Any] = {}
    for table, sheet in sheets.items():
        named = {role: names for role, names in given.of(table).items() if set(names) <= set(sheet.columns)}
        guesser = Guesser(sheet, table, named, ask, known, "items" in sheets, given.clicks is None, _labels(given))
        parts[table] = Understood(table, sheet, guesser.guess())
        for role, owner in ((ITEM, "items"), (QUERY, "queries")):
            if table == owner:
                known[role] = sheet.columns[parts[table].roles[role][0]].distinct
    _check_named(given, parts)
    row, said = _gain(given, parts, ask_gains)
    if "queries" in parts and given.judged is None:
        said.append("nobody has judged yet: after the first `dvc repro`, `itemvec judge` asks people")
    said += clicks_said(given, parts)
    if "interactions" in parts and not parts["interactions"].roles.setdefault(TIME, []):
        said.append("interactions have no time: the order of the rows is taken for it")
    said += [f"{name!r} is not used: every interaction counts, {what}" for name, what in _differences(parts)]
    columns = columns_option({table: part.roles for table, part in parts.items()})
    files = {canonical(table, part.sheet.path): part.sheet.path for table, part in parts.items()}
    judgments = {"judgments": canonical("judgments", paths["judgments"])} if "judgments" in paths else {}
    judgments |= {"clicks": MODEL} if "clicks" in parts else {}
    row = {"kind": "tables", **judgments, **({"columns": columns} if columns else {}), **row, **given.row}
    return Understanding(files, row, list(parts.values()), said)


def _tables(given: Given) -> dict[str, Path]:
    """Which table each file is; one with queries, products and grades in each row is ``judgments``."""
    items, judged = given.items, given.judged
    if items is not None and judged is None and _is_one_file(items, given):
        items, judged = None, given.items
    if items == judged:
        items = None
    kind = "qrels" if given.queries else "judgments"
    found = {"items": items, "interactions": given.interactions, "queries": given.queries, kind: judged}
    found["clicks"] = given.log
    return {table: path for table, path in found.items() if path is not None}


def _is_one_file(path: Path, given: Given) -> bool:
    names = {simple(name) for name in Sheet.open(path, given.form).names}
    graded = names & set(ROLE_NAMES[GAIN]) or "gain" in given.columns
    asked = names & set(ONE_FILE) or WORDS in given.columns
    return bool(graded and asked)


def _check_named(given: Given, parts: Mapping[str, Understood]) -> None:
    for key, names in given.columns.items():
        table = key.rpartition(".")[0]
        some = [part for part in parts.values() if not table or part.table == table]
        if some and names and not any(all(name in part.sheet.columns for name in names) for part in some):
            sheet = some[0].sheet
            wrong = next((name for name in names if name not in sheet.columns), names[0])
            raise unknown_column(sheet.path, key, wrong, sheet.names)


def _differences(parts: Mapping[str, Understood]) -> list[tuple[str, str]]:
    """Columns of interactions by which one might count more than another, which nothing takes; and what they say."""
    part = parts.get("interactions")
    used = [] if part is None else [name for names in part.roles.values() for name in names]
    free = [] if part is None else [column for name, column in part.sheet.columns.items() if name not in used]
    graded = [(one.name, "whatever it says") for one in free if nearest_role(one.name) == GAIN]
    kinds = [one for one in free if simple(one.name) in EVENTS and 1 < len(one.distinct) <= GRADES]
    return graded + [(one.name, f"whether {' or '.join(sorted(one.distinct.to_pylist()))}") for one in kinds]


def _labels(given: Given) -> frozenset[str]:
    gain = given.row.get("gain")
    return frozenset(map(str, gain)) if isinstance(gain, Mapping) else frozenset()


def _gain(given: Given, parts: Mapping[str, Understood], ask_gains: AskGains) -> tuple[Row, list[str]]:
    """The option ``gain``, and what is to be said of it."""
    part = parts.get("judgments") or parts.get("qrels")
    if part is None:
        return {}, []
    names = part.roles.get(GAIN, [])
    if "gain" in given.row:
        if not names:
            raise ParamsError(
                f"{part.sheet.path}: --gain: no column looks like the grade; write --columns {part.table}.gain=NAME"
            )
        return {}, []
    if not names:
        part.roles[GAIN] = []
        return {}, ["no column of grades: every judgment counts as relevant"]
    column: Column = part.sheet.columns[names[0]]
    grades = grades_of(column)
    if grades is None:
        return {"gain": ask_gains(part.sheet, column)}, []
    return ({} if grades.option is None else {"gain": grades.option}), [grades.said]


def columns_option(roles: Mapping[str, Roles]) -> dict[str, Any]:
    """``columns`` of the row: names that differ from those of the roles; below a table where tables disagree."""
    found: dict[str, Any] = {}
    for role in dict.fromkeys(role for own in roles.values() for role in own):
        names = {table: own[role] for table, own in roles.items() if role in own}
        usual = {table: ["text"] if (role, table) == (WORDS, "queries") else [role] for table in names}
        if len({tuple(one) for one in names.values()}) == 1:
            if names != usual:
                found[role] = _short(next(iter(names.values())))
            continue
        for table, own in names.items():
            if own != usual[table]:
                found.setdefault(table, {})[role] = _short(own)
    return found


def _flag(option: str) -> str:
    return f"--{option.replace('_', '-')}"


def _short(names: list[str]) -> str | list[str]:
    return names[0] if len(names) == 1 else names


def _atomic(files: dict[str, Path], given: Given, ask: Ask) -> Understanding:
    """RecBole's files have columns of known names, but for the texts."""
    if given.row:
        raise ParamsError(f"init: RecBole's files have their own form; leave out {', '.join(map(_flag, given.row))}")
    name = next(key for key in files if key.endswith(".inter")).split(".")[0]
    path = files.get(f"{name}.item") or files.get(f"{name}.text")
    if path is None:
        return Understanding(files, {"kind": "recbole"})
    sheet = Sheet.open(path, ATOMIC)
    roles = Guesser(sheet, "items", {ITEM: [ITEM], **given.of("items")}, ask).guess()
    row: Row = {"kind": "recbole"} if roles[TEXT] == [TEXT] else {"kind": "recbole", "text": roles[TEXT]}
    said = [f"RecBole's atomic files, taken together: {', '.join(files)}"]
    return Understanding(files, row, [Understood("items", sheet, roles)], said)
