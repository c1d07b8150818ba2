"""Code that a checkpoint needs and brings, or that lies in another repository: it runs only where a row pins it."""

from __future__ import annotations

import re
from pathlib import Path

from itemvec.core.errors import ParamsError
from itemvec.models.checkpoint import resolve

COMMIT = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")


def check(checkpoint: str, trusted: bool, revision: str | None, code: str | None) -> None:
    """Refuse trust in code whose commit, or the hash of whose files, is not named."""
    if trusted and not COMMIT.fullmatch(revision or ""):
        raise ParamsError(
            f"model {checkpoint!r}: trust_remote_code needs a revision of 40 hexadecimal digits, "
            "the commit whose code you have read; for a folder of 64, the hash of its files"
        )
    if code is not None and not (trusted and COMMIT.fullmatch(code.rpartition("@")[2])):
        raise ParamsError(
            f"model {checkpoint!r}: code is NAME@REVISION with 40 hexadecimal digits, the commit whose code you have "
            "read, and needs trust_remote_code"
        )


def folder_of(code: str | None) -> Path | None:
    """The files of ``NAME@REVISION``; None if the code lies in the checkpoint."""
    if code is None:
        return None
    name, _, revision = code.rpartition("@")
    return resolve(name, revision, code=True).folder
