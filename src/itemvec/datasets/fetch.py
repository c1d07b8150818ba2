"""Fetching the raw files of known data sets, and checking them by hash."""

from pathlib import Path

from itemvec.core.errors import DatasetError
from itemvec.core.registry import suggest
from itemvec.datasets.download import checksum
from itemvec.datasets.known_datasets import SOURCES
from itemvec.datasets.sources import PackageFiles

__all__ = ["SOURCES", "fetch"]


def fetch(name: str, data: Path) -> str:
    """Fetch the files of data set ``name`` into ``data / name``, and return a message about what was done.

    Existing files are left alone: they may be yours.

    Raises
    ------
    DatasetError
        The files are missing and have no known source, or the source does not provide them.
    """
    target = data / name
    present = target.is_dir() and any(target.iterdir())
    if name not in SOURCES:
        if not present:
            raise DatasetError(f"{target} is missing, and nothing is known to fetch it from{suggest(name, SOURCES)}")
        return f"{target}: in place"
    source = SOURCES[name]
    if not present:
        known = source.bring(target)
        return f"{target}: {len(source.names())} files, {known}"
    known = "published" if isinstance(source, PackageFiles) else "fetched"
    expected = source.expected(target)
    if not expected:
        return f"{target}: left as it is; it was not fetched, so there is nothing to compare it with"
    changed = [file for file, value in expected.items() if _differs(target / file, value)]
    if changed:
        return f"{target}: left as it is; {', '.join(changed)} differ from what was {known}"
    return f"{target}: in place, as {known}"


def _differs(path: Path, expected: str) -> bool:
    return not path.exists() or checksum(path) != expected
