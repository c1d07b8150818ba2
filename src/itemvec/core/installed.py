"""Hashes of the installed code, in a project that has no copy of it: DVC runs again what a new release changes.

In a clone the stages of ``dvc.yaml`` depend on ``src/itemvec/datasets``. In a project that ``itemvec init`` made, they
depend on ``installed/datasets``, a file with the hash of the same package as it is installed.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from itemvec import __version__
from itemvec.core.errors import ItemvecError

FOLDER = "installed"
VERSION = f"{FOLDER}/version"
PACKAGE = Path(__file__).parents[1]


def digest(part: str) -> str:
    """SHA-256 of a package, ``datasets``, or of a module, ``core/top_k``: of the names and bytes of its files."""
    place = PACKAGE / part
    files = [place.with_suffix(".py")] if not place.is_dir() else sorted(place.rglob("*"))
    found = hashlib.sha256()
    for file in files:
        if file.is_file() and "__pycache__" not in file.parts:
            found.update(f"{file.relative_to(PACKAGE).as_posix()}\n".encode())
            found.update(file.read_bytes())
    return found.hexdigest()


def changed_parts(root: Path) -> list[str]:
    """Parts of the installed code that are not those that the project at ``root`` names."""
    paths = [path for path in sorted((root / FOLDER).rglob("*")) if path.is_file() and path != root / VERSION]
    parts = {path.relative_to(root / FOLDER).as_posix(): path.read_text(encoding="utf-8").strip() for path in paths}
    return [part for part, known in parts.items() if digest(part) != known]


def check_installed(root: Path) -> None:
    """Refuse to run other code than the project names.

    Raises
    ------
    ItemvecError
        The installed code is another.
    """
    if not (root / VERSION).exists():
        return
    if parts := changed_parts(root):
        known = (root / VERSION).read_text(encoding="utf-8").strip()
        raise ItemvecError(
            f"{root / FOLDER}: names itemvec {known}, installed is {__version__}, and {', '.join(parts[:3])} differ; "
            "run `itemvec init --upgrade`, or install that release"
        )
