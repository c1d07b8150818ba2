"""Output that cannot command the terminal, whatever a file, a checkpoint or a server wrote into a text."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from types import TracebackType
from typing import Any

from itemvec.core.shown import printable


class EscapedStream:
    """A text stream that writes control characters and marks of direction as escapes, such as ``\\x1b``."""

    def __init__(self, plain: Any) -> None:
        self.plain = plain

    def write(self, text: str) -> int:
        """Write ``text``, escaped."""
        return int(self.plain.write(printable(text)))

    def writelines(self, lines: list[str]) -> None:
        """Write ``lines``, escaped."""
        for line in lines:
            self.write(line)

    def __iter__(self) -> Iterator[str]:
        return iter(self.plain)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.plain, name)


def plain(stream: Any) -> Any:
    """The stream below, for bars, which move the cursor."""
    return stream.plain if isinstance(stream, EscapedStream) else stream


@contextmanager
def escaped_output() -> Iterator[None]:
    """What is printed within goes through an ``EscapedStream``."""
    out, errors = (EscapedStream(plain(stream)) for stream in (sys.stdout, sys.stderr))
    with redirect_stdout(out), redirect_stderr(errors):
        yield


def show_traceback(kind: type[BaseException], error: BaseException, at: TracebackType | None) -> None:
    """A ``sys.excepthook``: the message of an error can quote a file, so a traceback is escaped too."""
    sys.stderr.write(printable("".join(traceback.format_exception(kind, error, at))))
