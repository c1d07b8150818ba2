"""Download of a file: it resumes after an interruption, and the file gets its name when it is complete."""

import hashlib
import time
import urllib.error
import urllib.request
from http.client import HTTPException
from pathlib import Path
from typing import Any

from itemvec.core.errors import DatasetError
from itemvec.core.progress import progress

CHUNK = 1 << 20  # bytes read at a time
ATTEMPTS, WAIT, TIMEOUT = 5, 1.0, 60.0  # tries without progress; seconds between them; seconds of silence


def download(url: str, path: Path) -> None:
    """Download ``url`` to ``path``; a ``.part`` file beside it keeps the bytes of an interrupted download.

    Raises
    ------
    DatasetError
        The file does not exist, or the connection fails repeatedly. Received bytes are kept, and the next call resumes.
    """
    part, tag = path.with_name(f"{path.name}.part"), path.with_name(f"{path.name}.tag")
    path.parent.mkdir(parents=True, exist_ok=True)
    tried = 0
    while True:
        before = part.stat().st_size if part.exists() else 0
        try:
            whole = _fetch(url, part, tag)
            problem = f"the connection ended before all {whole:,} bytes were received"
            if part.stat().st_size == whole:
                break
        except urllib.error.HTTPError as error:
            if error.code < 500 and error.code != 429:
                raise DatasetError(f"{url}: {error.code} {error.reason}; check whether it has moved") from None
            problem = f"{error.code} {error.reason}"
        except (OSError, HTTPException) as error:
            problem = str(getattr(error, "reason", error)) or type(error).__name__
        came = part.stat().st_size if part.exists() else 0
        tried = tried + 1 if came <= before else 0
        if tried >= ATTEMPTS:
            raise DatasetError(f"{url}: {problem}; {came:,} bytes are kept: run it again to resume")
        time.sleep(WAIT)
    part.replace(path)
    tag.unlink(missing_ok=True)


def _fetch(url: str, part: Path, tag: Path) -> int:
    """Resume from the bytes in ``part``, and return the size of the whole file.

    A tag is the server's identifier of one version of the file: another version is read from its beginning.
    """
    start = part.stat().st_size if part.exists() and tag.exists() else 0
    request = urllib.request.Request(url, headers={"User-Agent": "itemvec", "Accept-Encoding": "identity"})  # noqa: S310
    if start:
        request.add_header("Range", f"bytes={start}-")
        request.add_header("If-Range", tag.read_text(encoding="utf-8"))
    try:
        response = urllib.request.urlopen(request, timeout=TIMEOUT)  # noqa: S310  (SOURCES alone name addresses)
    except urllib.error.HTTPError as error:
        if error.code != 416:  # no bytes after those we have: the part is complete, or of another file
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
        return whole if response.headers.get("Content-Length") else part.stat().st_size


def _remember(tag: Path, headers: Any) -> None:
    """Store the version of the file; if the server gives none, the file is always read from the beginning."""
    version = headers.get("ETag") or headers.get("Last-Modified")
    if version and not version.startswith("W/"):  # a weak tag may stand for other bytes
        tag.write_text(version, encoding="utf-8")
    else:
        tag.unlink(missing_ok=True)


def checksum(path: Path, algorithm: str = "sha256") -> str:
    """Hash of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.new(algorithm, usedforsecurity=False)).hexdigest()
