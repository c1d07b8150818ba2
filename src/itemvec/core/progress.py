"""How far a long step is: a bar in a terminal, a few lines in a file or a pipe."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol, TextIO, TypeVar

from tqdm import tqdm

from itemvec.core.shown import printable
from itemvec.core.terminal import plain

QUIET = 2.0  # seconds: a step that is done sooner prints no line, since its stage ends with a result
EVERY = 30.0  # seconds between two lines of one step
WIDTH = 80  # columns of a bar, at most
RATED = "{l_bar}{bar}| {n_fmt}/{total_fmt} [{elapsed}<{remaining}, {rate_noinv_fmt}]"
ENDLESS = "{desc}: {n_fmt}{unit} [{elapsed}, {rate_noinv_fmt}]"
NOTED = "{l_bar}{bar}| {n_fmt}/{total_fmt} [{elapsed}<{remaining}{postfix}]"  # a rate beside a note would not fit

Element = TypeVar("Element")


class Progress(Protocol):
    """What a step tells of itself."""

    def update(self, n: float = 1) -> object:
        """So many more are done."""

    def note(self, text: str) -> None:
        """Say how it goes, in a few words, behind the numbers."""


def without_process_locks() -> None:
    """Keep tqdm from making a lock among processes: a killed process would leave its semaphore behind."""
    tqdm.set_lock(threading.RLock())


@contextmanager
def progress(total: int | None, desc: str, unit: str, initial: int = 0, scale: bool = False) -> Iterator[Progress]:
    """Show on stderr how far a step is.

    In a terminal that is a bar of at most 80 columns. Elsewhere it is a line after two seconds, one every 30 seconds
    and one at the end; a step of less than two seconds prints nothing.

    Parameters
    ----------
    total
        How many there are; None if nobody knows.
    desc
        What is done, in up to about 20 letters.
    unit
        What is counted, in the plural; empty where nothing can be.
    initial
        How many were done before.
    scale
        Write numbers as 1.5M, and the unit close behind.
    """
    stream, desc = plain(sys.stderr), printable(desc)
    if stream.isatty():
        with Bar(total, desc, unit, initial, scale, stream) as bar:
            yield bar
        return
    lines = Lines(total, desc, unit, initial, scale, stream)
    stopped = threading.Event()
    watch = threading.Thread(target=_watch, args=(lines, stopped), daemon=True)
    watch.start()
    try:
        yield lines
    finally:
        stopped.set()
        watch.join()
    lines.end()


def each(elements: Iterable[Element], total: int, desc: str, unit: str) -> Iterator[Element]:
    """Go through ``elements`` and show how far that is, as ``progress`` does."""
    with progress(total, desc, unit) as shown:
        for element in elements:
            yield element
            shown.update()


def say(text: str) -> None:
    """Print a remark to stdout, at once and without tearing a bar."""
    tqdm.write(printable(text))
    sys.stdout.flush()


class Bar:
    """A bar of tqdm."""

    def __init__(self, total: int | None, desc: str, unit: str, initial: int, scale: bool, stream: TextIO) -> None:
        columns = min(WIDTH, shutil.get_terminal_size().columns) - 1  # a full line would wrap
        endless = ENDLESS if unit else "{desc} [{elapsed}]"
        self._tqdm = tqdm(
            total=total,
            desc=desc,
            unit=unit if scale else f" {unit}",
            initial=initial,
            unit_scale=scale,
            file=stream,
            ncols=columns,
            mininterval=1,
            bar_format=RATED if total else endless,
        )

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_: object) -> None:
        self._tqdm.close()

    def update(self, n: float = 1) -> None:
        """Draw it anew, at most once a second."""
        self._tqdm.update(n)

    def note(self, text: str) -> None:
        """Put ``text`` in the place of the rate."""
        self._tqdm.bar_format = NOTED
        self._tqdm.set_postfix_str(text, refresh=False)


class Lines:
    """Lines that say how far a step is; ``tell`` and ``end`` print them."""

    def __init__(self, total: int | None, desc: str, unit: str, initial: int, scale: bool, stream: TextIO) -> None:
        self._total, self._desc, self._unit, self._scale = total, desc, unit, scale
        self._done, self._initial, self._noted = float(initial), initial, ""
        self._stream, self._began = stream, time.monotonic()

    def update(self, n: float = 1) -> None:
        """Count, and print nothing."""
        self._done += n

    def note(self, text: str) -> None:
        """Have ``text`` at the end of the next line."""
        self._noted = f"; {text}"

    def tell(self) -> None:
        """Print done and total, rate, and the time that is left."""
        seconds = self._seconds()
        if not self._unit:
            self._print(f"{_time(seconds)} so far")
            return
        rate = (self._done - self._initial) / seconds
        left = f", {_time((self._total - self._done) / rate)} left" if rate and self._total else ""
        share = f" ({self._done / self._total:.0%})" if self._total else ""
        self._print(f"{self._counted()}{share}{self._pace(rate)}{left}{self._noted}")

    def end(self) -> None:
        """Print what was done and how long it took, if that was long enough to say so."""
        seconds = self._seconds()
        if seconds >= QUIET:
            what = self._counted() if self._unit else "done"
            rate = (self._done - self._initial) / seconds
            self._print(f"{what} in {_time(seconds)}{self._pace(rate)}{self._noted}")

    def _seconds(self) -> float:
        return max(time.monotonic() - self._began, 1e-9)

    def _counted(self) -> str:
        of = f" of {self._amount(self._total)}" if self._total and self._done != self._total else ""
        return f"{self._amount(self._done)}{of}" + ("" if self._scale else f" {self._unit}")

    def _pace(self, rate: float) -> str:
        if not rate:
            return ""
        return f", {self._amount(rate)} a second" if rate >= 1 else f", {self._amount(1 / rate)} s each"

    def _amount(self, n: float) -> str:
        if self._scale:
            return str(tqdm.format_sizeof(n, self._unit))
        return f"{n:,.0f}" if n >= 10 or n == int(n) else f"{n:.2g}"

    def _print(self, text: str) -> None:
        self._stream.write(f"{self._desc}: {text}\n")
        self._stream.flush()


def _watch(lines: Lines, stopped: threading.Event) -> None:
    """Have a step tell how far it is, also when nothing of it is done for long."""
    pause = QUIET
    while not stopped.wait(pause):
        lines.tell()
        pause = EVERY


def _time(seconds: float) -> str:
    """``12 s``, ``3 min``, ``2.5 h``: as exact as anybody needs it."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
