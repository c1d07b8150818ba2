"""The option ``columns`` of kind ``tables``: how the files call their columns, in all tables or in one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from itemvec.core.columns import GAIN, TEXT, TIME
from itemvec.core.errors import ParamsError
from itemvec.datasets.own_files import Role, TableName

Names = str | list[str]  # of one column, or of several
Named = dict[Role | TableName, Names | dict[Role, Names]]


def names_of(columns: Named) -> dict[str, dict[str, list[str]]]:
    """Table -> role -> its columns; the table ``""`` stands for all.

    Raises
    ------
    ParamsError
        A role is given the names of a table, or a table one name; or a role that has one column has another number.
    """
    found: dict[str, dict[str, list[str]]] = {"": {}}
    for key, value in columns.items():
        if isinstance(value, Mapping) != (key in get_args(TableName)):
            raise ParamsError(
                f"dataset tables: columns: {key} is {value!r}; write {{ROLE: NAME}}, or below a table "
                f"{{items: {{ROLE: NAME}}}}"
            )
        if isinstance(value, Mapping):
            found[key] = {role: _listed(name) for role, name in value.items()}
        else:
            found[""][key] = _listed(value)
    for own in found.values():
        for role, name in own.items():
            if len(name) != 1 and role != TEXT and (name or role not in (GAIN, TIME)):
                raise ParamsError(f"dataset tables: columns: {role} is {name}; name one column")
    return found


def _listed(name: Names) -> list[str]:
    return [name] if isinstance(name, str) else list(name)
