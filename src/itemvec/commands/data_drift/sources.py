"""The items and queries of one version of the data: a folder, or a revision of git with its data in DVC."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.columns import ITEM, QUERY, TEXT
from itemvec.core.errors import ItemvecError, TableError
from itemvec.core.files import read_parquet
from itemvec.core.last_commit import git
from itemvec.core.params import Params

TABLES = {"items": ITEM, "queries": QUERY}
PLACE = Path("artifacts/tables")
DECISION = "decision.json"


@dataclass(frozen=True)
class Version:
    """One version of the data.

    name
        As it was given.
    items, queries
        Ids and texts, Arrow tables.
    decided
        Date of the decision that was made on it, as ``2026-03-02``; empty where none is known.
    """

    name: str
    items: Any
    queries: Any
    decided: str

    def texts(self, table: str) -> list[str]:
        """The distinct texts of a table, in its order, with each run of blanks as one and all letters small."""
        found: list[str] = self.by_text(table)
        return found

    def by_text(self, table: str) -> Any:
        """Texts as they are written, by what ``texts`` makes of them; the first of equal ones."""
        written: dict[str, str] = {}
        for text in getattr(self, table)[TEXT].to_pylist():
            written.setdefault(normal(text), text)
        return written


def normal(text: str) -> str:
    """The text by which equal ones are known: blanks and capitals do not count."""
    return " ".join(text.split()).casefold()


def opened(name: str, params: Params, root: Path) -> Version:
    """The data of a folder or a revision.

    Parameters
    ----------
    name
        A project, with the tables that it has prepared; its artifacts, or their tables; raw files of the data set
        that ``params`` selects; or a revision of git in ``root`` whose tables DVC keeps.

    Raises
    ------
    ItemvecError
        It is none of these.
    """
    folder = root / name
    if not folder.is_dir():
        return _of_revision(name, root)
    for place in (folder / PLACE, folder / PLACE.name, folder):
        if (place / "items.parquet").is_file():
            found = {table: read_parquet(place / f"{table}.parquet", [key, TEXT]) for table, key in TABLES.items()}
            return Version(name, found["items"], found["queries"], _decided(folder, "HEAD"))
    return _of_raw_files(name, folder, params)


def _of_raw_files(name: str, folder: Path, params: Params) -> Version:
    from itemvec.datasets import DATASETS
    from itemvec.datasets.encoded_ids import decoded
    from itemvec.datasets.reading import recorded

    with recorded():
        tables = DATASETS.build(params.dataset, params.datasets[params.dataset]).load(folder)
    items, queries = (decoded(getattr(tables, table)).select([key, TEXT]) for table, key in TABLES.items())
    return Version(name, items, queries, "")


def _of_revision(name: str, root: Path) -> Version:
    from dvc.api import DVCFileSystem
    from dvc.exceptions import DvcException
    from dvc_data.index import DataIndexError

    if name.startswith("-"):
        raise ItemvecError(f"drift: {name!r} is neither a folder nor a revision")
    try:
        commit = git(root, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}").strip()
    except ItemvecError:
        raise TableError(f"drift: {name!r} is neither a folder nor a revision of git; `git log` lists them") from None
    files, found = DVCFileSystem(str(root), rev=commit), {}
    for table, key in TABLES.items():
        path = (PLACE / f"{table}.parquet").as_posix()
        try:
            with files.open(path, "rb") as file:
                found[table] = read_parquet(io.BytesIO(file.read()), [key, TEXT])  # type: ignore[arg-type]
        except (OSError, DvcException, DataIndexError):
            raise TableError(
                f"{name} ({commit[:7]}): {path} is neither in the cache of DVC nor on a remote; run `dvc fetch "
                f"--all-commits`, or `dvc push` where it was made"
            ) from None
    return Version(name, found["items"], found["queries"], _decided(root, commit))


def _decided(root: Path, revision: str) -> str:
    """Date of the commit that wrote the decision; empty outside of git."""
    try:
        return git(root, "log", "-1", "--format=%cs", revision, "--", DECISION).strip()
    except ItemvecError:
        return ""


def lost(old: Version, new: Version, table: str) -> tuple[int, int, int]:
    """How many ids of a table are new, are gone, and have another text."""
    key = TABLES[table]
    before, after = (getattr(one, table).combine_chunks() for one in (old, new))
    there = pc.is_in(after[key], value_set=before[key].combine_chunks())
    kept = after.filter(there)
    places = pc.index_in(kept[key], value_set=before[key].combine_chunks())
    changed = pc.not_equal(kept[TEXT], before[TEXT].take(places))
    n_changed = pc.sum(changed.cast(pa.int64())).as_py() or 0
    return len(after) - len(kept), len(before) - len(kept), int(n_changed)
