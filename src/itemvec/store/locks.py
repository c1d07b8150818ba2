"""File locks, shared by many processes or exclusive to one. The system releases them when a process ends."""

import fcntl
import os
from contextlib import suppress
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path


def hold(path: Path, alone: bool = False) -> TextIOWrapper | None:
    """Lock the file ``path`` until the returned file is closed; this sets its modification time.

    A shared lock waits for an exclusive one to end. An exclusive lock (``alone``) does not wait: while others hold the
    lock, the result is None.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        file = path.open("a")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB if alone else fcntl.LOCK_SH)
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                if not alone:
                    os.utime(path)
                return file
        except BlockingIOError:
            file.close()
            return None
        except FileNotFoundError:
            pass
        file.close()  # the table was removed while we waited, so the lock is another file now


def hold_alone(path: Path, used: datetime) -> TextIOWrapper | None:
    """Lock ``path`` exclusively, or return None; if the file is created here, its modification time is ``used``."""
    with suppress(FileExistsError):
        path.touch(exist_ok=False)
        os.utime(path, (used.timestamp(), used.timestamp()))
    return hold(path, alone=True)
