"""The file of one person, to which a judgment is added at once, and only once.

A process may be killed at any time, and several may write: each line is on the disk before anybody is told that it is
kept, what was cut off is removed before the next line, and a token that is there already is not written again.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from itemvec.core.errors import ItemvecError
from itemvec.core.files import read_json, replacing
from itemvec.datasets.judgment_log import (
    COLUMNS,
    FOLDER,
    SCALE,
    UNDO,
    Line,
    Pair,
    begin_judging,
    last_lines,
    logs,
    parsed,
    read_log,
)

HEADER = (",".join(COLUMNS) + "\n").encode()


@dataclass
class JudgeFile:
    """The judgments of one person.

    path
        The file; it is made with the first judgment.
    lines
        All that is kept, the earliest first, as of the last look at the file.
    """

    path: Path
    lines: list[Line] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    size: int = 0  # bytes that were read
    last: dict[Pair, Line] = field(default_factory=dict)

    def look(self) -> None:
        """Read what other processes added since.

        Raises
        ------
        DatasetError
            A line is no judgment.
        """
        size = self.path.stat().st_size if self.path.exists() else 0
        if size == self.size:
            return
        content = self.path.read_bytes() if size else b""
        self.lines, self.size = parsed(content, self.path)
        self.tokens = {one.token for one in self.lines}
        self.last = last_lines(self.lines)

    def add(self, line: Line) -> bool:
        """Keep a judgment; False where one with its token is kept already.

        Raises
        ------
        ItemvecError
            It cannot be written; then nothing of it is kept.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with _locked(self.path.parent):
                self.look()
                if line.token in self.tokens:
                    return False
                self._append(line.written())
        except OSError as error:
            raise ItemvecError(f"{self.path}: {error.strerror}; the judgment was not kept") from None
        self.lines.append(line)
        self.tokens.add(line.token)
        self.last.pop(line.pair, None)
        if line.grade != UNDO:
            self.last[line.pair] = line
        return True

    def _append(self, written: bytes) -> None:
        new = not self.path.exists()
        if not new:
            _own(self.path)
        number = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o644)
        try:
            os.ftruncate(number, self.size)  # what was cut off
            os.lseek(number, self.size, os.SEEK_SET)
            whole = written if self.size else HEADER + written
            try:
                _write(number, whole)
                os.fsync(number)
            except OSError:
                os.ftruncate(number, self.size)
                raise
        finally:
            os.close(number)
        self.size += len(whole)
        if new:
            _sync_folder(self.path.parent)


def _write(number: int, whole: bytes) -> None:
    while whole:
        whole = whole[os.write(number, whole) :]


def _own(path: Path) -> None:
    """A copy in place of a link into DVC's cache, which must not change."""
    if path.is_symlink() or path.stat().st_nlink > 1:
        with replacing(path) as partial:
            shutil.copyfile(path, partial)
            partial.chmod(0o644)


def _sync_folder(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One process at a time writes in a folder; a process that ends gives the lock back."""
    number = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(number, fcntl.LOCK_EX)
        yield
    finally:
        os.close(number)


def now() -> str:
    """UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def scale(root: Path, wanted: tuple[float, ...], writes: bool = True) -> tuple[float, ...]:
    """The gain of each grade of the data set below ``root``: as people judge by already, else what is ``wanted``.

    Parameters
    ----------
    writes
        Whether to keep it, for those who judge later.

    Raises
    ------
    TableError
        The file of it is damaged.
    """
    path = root / FOLDER / SCALE
    found = tuple(float(gain) for gain in read_json(path)["gains"]) if path.exists() else ()
    if found and (found == wanted or any(read_log(one) for one in logs(root).values())):
        return found
    if writes:
        begin_judging(root, wanted)
    return wanted
