"""Delimited text (CSV, TSV and their like) as Arrow tables of strings."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv

from itemvec.core.errors import DatasetError
from itemvec.core.shown import shown
from itemvec.datasets.column_names import Found, find
from itemvec.datasets.encoded_ids import gathered
from itemvec.datasets.quotes import Quotes, check_quotes, check_widths, dialect
from itemvec.datasets.raw_files import BLOCK, cannot, lines, text_bytes, text_head
from itemvec.datasets.reading import mark_cut, note, row_limit
from itemvec.datasets.text_encoding import checked, guessed

SEPARATORS = (",", "\t", ";", "|")
BARE = "it has a header and no rows"


@dataclass(frozen=True)
class Form:
    """How a delimited file is written.

    separator
        Between fields; None for what the header shows.
    quotes
        What a quote in a value is: written twice, after a backslash, or a letter as any other.
    encoding
        None for UTF-8, or what the file shows.
    strict
        Whether text behind a closing quote is a problem.
    names
        Of the columns, where the file has no header.
    typed
        Whether names in the header are followed by a colon and a type, as in RecBole's files.
    """

    separator: str | None = ","
    quotes: Quotes = "doubled"
    encoding: str | None = None
    strict: bool = False
    names: tuple[str, ...] | None = None
    typed: bool = False


def read_delimited(
    path: Path, wanted: Iterable[str], form: Form, encoded: Collection[str] = ()
) -> tuple[Any, list[str]]:
    """The ``wanted`` columns that are there, as strings under their wanted names, and the names of the others.

    Parameters
    ----------
    encoded
        Of the wanted columns, those whose strings come as a dictionary.

    Raises
    ------
    DatasetError
        The file is missing, torn, of another form, or its quotes do not fit.
    """
    wanted = list(wanted)
    _, marked = text_head(path)
    encoding = checked(form.encoding, str(path)) if form.encoding else marked or "utf-8"
    try:
        return _read(path, wanted, form, encoding, encoded)
    except UnicodeError:
        if form.encoding or marked:
            raise DatasetError(f"{path}: is not all {encoding}; name its encoding in the option 'encoding'") from None
    return _read(path, wanted, form, guessed(lines(path), path), encoded)


def header(path: Path, encoding: str) -> tuple[int, str]:
    """How many blank lines a text begins with, and the first line that is not blank."""
    for blank, line in enumerate(lines(path, encoding)):
        if line.strip():
            return blank, line.rstrip(b"\r").decode("utf-8")
    raise DatasetError(f"{path} is empty; replace it with the whole file")


def _read(path: Path, wanted: list[str], form: Form, encoding: str, encoded: Collection[str]) -> tuple[Any, list[str]]:
    separator = form.separator or _separator(path, encoding, wanted)
    names = list(form.names) if form.names else _names(path, encoding, separator, form.quotes)
    if form.typed:
        names = [name.partition(":")[0] for name in names]
    found = find(names, wanted, path)
    check_quotes(path, encoding, separator, form.quotes, form.strict)
    if not found.places:
        return pa.table({}), found.others
    try:
        table = _parsed(path, names, found, form, encoding, separator, encoded)
    except pa.ArrowException as error:
        if "UTF8" in str(error):
            raise UnicodeError(str(error)) from None
        if not check_widths(path, encoding, separator, form.quotes):
            note("noticed", path, BARE)
            return pa.table({name: pa.array([], pa.string()) for name in found.places}), found.others
        raise cannot(path, error) from None
    except OSError as error:
        raise cannot(path, error) from None
    if not len(table):
        note("noticed", path, BARE)
    return table, found.others


def _parsed(
    path: Path,
    names: Sequence[str],
    found: Found,
    form: Form,
    encoding: str,
    separator: str,
    encoded: Collection[str],
) -> Any:
    """The rows, under numbers as names, so that no name of the file can be in the way."""
    numbers = [str(place) for place in range(len(names))]
    chosen = [str(place) for place in found.places.values()]
    read = pyarrow.csv.ReadOptions(
        block_size=BLOCK,
        column_names=numbers,
        skip_rows=header(path, encoding)[0],
        skip_rows_after_names=0 if form.names else 1,
    )
    quoting = {"quote_char": False if form.quotes == "none" else '"', "newlines_in_values": form.quotes != "none"}
    if form.quotes == "backslash":
        quoting |= {"escape_char": "\\", "double_quote": False}
    parse = pyarrow.csv.ParseOptions(delimiter=separator, **quoting)
    convert = pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(chosen, pa.string()), include_columns=chosen)
    with text_bytes(path, encoding) as stream:
        if row_limit() is None and not encoded:
            table = pyarrow.csv.read_csv(stream, read, parse, convert)
        else:
            dictionaries = [str(place) for name, place in found.places.items() if name in encoded]
            with pyarrow.csv.open_csv(stream, read, parse, convert) as reader:
                table = gathered(_some(reader, row_limit()), reader.schema, dictionaries)
    return table.select(chosen).rename_columns(list(found.places))


def _some(reader: Any, limit: int | None) -> Iterator[Any]:
    """The first ``limit`` rows of a reader, or all."""
    rows = 0
    for batch in reader:
        yield batch if limit is None else batch.slice(0, limit - rows)
        rows += len(batch)
        if limit is not None and rows > limit:
            mark_cut()
            return


def _names(path: Path, encoding: str, separator: str, quotes: Quotes) -> list[str]:
    """The header, which may break its lines within quotes."""
    text = header(path, encoding)[1]
    if "\r" in text:
        raise DatasetError(f"{path}: its lines end with carriage returns alone; save it with line feeds")
    try:
        return next(csv.reader(io.StringIO(text), **dialect(separator, quotes)))
    except (csv.Error, StopIteration):
        raise DatasetError(f"{path}: the header {shown(text)} is torn; write the names in one line") from None


def _separator(path: Path, encoding: str, wanted: Iterable[str]) -> str:
    """What stands between the names of the header: what yields most wanted names, else most names."""
    text = header(path, encoding)[1]
    quiet = [name.casefold() for name in wanted]

    def worth(separator: str) -> tuple[int, int]:
        names = [name.strip().strip('"').casefold() for name in text.split(separator)]
        return len(set(names) & set(quiet)), len(names)

    best = max(SEPARATORS, key=worth)
    if best != "," and worth(best)[1] > 1:
        note("guessed", path, f"its fields are separated by {shown(best)}")
        return best
    return ","
