"""What one state of the repository measured: workspace, git revision or DVC experiment. Only this imports DVC."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from itemvec.core.errors import TableError
from itemvec.core.files import read_json, read_parquet
from itemvec.decision.values import Measures

DECISION = "decision.json"  # what the stage `decide` writes
MEASURES = "artifacts/measures"


@dataclass(frozen=True)
class Revision:
    """One state of the repository.

    name
        As people write it: ``main``, ``workspace``, the name of an experiment.
    commit
        Abbreviated hash; empty for the workspace.
    decision
        What ``decision.json`` says there.
    measures
        Its values per query, by cell.
    """

    name: str
    commit: str
    decision: dict[str, Any]
    measures: Measures

    @property
    def label(self) -> str:
        """Name, commit and model."""
        return " ".join(filter(None, (self.name, self.commit, self.decision["model"])))


def workspace(root: Path) -> Revision:
    """What lies in the working tree below ``root``."""
    folder = root / MEASURES
    return Revision("workspace", "", read_json(root / DECISION), Measures.below(folder))


def revision(root: Path, name: str) -> Revision:
    """A git revision or an experiment: from git, and through DVC from the local cache, then the remote.

    Raises
    ------
    TableError
        There is no such revision; it has no ``decision.json``; later, when a cell is read, its measures are nowhere.
    """
    from dvc.api import DVCFileSystem
    from dvc.exceptions import DvcException
    from dvc.repo import Repo
    from dvc.scm import SCMError, resolve_rev

    try:
        with Repo(str(root)) as repo:
            commit = resolve_rev(repo.scm, name)
        files = DVCFileSystem(str(root), rev=commit)
        decision = json.loads(files.read_text(DECISION))
    except (SCMError, DvcException) as error:
        raise TableError(
            f"{name}: is no revision or experiment of this repository ({error}); see `dvc exp list`"
        ) from None
    except FileNotFoundError:
        raise TableError(
            f"{name}: has no {DECISION}; check it out, run `dvc repro`, and commit what it writes"
        ) from None

    def read(cell: str) -> Any:
        path = f"{MEASURES}/{cell}.parquet"
        try:
            with files.open(path, "rb") as file:
                content = io.BytesIO(file.read())
        except (OSError, DvcException):
            raise TableError(
                f"{name}: {path} is neither in the cache nor on the remote; run `dvc fetch -a`, or `dvc pull` after "
                f"`git checkout {name}`, or `dvc repro` there"
            ) from None
        return read_parquet(content)  # type: ignore[arg-type]

    return Revision(name, commit[:7], decision, Measures(read))


def experiments(root: Path) -> tuple[Callable[[str], str], dict[str, Callable[[str], str]]]:
    """The current commit, and its experiments by name: each reads a file that git holds, empty where there is none."""
    from dvc.api import DVCFileSystem
    from dvc.repo import Repo

    def reader(commit: str) -> Callable[[str], str]:
        files = DVCFileSystem(str(root), rev=commit)

        def read(path: str) -> str:
            try:
                return str(files.read_text(path))
            except FileNotFoundError:
                return ""

        return read

    with Repo(str(root)) as repo:
        listed = repo.experiments.ls()
        return reader("HEAD"), {name: reader(commit) for found in listed.values() for name, commit in found}
