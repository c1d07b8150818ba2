"""Reading of raw files (delimited text, JSON lines, Parquet) into Arrow tables, with helpful errors."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.json
import pyarrow.parquet

from itemvec.core.errors import DatasetError
from itemvec.core.registry import suggest

POINTER = b"version https://git-lfs"
ROWS = 1 << 15  # read at a time where a file is streamed
SEEN = 8  # bytes at the end of a file
BLOCK = 1 << 24  # bytes parsed at a time; also the longest line of JSON


def present(path: Path) -> Path:
    """Return ``path`` if it exists; else raise an error that says what to do."""
    if not path.exists():
        raise DatasetError(f"{path} is missing; put it there, or run `itemvec fetch` for a data set it knows")
    return path


def plain_or_packed(path: Path) -> Path:
    """Return ``path``, or the same path with ``.gz`` if only that exists.

    Raises
    ------
    DatasetError
        Both files exist.
    """
    packed = path.with_name(f"{path.name}.gz")
    if path.exists() and packed.exists():
        raise DatasetError(f"{path} and {packed.name} both exist; keep one")
    return packed if packed.exists() else path


def read_delimited(path: Path, types: dict[str, Any], delimiter: str = "\t") -> Any:
    """Read a delimited file with a header line and no quotes; it must have the columns of ``types``."""
    table = _read_delimited(path, types, pyarrow.csv.ParseOptions(delimiter=delimiter, quote_char=False))
    for name in types:
        column(table, name, path)
    return table


def read_columns(path: Path, types: dict[str, Any], **parse: Any) -> Any:
    """Read only the columns ``types`` of a delimited file, to save memory."""
    convert = pyarrow.csv.ConvertOptions(column_types=types, include_columns=list(types))
    read, options = pyarrow.csv.ReadOptions(block_size=BLOCK), pyarrow.csv.ParseOptions(**parse)
    return _read(path, lambda source: pyarrow.csv.read_csv(source, read, options, convert))


def read_headless(path: Path, names: list[str], types: dict[str, Any], delimiter: str) -> Any:
    """Read the columns ``types`` of a delimited file whose columns are ``names``, without header and quotes."""
    read = pyarrow.csv.ReadOptions(block_size=BLOCK, column_names=names)
    parse = pyarrow.csv.ParseOptions(delimiter=delimiter, quote_char=False)
    convert = pyarrow.csv.ConvertOptions(column_types=types, include_columns=list(types))
    return _read(path, lambda source: pyarrow.csv.read_csv(source, read, parse, convert))


def read_csv(path: Path, strings: Iterable[str]) -> Any:
    """Read a comma-separated file with quotes; columns in ``strings`` stay strings, types of others are inferred."""
    types = dict.fromkeys(strings, pa.string())
    table = _read_delimited(path, types, pyarrow.csv.ParseOptions(newlines_in_values=True))
    _check_quotes(path, table)
    return table


def read_json_lines(path: Path, strings: Iterable[str]) -> Any:
    """Read one JSON object per line; in the columns ``strings``, a string that looks like a date stays a string."""
    read = pyarrow.json.ReadOptions(block_size=BLOCK)
    table = _read(path, lambda source: pyarrow.json.read_json(source, read))
    dated = [name for name in strings if name in table.column_names and pa.types.is_temporal(table[name].type)]
    if not dated:
        return table
    parse = pyarrow.json.ParseOptions(explicit_schema=pa.schema([(name, pa.string()) for name in dated]))
    return _read(path, lambda source: pyarrow.json.read_json(source, read, parse))


def read_json_fields(path: Path, schema: pa.Schema) -> Any:
    """Read the fields of ``schema`` of one JSON object per line; other fields may be of any form."""
    read = pyarrow.json.ReadOptions(block_size=BLOCK)
    parse = pyarrow.json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore")
    return _read(path, lambda source: pyarrow.json.read_json(source, read, parse))


def read_parquet(path: Path) -> Any:
    """Read a Parquet file."""
    return _read(path, pyarrow.parquet.read_table)


def parquet_batches(path: Path, names: Iterable[str]) -> Iterator[Any]:
    """Tables of the columns ``names`` of a Parquet file, ``ROWS`` rows at a time, to save memory.

    Raises
    ------
    DatasetError
        The file is missing, damaged or lacks a column.
    """
    with present(path).open("rb") as file:
        if file.read(len(POINTER)) == POINTER:
            raise DatasetError(f"{path} is a pointer of Git LFS to the file; run `git lfs pull` where it came from")
    try:
        with pyarrow.parquet.ParquetFile(path, buffer_size=1 << 20, pre_buffer=False) as parquet:
            for name in names:
                column(parquet.schema_arrow.empty_table(), name, path)
            for batch in parquet.iter_batches(ROWS, columns=list(names)):
                yield pa.Table.from_batches([batch])
    except (pa.ArrowException, OSError) as error:
        raise DatasetError(f"{path} cannot be read: {' '.join(str(error).split())}") from None


def json_batches(path: Path, schema: pa.Schema) -> Iterator[Any]:
    """Tables of the fields of ``schema`` of one JSON object per line, a block at a time; other fields are ignored.

    Raises
    ------
    DatasetError
        The file is missing, damaged or of another form.
    """
    read = pyarrow.json.ReadOptions(block_size=BLOCK)
    parse = pyarrow.json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore")
    try:
        with pyarrow.json.open_json(present(path), read, parse) as reader:
            for batch in reader:
                yield pa.Table.from_batches([batch])
    except (pa.ArrowException, OSError) as error:
        raise DatasetError(f"{path} cannot be read: {' '.join(str(error).split())}") from None


def column(table: Any, name: str, where: object) -> Any:
    """Return a column; raise if it is missing."""
    if name not in table.column_names:
        raise DatasetError(f"{where}: column {name!r} is missing{suggest(name, table.column_names)}")
    return table[name]


def strings(table: Any, name: str, where: object) -> Any:
    """A column of strings or whole numbers, as strings.

    Raises
    ------
    DatasetError
        It is missing or of another type. Fractions are refused, since their original spelling is lost.
    """
    values = column(table, name, where)
    kind = values.type.value_type if pa.types.is_dictionary(values.type) else values.type
    fitting = (pa.types.is_string, pa.types.is_large_string, pa.types.is_integer, pa.types.is_null)
    if not any(fits(kind) for fits in fitting):
        raise DatasetError(f"{where}: column {name!r} is of type {kind}; expected strings or whole numbers")
    return values.cast(pa.string())


def _read_delimited(path: Path, types: dict[str, Any], parse: Any) -> Any:
    read, convert = pyarrow.csv.ReadOptions(block_size=BLOCK), pyarrow.csv.ConvertOptions(column_types=types)
    return _read(path, lambda source: pyarrow.csv.read_csv(source, read, parse, convert))


def _check_quotes(path: Path, table: Any) -> None:
    """Raise if a quote is never closed: Arrow would silently put the rest of the file into the last row."""
    if not len(table):
        return
    row = list(table.slice(len(table) - 1).to_pylist()[0].values())
    if not isinstance(row[-1], str) or "\n" not in row[-1]:
        return
    quotes, tail = 0, b""
    with path.open("rb") as file:
        while part := file.read(BLOCK):
            quotes, tail = quotes + part.count(b'"'), (tail + part)[-SEEN:]
    if quotes % 2 and row[-1].encode().endswith(tail):  # a text that is closed ends before its quote
        raise DatasetError(
            f"{path}: a quote is opened in row {len(table):,} and never closed: {row[0]!r}; close it, or double it "
            "if it is part of a text"
        )


def _read(path: Path, reader: Any) -> Any:
    present(path)
    if path.stat().st_size == 0:
        raise DatasetError(f"{path} is empty; replace it with the whole file")
    try:
        table = reader(path)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path} cannot be read: {' '.join(str(error).split())}") from None
    names = table.column_names
    if twice := {name for name in names if names.count(name) > 1}:
        raise DatasetError(f"{path}: two columns have the name {sorted(twice)[0]!r}; rename one")
    return table
