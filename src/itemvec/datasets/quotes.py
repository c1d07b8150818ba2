"""Quotes of a delimited file: rows counted as lines and as records, and what a stray quote does to them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.errors import DatasetError
from itemvec.core.shown import shown
from itemvec.datasets.raw_files import blocks, cannot, text_bytes
from itemvec.datasets.reading import note, problem, row_limit

Quotes = Literal["doubled", "backslash", "none"]
LONGEST = (1 << 31) - 1  # letters of a field
INNER = 3  # lines within a value that all look like rows, from which they are taken for swallowed rows
ADVICE = "write a quote that belongs to a text twice, or set the option 'quotes' to none or backslash"


def dialect(separator: str, quotes: Quotes) -> dict[str, Any]:
    """The dialect as Python's csv has it."""
    if quotes == "none":
        return {"delimiter": separator, "quoting": csv.QUOTE_NONE}
    escape = {"escapechar": "\\", "doublequote": False} if quotes == "backslash" else {}
    return {"delimiter": separator, "strict": True, **escape}


def records(path: Path, encoding: str, separator: str, quotes: Quotes) -> Iterator[tuple[int, int, list[str]]]:
    """Number, last line and fields of each record of a file, its header being number 0; blank lines do not count.

    Raises
    ------
    DatasetError
        Text stands behind a closing quote, or a quote is never closed.
    """
    csv.field_size_limit(LONGEST)
    number, last = -1, 0
    with io.TextIOWrapper(text_bytes(path, encoding), "utf-8-sig", errors="replace", newline="") as text:
        reader = csv.reader(text, **dialect(separator, quotes))
        try:
            for fields in reader:
                if fields:
                    number += 1
                    yield number, reader.line_num, fields
                last = reader.line_num
        except csv.Error as error:
            row = number + 1
            if "unexpected end of data" in str(error):
                raise DatasetError(
                    f"{path}: a quote is opened in row {row:,} (line {last + 1:,}) and never closed: "
                    f"{_line(path, encoding, last + 1)}; {ADVICE}"
                ) from None
            raise DatasetError(
                f"{path}: row {row:,} (line {last + 1:,}) has text behind a closing quote: "
                f"{_line(path, encoding, last + 1)}; {ADVICE}"
            ) from None
        except (OSError, UnicodeError) as error:
            raise cannot(path, error) from None


def check_quotes(path: Path, encoding: str, separator: str, quotes: Quotes, strict: bool) -> None:
    """Look over a file that has quotes, record by record, and say where lines are more than records.

    Parameters
    ----------
    strict
        Whether text behind a closing quote is a problem; in published files it is only remarked.

    Raises
    ------
    DatasetError
        A value holds lines that look like rows: a stray quote has swallowed them.
    """
    limit = row_limit()
    if quotes == "none" or _is_plain(path, encoding, separator, quotes, limit):
        return
    before, spanning, longest, width = 0, 0, (0, 0), 0
    try:
        for number, line, fields in records(path, encoding, separator, quotes):
            width = width or len(fields)
            spanned = line - before
            if number and any("\n" in field or "\r" in field for field in fields):
                _check_swallowed(path, number, line - spanned + 1, fields, width, separator)
                spanning, longest = spanning + 1, max(longest, (spanned, number))
            before = line
            if limit is not None and number >= limit:
                break
    except DatasetError as error:
        if strict or "never closed" in error.message:
            problem(error.message)
            return
        note("changed", path, error.message.removeprefix(f"{path}: "))
    if spanning:
        note("noticed", path, f"values hold line breaks, most in row {longest[1]:,}: {longest[0]:,} lines", spanning)


def check_widths(path: Path, encoding: str, separator: str, quotes: Quotes) -> int:
    """Name the first record that has more or fewer fields than the header; else count the records below the header.

    Raises
    ------
    DatasetError
        There is one.
    """
    width = number = 0
    for number, line, fields in records(path, encoding, separator, quotes):
        width = width or len(fields)
        if len(fields) != width:
            raise DatasetError(
                f"{path}: row {number:,} (line {line:,}) has {len(fields)} fields, the header has {width}: "
                f"{shown(separator.join(fields))}; put a value with {shown(separator)} in quotes, or name the "
                "separator in the option 'separator'"
            )
    return number


def _check_swallowed(path: Path, number: int, line: int, fields: list[str], width: int, separator: str) -> None:
    """The lines of a value look like rows if all have as many fields, or begin with an id of the same form."""
    for field in fields:
        parts = [part for part in field.splitlines()[1:] if part]
        if not parts or width < 2:
            continue
        split = [next(csv.reader([part], delimiter=separator)) for part in parts]
        inner = split[:-1]
        whole = len(inner) >= INNER and all(len(one) == width for one in inner)
        alike = all(len(one) > 1 and _form(one[0]) == _form(fields[0]) for one in split) and bool(_form(fields[0]))
        if whole or alike:
            problem(
                f"{path}: a quote is opened in row {number:,} (line {line:,}) and closed {len(parts):,} lines later, "
                f"lines that look like rows of their own, as {shown(parts[0])}; {ADVICE}"
            )
            return


def _form(value: str) -> str:
    """The kind of letters of an id: ``p-12`` and ``p-7`` are alike."""
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", value))[:20]


def _is_plain(path: Path, encoding: str, separator: str, quotes: Quotes, limit: int | None) -> bool:
    """Whether every line, at least of the first ``limit`` records, is a record whose quotes are where they must be.

    That is seen several times faster than records are read one by one.
    """
    mark = re.escape(separator)
    field = rf'(?:"(?:[^"\r]|"")*"|[^"\r{mark}]*)'
    record, seen = rf"^{field}(?:{mark}{field})*\r?$", 0
    for block in _whole_lines(path, encoding):
        if b'"' in block and quotes != "doubled":
            return False
        if b'"' in block or limit is not None:
            lines = pc.list_flatten(pc.split_pattern(pa.array([block], pa.binary()), "\n"))
            if b'"' in block and not pc.all(pc.match_substring_regex(lines, record)).as_py():
                return False
            seen += pc.sum(pc.match_substring_regex(lines, r"\S")).as_py()
        if limit is not None and seen > limit:
            return True
    return True


def _whole_lines(path: Path, encoding: str) -> Iterator[bytes]:
    """The text a block at a time, each of whole lines, without the end of the last and without a mark at the start."""
    rest, mark = b"", b"\xef\xbb\xbf"
    for block in blocks(path, encoding):
        whole, end, more = block.rpartition(b"\n")
        if end:
            yield (rest + whole).removeprefix(mark)
            rest, mark = more, b""
        else:
            rest += more
    if rest:
        yield rest.removeprefix(mark)


def _line(path: Path, encoding: str, number: int) -> str:
    from itemvec.datasets.raw_files import lines

    for place, line in enumerate(lines(path, encoding), 1):
        if place == number:
            return shown(line.decode("utf-8", "replace"))
    return "''"
