"""Reading and writing of files. A file is written whole or not at all."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from itemvec.core.errors import TableError
from itemvec.core.leftovers import forget, remember


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path`` to write to; it replaces ``path`` once the block has succeeded.

    A failure or an interrupt removes the temporary path. A kill leaves it behind, and the next call removes it.
    """
    partial = path.with_name(f".{path.name}.partial")
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove(partial)
    remember(str(partial))
    try:
        yield partial
    except BaseException:
        _remove(partial)
        raise
    forget(str(partial))
    if path.is_dir():  # a folder cannot be replaced in one step
        former = path.with_name(f".{path.name}.former.partial")
        _remove(former)
        path.rename(former)
        partial.replace(path)
        _remove(former)
    else:
        partial.replace(path)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8."""
    with replacing(path) as partial:
        partial.write_text(text, encoding="utf-8")


def write_json(path: Path, value: Any) -> None:
    """Write ``value`` as indented JSON; floats are rounded to six places, so that equal results are equal bytes."""
    write_text(path, json.dumps(_rounded(value), indent=2, allow_nan=False) + "\n")


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(part) for part in value]
    return value


def read_json(path: Path) -> Any:
    """Read JSON; if the file is damaged or missing, the error says how to make it again."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TableError(f"{path}: cannot be read ({error}); run `dvc repro`") from None


def write_parquet(path: Path, table: Any) -> None:
    """Write one Arrow table."""
    with replacing(path) as partial:
        pq.write_table(table, partial, compression="zstd")


def n_rows(path: Path) -> int:
    """Rows of a Parquet file, without reading them."""
    try:
        return int(pq.read_metadata(path).num_rows)
    except (OSError, pa.ArrowException) as error:
        raise TableError(f"{path}: cannot be read ({error}); run `dvc repro`") from None


def column_names(path: Path) -> list[str]:
    """Names of the columns of a Parquet file, without reading them."""
    try:
        return list(pq.read_schema(path).names)
    except (OSError, pa.ArrowException) as error:
        raise TableError(f"{path}: cannot be read ({error}); run `dvc repro`") from None


def read_parquet(path: Path, columns: list[str] | None = None, encoded: list[str] | None = None) -> Any:
    """Read one Arrow table; if the file is damaged or missing, the error says how to make it again.

    Parameters
    ----------
    encoded
        Columns of strings to read as dictionaries, of which each string is in memory once.
    """
    try:
        return pq.read_table(path, columns=columns, read_dictionary=encoded)
    except (OSError, pa.ArrowException) as error:
        raise TableError(f"{path}: cannot be read ({error}); run `dvc repro`") from None
