"""The end of a process by Ctrl-C, by SIGTERM, or with the DVC that started it: one line, and nothing left behind.

``begin`` is called before anything heavy is imported, so this module imports little. The first signal raises
KeyboardInterrupt in the main thread, so that open files are closed and finished rows are stored; while modules of the
program are imported, there is nothing to store, and the process ends at once. A thread sees to the end where the
exception is lost, as it is within callbacks of foreign libraries, or where the main thread waits in foreign code.
"""

from __future__ import annotations

import atexit
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from itemvec.core.leftovers import remove_all

TYPE_CHECKING = False  # typing takes as long to import as all the rest
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, NoReturn

GRACE = 10.0  # seconds between the first signal and the end, at most; a second signal ends at once
SECONDS = 0.5  # between two looks at the parent process
SAID = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}

_begun: dict[str, Any] = {}  # name and process of the program, once it has begun
_received: list[int] = []  # signals so far
_runs = _ends = False
_ending = threading.RLock()


def begin(name: str, parent: int | None = None) -> None:
    """Handle signals from here on, and end when this process is no longer a child of ``parent``, if that is given.

    Parameters
    ----------
    name
        What the line begins with: the stage or the command.
    """
    if _begun:
        return
    _begun.update(name=name, process=os.getpid())
    read, write = os.pipe()
    os.set_blocking(write, False)
    for number in SAID:
        signal.signal(number, _handle)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SAID)  # `pipelines/run` has held them back
    signal.set_wakeup_fd(write, warn_on_full_buffer=False)
    threading.Thread(target=_watch, args=(read, parent), daemon=True).start()
    atexit.register(_ignore)
    sys.unraisablehook, threading.excepthook = _quiet(sys.unraisablehook), _quiet(threading.excepthook)


@contextmanager
def ended_by_signals(name: str) -> Iterator[None]:
    """Where a signal raises KeyboardInterrupt. Every error after a signal is its consequence, and ends the process."""
    global _runs
    _runs = True
    try:
        yield
    except KeyboardInterrupt:
        end(name)
    except BaseException:
        if _received:
            end(name)
        raise
    else:
        if _received:  # the exception was lost
            end(name)
    finally:
        _runs = False


def end(name: str) -> NoReturn:
    """Remove temporary files, print one line, and end the process: at once, since other threads may still write."""
    number = _received[0] if _received else signal.SIGINT
    _end(128 + number, f"{name}: {SAID[signal.Signals(number)]}; nothing incomplete was kept\n")


def _end(code: int, line: str) -> NoReturn:
    global _ends
    with _ending:  # another thread waits here
        _ends = True
        with suppress(OSError, RuntimeError, ValueError):  # the pipe may be closed, or be written to at this moment
            sys.stdout.flush()
        os.write(2, line.encode())
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)  # what other threads say of files that vanish
        os.dup2(nowhere, 2)
        remove_all()
        os._exit(code)


def _handle(number: int, frame: FrameType | None) -> None:
    del frame
    if os.getpid() != _begun["process"]:  # a child that was forked
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        return
    if _ends:
        return
    _received.append(number)
    if len(_received) > 1 or not _runs:
        end(_begun["name"])
    raise KeyboardInterrupt


def _ignore() -> None:
    """From here on all is done, and Python would restore what signals do by default: end it without a word."""
    for number in SAID:
        signal.signal(number, signal.SIG_IGN)


def _watch(wake: int, parent: int | None) -> None:
    until = float("inf")
    while time.monotonic() < until:
        if select.select([wake], [], [], SECONDS)[0]:
            os.read(wake, 64)
            until = min(until, time.monotonic() + GRACE)
        if parent is not None and os.getppid() != parent:
            _end(1, "")
    end(_begun["name"])


def _quiet(hook: Any) -> Any:
    """``hook``, but silent after a signal."""
    return lambda said: None if _received else hook(said)
