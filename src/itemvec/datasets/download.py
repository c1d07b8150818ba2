"""A file from the network: it goes on where it was cut, and takes its name when it is whole."""

import gzip
import hashlib
import time
import urllib.error
import urllib.request
import zipfile
import zlib
from http.client import HTTPException
from pathlib import Path
from typing import Any

from itemvec.core.errors import DatasetError
from itemvec.core.progress import progress

CHUNK = 1 << 20  # bytes read at a time
ATTEMPTS, WAIT, TIMEOUT = 5, 1.0, 60.0  # tries without progress; seconds between them; seconds of silence


def download(url: str, path: Path, has_checksum: bool = False) -> None:
    """Bring ``url`` to ``path``; a ``.part`` beside it remembers what came before an interruption.

    Parameters
    ----------
    has_checksum
        Whether the caller will compare a published checksum. Else, where the server does not say how long the file is,
        it must be of a form that shows whether it is whole: gzip or zip.

    Raises
    ------
    DatasetError
        It is not there, or the connection fails again and again; what came is kept, and the next call goes on. Or
        nothing shows whether it came whole, or it did not; then it is removed.
    """
    part, tag = path.with_name(f"{path.name}.part"), path.with_name(f"{path.name}.tag")
    path.parent.mkdir(parents=True, exist_ok=True)
    tried = 0
    while True:
        before = part.stat().st_size if part.exists() else 0
        try:
            whole, is_stated = _fetch(url, part, tag)
            problem = f"the connection ended before its {whole:,} bytes had come"
            if part.stat().st_size == whole:
                break
        except urllib.error.HTTPError as error:
            if error.code < 500 and error.code != 429:
                raise DatasetError(f"{url}: {error.code} {error.reason}; see whether it has moved") from None
            problem = f"{error.code} {error.reason}"
        except (OSError, HTTPException) as error:
            problem = str(getattr(error, "reason", error)) or type(error).__name__
        came = part.stat().st_size if part.exists() else 0
        tried = tried + 1 if came <= before else 0
        if tried >= ATTEMPTS:
            raise DatasetError(f"{url}: {problem}; {came:,} bytes are kept: run it again to go on")
        time.sleep(WAIT)
    if not (is_stated or has_checksum):
        _check_end(url, part, tag, path.suffix)
    part.replace(path)
    tag.unlink(missing_ok=True)


def _fetch(url: str, part: Path, tag: Path) -> tuple[int, bool]:
    """Read on from what is there; return the size of the whole, and whether the server stated where it ends.

    A tag is the server's mark of one version of the file: another version is read from its beginning.
    """
    start = part.stat().st_size if part.exists() and tag.exists() else 0
    request = urllib.request.Request(url, headers={"User-Agent": "itemvec", "Accept-Encoding": "identity"})  # noqa: S310
    if start:
        request.add_header("Range", f"bytes={start}-")
        request.add_header("If-Range", tag.read_text(encoding="utf-8"))
    try:
        response = urllib.request.urlopen(request, timeout=TIMEOUT)  # noqa: S310  (SOURCES alone name addresses)
    except urllib.error.HTTPError as error:
        if error.code != 416:  # nothing lies behind what is there: it is whole, or of another file
            raise
        part.unlink()
        return _fetch(url, part, tag)
    with response:
        if response.status != 206:
            start = 0
        _remember(tag, response.headers)
        whole = start + int(response.headers.get("Content-Length") or 0)
        shown = progress(whole or None, part.stem, "B", start, scale=True)
        with part.open("ab" if start else "wb") as file, shown as bar:
            while chunk := response.read(CHUNK):
                file.write(chunk)
                bar.update(len(chunk))
        if response.headers.get("Content-Length"):
            return whole, True
        return part.stat().st_size, response.chunked  # a chunked answer states its end, and reading a cut one raises


def _check_end(url: str, part: Path, tag: Path, suffix: str) -> None:
    """Raise unless the form of the file shows that it is whole."""
    problem = "its server does not say how long it is, and no checksum is published, so it may have been cut"
    try:
        if suffix == ".gz":
            with gzip.open(part) as file:
                while file.read(CHUNK):
                    pass
            return
        if suffix == ".zip":
            with zipfile.ZipFile(part) as archive:
                if archive.testzip() is None:
                    return
            problem = "it is damaged"
    except (EOFError, OSError, zipfile.BadZipFile, zlib.error) as error:
        problem = f"it did not come whole ({error})"
    part.unlink()
    tag.unlink(missing_ok=True)
    raise DatasetError(f"{url}: {problem}; it was thrown away: run it again, or bring the file by hand")


def _remember(tag: Path, headers: Any) -> None:
    """Note which version this is; a server that does not say so is always read from the beginning."""
    version = headers.get("ETag") or headers.get("Last-Modified")
    if version and not version.startswith("W/"):  # a weak tag may stand for other bytes
        tag.write_text(version, encoding="utf-8")
    else:
        tag.unlink(missing_ok=True)


def checksum(path: Path, algorithm: str = "sha256") -> str:
    """Hash of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.new(algorithm, usedforsecurity=False)).hexdigest()
