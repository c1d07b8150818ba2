"""Raw files as streams of bytes: packed or not, and named where they are not what their name says."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pyarrow as pa

from itemvec.core.errors import DatasetError
from itemvec.core.shown import shown
from itemvec.datasets.text_encoding import marked

POINTER = b"version https://git-lfs"
PACKED = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"BZh": "bz2"}  # first bytes -> how Arrow names it
BLOCK = 1 << 24  # bytes read at a time
HEAD = 1 << 16  # bytes that tell what a file is
# First bytes -> what the file is, and what to do about it. Not Parquet, whose reader takes it.
FOREIGN = {
    b"PK\x03\x04": "a zip archive or an Excel file; unpack it, or name it .xlsx",
    b"\xfd7zXZ": "packed by xz; unpack it",
    b"7z\xbc\xaf": "packed by 7-Zip; unpack it",
    b"\x89PNG": "an image; replace it",
    b"%PDF": "a PDF; replace it",
    b"SQLite format 3": "an SQLite database; export the table as CSV or Parquet",
    b"\xd0\xcf\x11\xe0": "an old Excel file; save it as CSV or .xlsx",
}


def present(path: Path) -> Path:
    """``path``, or an error that says what to do without it."""
    if not path.exists():
        raise DatasetError(
            f"{path} is missing; put it there, or run `itemvec fetch` for a data set it knows{_beside(path)}"
        )
    if path.is_dir():
        raise DatasetError(f"{path} is a folder; put a file of that name there")
    return path


def plain_or_packed(path: Path) -> Path:
    """``path`` or the same with ``.gz``; which is there, or ``path`` where neither is.

    Raises
    ------
    DatasetError
        Both are there.
    """
    packed = path.with_name(f"{path.name}.gz")
    if path.exists() and packed.exists():
        raise DatasetError(f"{path} and {packed.name} both exist; keep one")
    return packed if packed.exists() else path


def cannot(path: Path, error: object) -> DatasetError:
    """The error that ``path`` cannot be read, in one line."""
    said = " ".join(str(error).split())
    return DatasetError(f"{path} cannot be read: {said[:300]}")


def opened(path: Path) -> Any:
    """The bytes of a file, unpacked, as an Arrow stream.

    Raises
    ------
    DatasetError
        It is missing or empty, or only a pointer to the file.
    """
    head = _first(path)
    compression = next((name for mark, name in PACKED.items() if head.startswith(mark)), None)
    try:
        return pa.input_stream(str(path), compression=compression)
    except (pa.ArrowException, OSError) as error:
        raise cannot(path, error) from None


def text_head(path: Path) -> tuple[bytes, str | None]:
    """The first bytes of a text, unpacked, and the encoding that they tell.

    Raises
    ------
    DatasetError
        It is no text.
    """
    try:
        with opened(path) as stream:
            head: bytes = stream.read(HEAD)
    except (pa.ArrowException, OSError) as error:
        raise cannot(path, error) from None
    if head.startswith(b"PAR1"):
        raise DatasetError(f"{path}: is a Parquet file; name it .parquet")
    for mark, what in FOREIGN.items():
        if head.startswith(mark):
            raise DatasetError(f"{path}: is {what}")
    if head[257:262] == b"ustar":
        raise DatasetError(f"{path}: is an archive of several files (tar); unpack it")
    if head[:100].lstrip().lower().startswith((b"<!doctype html", b"<html")):
        raise DatasetError(f"{path}: is a web page, such as that of a login; download the file itself")
    encoding = marked(head)
    if encoding is None and b"\0" in head[:4096]:
        raise DatasetError(f"{path}: has zero bytes, so it is no text in a known encoding; replace it")
    return head, encoding


def text_bytes(path: Path, encoding: str) -> Any:
    """The text of a file as an Arrow stream of UTF-8."""
    stream = opened(path)
    if encoding in ("utf-8", "utf-8-sig"):
        return stream
    return pa.transcoding_input_stream(stream, encoding, "utf8")


def blocks(path: Path, encoding: str = "utf-8") -> Iterator[bytes]:
    """The text of a file as UTF-8, a block at a time, as long as it can be read.

    Raises
    ------
    DatasetError
        It is cut off, or not of that encoding.
    """
    try:
        with text_bytes(path, encoding) as stream:
            while block := stream.read(BLOCK):
                yield block
    except (pa.ArrowException, OSError, UnicodeError) as error:
        raise cannot(path, error) from None


def lines(path: Path, encoding: str = "utf-8") -> Iterator[bytes]:
    """The lines of a text as UTF-8, without their ends and without a mark at the start."""
    rest, first = b"", True
    for block in blocks(path, encoding):
        *whole, rest = (rest + block).split(b"\n")
        for line in whole:
            yield line.removeprefix(b"\xef\xbb\xbf") if first else line
            first = False
    if rest:
        yield rest.removeprefix(b"\xef\xbb\xbf") if first else rest


def _beside(path: Path) -> str:
    """Files that could be meant by one that is missing."""
    names = [one.name for one in sorted(path.parent.glob("*")) if one.is_file() and not one.name.startswith(".")]
    near = get_close_matches(path.name.lower(), [name.lower() for name in names], n=1)
    if near:
        return f"; did you mean {next(shown(name) for name in names if name.lower() == near[0])}?"
    return f"; beside it are {', '.join(map(shown, names[:5]))}" if names else ""


def _first(path: Path) -> bytes:
    try:
        with present(path).open("rb") as file:
            head = file.read(len(POINTER))
    except OSError as error:
        raise cannot(path, error.strerror or error) from None
    if not head:
        raise DatasetError(f"{path} is empty; replace it with the whole file")
    if head == POINTER:
        raise DatasetError(f"{path} is a pointer of Git LFS to the file; run `git lfs pull` where it came from")
    return head
