"""Errors of the machine that no code can mend, such as a full disk: one line that says what to do."""

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

from itemvec.core.errors import ItemvecError
from itemvec.core.shown import printable

ADVICE = {  # what it is called, and what to do
    errno.ENOSPC: ("no space left on the disk", "free some"),
    errno.EDQUOT: ("the disk quota is used up", "free some space"),
    errno.EFBIG: ("a file would be larger than this process may write", "raise `ulimit -f`"),
    errno.EROFS: ("the file system is read-only", "name a folder that can be written"),
    errno.EACCES: ("permission denied", "name a folder that can be written, or change its permissions"),
    errno.EPERM: ("permission denied", "name a folder that can be written, or change its permissions"),
    errno.ENOTDIR: ("a file lies where a folder is expected", "move it away"),
    errno.EISDIR: ("a folder lies where a file is expected", "move it away"),
    errno.EMFILE: ("too many files are open", "raise `ulimit -n`"),
    errno.EIO: ("the disk gave an error", "check it"),
    errno.ENOMEM: ("there is not enough memory", "choose smaller numbers, such as dim, depth or batch"),
}
WORDS = {  # of libraries that state no number
    "No space left": errno.ENOSPC,
    "Read-only file system": errno.EROFS,
    "Permission denied": errno.EACCES,
    "File too large": errno.EFBIG,
    "can't allocate memory": errno.ENOMEM,
    "out of memory": errno.ENOMEM,
    "malloc of size": errno.ENOMEM,
}


@contextmanager
def machine_errors_in_one_line(name: str) -> Iterator[None]:
    """Raise an ItemvecError in place of an error of the machine; it begins with ``name``, of a stage or a command."""
    try:
        yield
    except (OSError, RuntimeError, MemoryError) as error:  # Lance and torch report them as RuntimeError
        number = _number(error)
        if number is None:
            raise
        what, advice = ADVICE[number]
        path = getattr(error, "filename", None)
        where = f"{name}: {printable(os.fsdecode(path))}" if isinstance(path, (str, bytes)) else name
        raise ItemvecError(f"{where}: {what}; nothing incomplete was kept: {advice}, run again") from None


def _number(error: BaseException) -> int | None:
    """Number of the system's error that ``error`` stands for; None if it is another error."""
    if isinstance(error, MemoryError):
        return errno.ENOMEM
    stated = re.search(r"os error (\d+)", str(error))
    number = getattr(error, "errno", None) or (int(stated[1]) if stated else None)
    if number is None:
        number = next((known for words, known in WORDS.items() if words in str(error)), None)
    return number if number in ADVICE else None
