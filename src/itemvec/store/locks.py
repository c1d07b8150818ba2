"""A lock that many processes share or one has alone; the system lets go of it when a process ends, however."""

import fcntl
import os
from contextlib import suppress
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path


def hold(path: Path, alone: bool = False) -> TextIOWrapper | None:
    """Hold the lock file ``path`` until the returned file is closed; its time of change is the last such call.

    A shared hold waits for the one who has it alone. Who wants it alone while others hold it gets None, at once.
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
        file.close()  # of a table that was removed while we waited: the lock is another file now


def hold_alone(path: Path, used: datetime) -> TextIOWrapper | None:
    """Hold the lock file ``path`` alone, or get None; one that is made for this has ``used`` as its time of change."""
    with suppress(FileExistsError):
        path.touch(exist_ok=False)
        os.utime(path, (used.timestamp(), used.timestamp()))
    return hold(path, alone=True)
