"""What was in a folder before a project was made there, to bring it back."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def former_files(root: Path, paths: Iterable[Path]) -> Iterator[None]:
    """If the block fails, the folder has what it had before: no new file, no new folder, and the former contents.

    Parameters
    ----------
    root
        The folder, which may not exist yet.
    paths
        Files and folders below ``root`` that the block may write. A folder that was there may gain files that are not
        among them; they stay.
    """
    paths = list(paths)
    folders = {parent for path in paths for parent in path.parents if parent == root or root in parent.parents}
    new = [path for path in sorted({*folders, *paths, root, *root.parents}) if not path.exists()]
    former = {path: path.read_bytes() for path in paths if path.is_file()}
    try:
        yield
    except BaseException:
        for path in reversed(new):
            if path in paths or root in path.parents:
                _remove(path)
            else:  # the folder itself, and those that it lies in: what is in them is not ours
                with suppress(OSError):
                    path.rmdir()
        for path, content in former.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        raise


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
