"""What finished experiments of DVC wrote, whether or not they have a decision."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from itemvec.core.errors import TableError
from itemvec.core.files import read_parquet
from itemvec.decision.revisions import MEASURES, MissingMeasuresError
from itemvec.decision.values import Measures


@dataclass(frozen=True)
class Stored:
    """What a finished experiment wrote, from git and from DVC's cache or remote.

    commit
        Abbreviated hash.
    read
        Bytes of a file of the experiment; raises MissingMeasuresError where they are nowhere.
    """

    commit: str
    read: Callable[[str], bytes]

    def json(self, path: str) -> dict[str, Any]:
        """A JSON file."""
        found: dict[str, Any] = json.loads(self.read(path))
        return found

    @property
    def measures(self) -> Measures:
        """Its values per query."""
        return Measures(lambda cell: read_parquet(io.BytesIO(self.read(f"{MEASURES}/{cell}.parquet"))))  # type: ignore[arg-type]


def finished(root: Path, prefix: str) -> dict[str, Stored]:
    """All experiments of every commit whose names begin with ``prefix``; of one name, the newest."""
    from dvc.api import DVCFileSystem
    from dvc.exceptions import DvcException
    from dvc.lock import LockError
    from dvc.repo import Repo
    from dvc_data.index import DataIndexError

    def reader(name: str, commit: str) -> Callable[[str], bytes]:
        files = DVCFileSystem(str(root), rev=commit)

        def read(path: str) -> bytes:
            try:
                found: bytes = files.read_bytes(path)
            except (OSError, DvcException, DataIndexError):
                raise MissingMeasuresError(
                    f"{name} ({commit[:7]}): {path} is neither in the cache nor on a remote; run the experiment anew"
                ) from None
            return found

        return read

    with Repo(str(root)) as repo:
        try:
            found = repo.experiments.ls(all_commits=True)
        except LockError:
            raise TableError(f"{root}: another DVC process is at work here; wait until it has ended") from None
        listed = [one for some in found.values() for one in some]
        listed.sort(key=lambda one: repo.scm.resolve_commit(one[1]).commit_time)
        chosen = {name: repo.scm.resolve_rev(rev) for name, rev in listed if name.startswith(prefix)}
    return {name: Stored(commit[:7], reader(name, commit)) for name, commit in chosen.items()}
