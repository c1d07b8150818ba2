"""Raw files as Arrow tables, with errors that name the file and what to do."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.json
import pyarrow.parquet

from itemvec.errors import DatasetError
from itemvec.registry import suggest

BLOCK = 1 << 24  # bytes parsed at a time; also the longest line of JSON


def present(path: Path) -> Path:
    """``path``, or an error that says what to do without it."""
    if not path.exists():
        raise DatasetError(f"{path} is missing; put it there, or run `itemvec fetch` for a data set it knows")
    return path


def read_delimited(path: Path, types: dict[str, Any], delimiter: str = "\t") -> Any:
    """Read a delimited file with a header line and no quotes; it must have the columns of ``types``."""
    table = _read_delimited(path, types, pyarrow.csv.ParseOptions(delimiter=delimiter, quote_char=False))
    for name in types:
        if name not in table.column_names:
            raise DatasetError(f"{path}: column {name!r} is missing{suggest(name, table.column_names)}")
    return table


def read_csv(path: Path, types: dict[str, Any]) -> Any:
    """Read a comma-separated file with quotes; columns of ``types`` are read so, the others as they look."""
    return _read_delimited(path, types, pyarrow.csv.ParseOptions(newlines_in_values=True))


def _read_delimited(path: Path, types: dict[str, Any], parse: Any) -> Any:
    read, convert = pyarrow.csv.ReadOptions(block_size=BLOCK), pyarrow.csv.ConvertOptions(column_types=types)
    return _read(path, lambda source: pyarrow.csv.read_csv(source, read, parse, convert))


def read_json_lines(path: Path) -> Any:
    """Read one JSON object per line."""
    options = pyarrow.json.ReadOptions(block_size=BLOCK)
    return _read(path, lambda source: pyarrow.json.read_json(source, options))


def read_parquet(path: Path) -> Any:
    """Read a Parquet file."""
    return _read(path, pyarrow.parquet.read_table)


def _read(path: Path, reader: Any) -> Any:
    present(path)
    if path.stat().st_size == 0:
        raise DatasetError(f"{path} is empty; replace it with the whole file")
    try:
        return reader(path)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path} cannot be read: {' '.join(str(error).split())}") from None
