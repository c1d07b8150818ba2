"""What must not outlive the process: temporary folders, and files that are not complete yet."""

import os
import time
from contextlib import suppress

_paths: set[str] = set()
ATTEMPTS, WAIT = 5, 0.02  # to remove a folder that another thread still writes to; seconds between them


def remember(path: str) -> None:
    """``remove_all`` shall remove ``path``, a file or folder that may not exist yet."""
    _paths.add(path)


def forget(path: str) -> None:
    """``path`` is gone or complete."""
    _paths.discard(path)


def remove_all() -> None:
    """Remove what is left, just before the process ends. It can run within any import, so it imports nothing."""
    for attempt in range(ATTEMPTS):
        left = [path for path in list(_paths) if os.path.lexists(path)]
        if not left:
            return
        time.sleep(WAIT * bool(attempt))
        for path in left:
            _remove(path)


def _remove(path: str) -> None:
    for folder, folders, files in os.walk(path, topdown=False):
        for name in files + folders:
            _unlink(os.path.join(folder, name))
    _unlink(path)


def _unlink(path: str) -> None:
    with suppress(OSError):  # another thread may have been quicker, or slower: the next attempt sees
        if os.path.isdir(path) and not os.path.islink(path):
            os.rmdir(path)
        else:
            os.unlink(path)
