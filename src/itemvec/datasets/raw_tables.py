"""Raw files of any form as Arrow tables, with errors that name the file and what to do."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from itemvec.core.errors import DatasetError
from itemvec.datasets.column_names import missing
from itemvec.datasets.delimited import Form, read_delimited
from itemvec.datasets.encoded_ids import encoded as as_dictionary
from itemvec.datasets.excel import read_excel
from itemvec.datasets.json_lines import read_json
from itemvec.datasets.parquet_files import read_parquet
from itemvec.datasets.raw_files import present

SUFFIXES = (".parquet", ".csv", ".tsv", ".jsonl", ".xlsx")
PACKINGS = ("", ".gz", ".zst")
JSON_SUFFIXES = (".jsonl", ".ndjson", ".json")


def read(
    path: Path, wanted: Iterable[str], form: Form | None = None, encoded: Collection[str] = ()
) -> tuple[Any, list[str]]:
    """The ``wanted`` columns that a file of any form has, and the names of its other columns.

    Columns of delimited files are strings, others as they are. Names match without regard to case and blanks.

    Parameters
    ----------
    encoded
        Of the wanted columns, those whose strings may come as a dictionary, and do so where files may be large.

    Raises
    ------
    DatasetError
        The file is missing, torn or empty, or not what its name says.
    """
    form = form or Form(separator=None)
    suffix = form_of(path)
    if suffix == ".tsv" and form.separator is None:
        form = replace(form, separator="\t")
    if suffix == ".parquet":
        return read_parquet(present(path), list(wanted), encoded)
    readers: dict[str, Callable[..., tuple[Any, list[str]]]] = {".xlsx": read_excel}
    readers |= dict.fromkeys(JSON_SUFFIXES, read_json)
    if suffix in readers:
        return readers[suffix](present(path), list(wanted))
    return read_delimited(present(path), list(wanted), form, encoded)


def form_of(path: Path) -> str:
    """The suffix of a file, that of its packing aside, in lower case."""
    name = path.name.lower()
    for packing in PACKINGS[1:]:
        name = name.removesuffix(packing)
    return Path(name).suffix


def read_columns(path: Path, names: Iterable[str], form: Form | None = None) -> Any:
    """The columns ``names`` of a delimited file as strings, all of which it must have."""
    names = list(names)
    table, others = read_delimited(path, names, form or Form())
    for name in names:
        if name not in table.column_names:
            raise missing(path, name, [*table.column_names, *others])
    return table.select(names)


def column(table: Any, name: str, where: object) -> Any:
    """A column that must be there."""
    if name not in table.column_names:
        raise missing(where, name, table.column_names)
    return table[name]


def strings(table: Any, name: str, where: object) -> Any:
    """A column of strings or whole numbers, as strings.

    Raises
    ------
    DatasetError
        It is missing, or of another type: a number with a fraction does not say how it was written.
    """
    return _of_ids(table, name, where).cast(pa.string())


def ids(table: Any, name: str, where: object) -> Any:
    """``strings`` as one dictionary, in which each is in memory once.

    Raises
    ------
    DatasetError
        As ``strings``.
    """
    return as_dictionary(_of_ids(table, name, where))


def _of_ids(table: Any, name: str, where: object) -> Any:
    """A column of a type that can be an id."""
    values = column(table, name, where)
    kind = values.type.value_type if pa.types.is_dictionary(values.type) else values.type
    fitting = (pa.types.is_string, pa.types.is_large_string, pa.types.is_integer, pa.types.is_null)
    if not any(fits(kind) for fits in fitting):
        raise DatasetError(f"{where}: column {name!r} is of type {kind}; expected strings or whole numbers")
    return values
