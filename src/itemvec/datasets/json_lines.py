"""One JSON object per line as Arrow tables: what nobody asked for may be of any form, and errors name their line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from itemvec.core.errors import DatasetError
from itemvec.core.shown import shown
from itemvec.datasets.column_names import find
from itemvec.datasets.raw_files import lines, text_head
from itemvec.datasets.reading import mark_cut, problem, row_limit

ROWS = 1 << 15  # held as Python objects at a time
PEEKED = 1000  # lines whose fields are looked at


def read_json(path: Path, wanted: Iterable[str]) -> tuple[Any, list[str]]:
    """The ``wanted`` fields that are there, of whatever type their values have, and the names of the others.

    Raises
    ------
    DatasetError
        The file is missing, torn or of another form, or a field mixes types.
    """
    columns, others = _fields(path, wanted)
    parts: dict[str, list[Any]] = {name: [] for name in columns}
    for batch in _batches(path, ROWS):
        for name, key in columns.items():
            parts[name].append(_array([row.get(key) for _, row in batch], batch, name, path))
    return pa.table({name: _joined(arrays, name, path) for name, arrays in parts.items()}), others


def json_batches(path: Path, schema: pa.Schema) -> Iterator[Any]:
    """Tables of the fields of ``schema``, some ``rows`` at a time; a field that is missing is null.

    Raises
    ------
    DatasetError
        The file is missing, torn, or a field is of another type.
    """
    columns, _ = _fields(path, schema.names)
    keys = {name: columns.get(name, name) for name in schema.names}
    for batch in _batches(path, ROWS):
        arrays = [_typed([row.get(keys[field.name]) for _, row in batch], field, batch, path) for field in schema]
        yield pa.table(arrays, schema=schema)


def read_object(path: Path) -> dict[str, Any]:
    """A file that is one JSON object, whole in memory.

    Raises
    ------
    DatasetError
        It is anything else.
    """
    try:
        found = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise DatasetError(f"{path}: is no JSON ({error}); fetch it again") from None
    if not isinstance(found, dict):
        raise DatasetError(f"{path}: expected an object, found a {type(found).__name__}; fetch it again")
    return found


def _batches(path: Path, rows: int) -> Iterator[list[tuple[int, dict[str, Any]]]]:
    objects, empty = _objects(path), True
    while batch := list(islice(objects, rows)):
        yield batch
        empty = False
    if empty:
        raise DatasetError(f"{path} is empty; replace it with the whole file")


def _objects(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line number and object of each line that is not blank."""
    _, marked = text_head(path)
    limit, rows = row_limit(), 0
    for number, line in enumerate(lines(path, marked or "utf-8"), 1):
        if not line or line.isspace():
            continue
        if rows == limit:
            mark_cut()
            return
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            problem(_why(path, number, line, error))
            continue
        if not isinstance(row, dict):
            if isinstance(row, list) or number == 1:
                raise DatasetError(f"{path}: line {number:,} is {shown(row)}; expected one JSON object a line")
            problem(f"{path}: line {number:,} is {shown(row)}; expected a JSON object")
            continue
        rows += 1
        yield number, row


def _why(path: Path, number: int, line: bytes, error: Exception) -> str:
    """What is wrong with a line, as far as it is a known fault."""
    where, text = f"{path}: line {number:,} cannot be read", line.strip()
    if number == 1 and text.startswith(b"["):
        return f"{where}: the file is one JSON array; write one object a line (`jq -c '.[]'`)"
    if text.endswith(b"},"):
        return f"{where}: it ends with a comma; leave the comma out"
    if text == b"{":
        return f"{where}: an object goes over several lines; write it in one (`jq -c .`)"
    if text.startswith(b"{'"):
        return f"{where}: it is written as a Python dict, with single quotes; write JSON"
    if "UTF-8" in str(error) or "utf-8" in str(error):
        return f"{where}: it is not UTF-8, which JSON must be: {shown(_torn(line))}; save the file as UTF-8"
    if "depth" in str(error) or "recursion" in str(error).lower():
        return f"{where}: its values are nested too deep; leave that field out"
    return f"{where}: JSON parse error: {error}: {shown(line.decode('utf-8', 'replace'))}; write it whole"


def _torn(line: bytes) -> bytes:
    """What stands around the first byte that is not UTF-8."""
    try:
        line.decode("utf-8")
    except UnicodeDecodeError as error:
        return line[max(0, error.start - 20) : error.start + 20]
    return line


def _fields(path: Path, wanted: Iterable[str]) -> tuple[dict[str, str], list[str]]:
    """Wanted name -> name in the file, and the other names, by the first lines."""
    names: dict[str, None] = {}
    for _, row in islice(_objects(path), PEEKED):
        names |= dict.fromkeys(row)
    wanted, known = list(wanted), list(names)
    found = find(known, wanted, path)
    return {name: known[place] for name, place in found.places.items()}, found.others


def _array(values: list[Any], batch: list[tuple[int, Any]], name: str, path: Path) -> Any:
    """One Arrow array of values of one type; whole numbers beside texts become texts, as ids may be either."""
    order = dict.fromkeys(type(value) for value in values if value is not None)
    kinds = set(order)
    if kinds == {int, float}:
        values = [None if value is None else float(value) for value in values]
    elif kinds == {int, str}:
        values = [None if value is None else str(value) for value in values]
    elif len(kinds) > 1:
        common = max(order, key=lambda kind: sum(type(value) is kind for value in values))
        place = next(place for place, value in enumerate(values) if value is not None and type(value) is not common)
        raise DatasetError(
            f"{path}: line {batch[place][0]:,} has {shown(values[place])} as {name!r}, elsewhere of type "
            f"{common.__name__}; write one type"
        )
    try:
        return pa.array(values)
    except (pa.ArrowException, OverflowError, UnicodeError) as error:
        raise DatasetError(f"{path}: field {name!r}: {' '.join(str(error).split())[:200]}") from None


def _joined(arrays: list[Any], name: str, path: Path) -> Any:
    """Arrays of the parts of a file as one column, of the one type that holds all."""
    kinds = {array.type for array in arrays} - {pa.null()}
    if kinds == {pa.int64(), pa.string()}:
        kinds = {pa.string()}
    elif kinds == {pa.int64(), pa.float64()}:
        kinds = {pa.float64()}
    if len(kinds) > 1:
        said = " and ".join(sorted(map(str, kinds)))
        raise DatasetError(f"{path}: field {name!r} is of types {said}; write one type")
    kind = kinds.pop() if kinds else pa.null()
    return pa.chunked_array([array.cast(kind) for array in arrays], kind)


def _typed(values: list[Any], field: pa.Field, batch: list[tuple[int, Any]], path: Path) -> Any:
    try:
        return pa.array(values, field.type)
    except (pa.ArrowException, OverflowError, UnicodeError):
        pass
    if pa.types.is_string(field.type):  # an id may be written as a number
        values = [str(value) if isinstance(value, int) and not isinstance(value, bool) else value for value in values]
    kept = [value if _fits(value, field.type) else None for value in values]
    bad = [place for place, value in enumerate(values) if value is not None and kept[place] is None]
    if bad:
        problem(
            f"{path}: line {batch[bad[0]][0]:,} has {shown(values[bad[0]])} as {field.name!r}; expected {field.type}"
        )
    return pa.array(kept, field.type)


def _fits(value: object, kind: Any) -> bool:
    try:
        pa.array([value], kind)
    except (pa.ArrowException, OverflowError, UnicodeError):
        return False
    return True
