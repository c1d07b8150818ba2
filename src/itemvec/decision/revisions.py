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
from itemvec.decision.values import Measures, Values

DECISION = "decision.json"  # what the stage `decide` writes
MEASURES = "artifacts/measures"
ROUNDED = 1e-5  # means in a decision are rounded more finely than this


class MissingMeasuresError(TableError):
    """The values per query of a state are neither on this machine nor on a remote."""


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
    file
        Reads a JSON file that is in git; empty where there is none.
    """

    name: str
    commit: str
    decision: dict[str, Any]
    measures: Measures
    file: Callable[[str], dict[str, Any]] = lambda _: {}

    def values(self, task: str, group: str, keys: list[str]) -> Values:
        """The first metric of cells, by their keys, on the queries of one group.

        Raises
        ------
        TableError
            They have other means than the decision says, as after `git checkout` without `dvc checkout`.
        """
        facts = self.decision["tasks"][task]
        cells = [facts["groups"][group]["cells"][key] for key in keys]
        found = self.measures.of([one["cell"] for one in cells], group, [facts["metric"]] * len(keys))
        for key, said, mean in zip(keys, (one["mean"] for one in cells), found.means.mean(axis=0), strict=True):
            if abs(said - mean) > ROUNDED:
                raise TableError(
                    f"{self.name}: {key}: values per query are not those that {DECISION} was made from (their mean is "
                    f"{mean:.6f}, not {said:.6f}); run `dvc checkout`, or `dvc repro`"
                )
        return found

    @property
    def label(self) -> str:
        """Name, commit, model and its dimensions."""
        state = " ".join(filter(None, (self.name, self.commit)))
        return f"{state}, {self.decision['model']} {self.decision['dim']} d"


def workspace(root: Path) -> Revision:
    """What lies in the working tree below ``root``."""

    def read(cell: str) -> Any:
        path = root / MEASURES / f"{cell}.parquet"
        if not path.exists():
            raise MissingMeasuresError(
                f"workspace: {MEASURES}/{cell}.parquet is missing; run `dvc pull` or `dvc repro`"
            )
        return read_parquet(path)

    def file(path: str) -> dict[str, Any]:
        found: dict[str, Any] = read_json(root / path) if (root / path).exists() else {}
        return found

    return Revision("workspace", "", read_json(root / DECISION), Measures(read), file)


def revision(root: Path, name: str, called: str = "") -> Revision:
    """A git revision or an experiment: from git, and through DVC from the local cache, then the remote.

    Parameters
    ----------
    called
        What it is called, if not ``name``.

    Raises
    ------
    TableError
        There is no such revision, or it has no ``decision.json``.
    MissingMeasuresError
        Later, when a cell is read whose measures are nowhere.
    """
    from dvc.api import DVCFileSystem
    from dvc.exceptions import DvcException
    from dvc.repo import Repo
    from dvc.scm import SCMError, resolve_rev
    from dvc_data.index import DataIndexError

    try:
        with Repo(str(root)) as repo:
            commit = resolve_rev(repo.scm, name)
            remotes = {part: dict(repo.config[part]) for part in ("core", "remote")}  # of today, for old commits too
        files = DVCFileSystem(str(root), rev=commit, config=remotes)
        decision = json.loads(files.read_text(DECISION))
    except (SCMError, DvcException):
        raise TableError(
            f"{name}: is no revision or experiment of this repository; `git branch -a` and `dvc exp list` list them"
        ) from None
    except FileNotFoundError:
        raise TableError(f"{name}: has no {DECISION}; check it out, run `dvc repro`, commit what it writes") from None
    except ValueError as error:
        raise TableError(f"{name}: {DECISION} is no JSON ({error}); run `dvc repro` there") from None

    shown = called or name

    def read(cell: str) -> Any:
        path = f"{MEASURES}/{cell}.parquet"
        try:
            with files.open(path, "rb") as file:
                content = io.BytesIO(file.read())
        except (OSError, DvcException, DataIndexError):
            raise MissingMeasuresError(
                f"{shown} ({commit[:7]}): {path} is neither in the cache nor on a remote; run `dvc push` where it was "
                f"measured and `dvc fetch --all-commits` here, or check {commit[:7]} out and run `dvc repro`"
            ) from None
        return read_parquet(content)  # type: ignore[arg-type]

    def file(path: str) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads(files.read_text(path))
        except FileNotFoundError:
            return {}
        return found

    return Revision(shown, commit[:7], decision, Measures(read), file)


def all_states(root: Path) -> list[tuple[str, str]]:
    """What git and DVC know: the workspace, HEAD, all experiments, the newest first, and branches.

    Each as what ``revision`` takes and what people call it; a commit is listed once.
    """
    from dvc.repo import Repo

    with Repo(str(root)) as repo:
        scm = repo.scm
        listed = [one for some in repo.experiments.ls(all_commits=True).values() for one in some]
        listed.sort(key=lambda one: (-scm.resolve_commit(one[1]).commit_time, one[0]))
        named = [("HEAD", "HEAD"), *((rev, name) for name, rev in listed), *((one, one) for one in scm.list_branches())]
        by_commit = {scm.resolve_rev(rev): (rev, name) for rev, name in reversed(named)}
    own = [("workspace", "")] if (root / DECISION).exists() else []
    return own + [one for one in named if one in by_commit.values()]


def experiments(root: Path) -> tuple[Callable[[str], str], dict[str, Callable[[str], str]]]:
    """The current commit, and its experiments by name: each reads a file of git or DVC, empty if there is none."""
    from dvc.api import DVCFileSystem
    from dvc.exceptions import DvcException
    from dvc.repo import Repo
    from dvc_data.index import DataIndexError

    def reader(commit: str) -> Callable[[str], str]:
        files = DVCFileSystem(str(root), rev=commit)

        def read(path: str) -> str:
            try:
                return str(files.read_text(path))
            except (FileNotFoundError, DvcException, DataIndexError):
                return ""

        return read

    with Repo(str(root)) as repo:
        listed = repo.experiments.ls()
        return reader("HEAD"), {name: reader(commit) for found in listed.values() for name, commit in found}
