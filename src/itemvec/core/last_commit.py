"""What a run changes of the files that git keeps, compared with the last commit."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from itemvec.core.errors import ItemvecError

# What a run reads its parameters from, and what it writes; neither code nor data.
OF_A_RUN = ("params.yaml", "models.yaml", "dvc.lock", "decision.json", "metrics", "results", "plots")
DATA = "data.dvc"
EXPERIMENTS = ".dvc/tmp/exps"  # where DVC runs experiments that are queued, in copies of their own


@dataclass(frozen=True)
class Changed:
    """Paths, from the root of the repository, that differ from the last commit.

    kept
        Those that the last commit has.
    new
        Those that it has not.
    """

    kept: list[str]
    new: list[str]


def git(root: Path, *arguments: str) -> str:
    """What git prints.

    Raises
    ------
    ItemvecError
        It fails, or is not there.
    """
    try:
        done = subprocess.run(["git", *arguments], cwd=root, check=False, text=True, capture_output=True)  # noqa: S603, S607
    except FileNotFoundError:
        raise ItemvecError("git is missing; install it") from None
    if done.returncode:
        raise ItemvecError(f"{root.resolve()}: `git {arguments[0]}` failed: {' '.join(done.stderr.split())[:200]}")
    return done.stdout


def changed(root: Path, paths: tuple[str, ...] = OF_A_RUN) -> Changed:
    """Which of the files of a run differ from the last commit.

    Raises
    ------
    ItemvecError
        ``root`` is in no git repository, or that has no commit.
    """
    git(root, "rev-parse", "--verify", "HEAD")
    said = git(root, "diff", "--name-only", "--relative", "-z", "HEAD", "--", *paths)
    committed = set(git(root, "ls-tree", "-r", "--name-only", "-z", "HEAD", "--", *paths).split("\0"))
    differing = [name for name in said.split("\0") if name]
    untracked = git(root, "ls-files", "--others", "--exclude-standard", "-z", "--", *paths).split("\0")
    new = [name for name in differing if name not in committed] + [name for name in untracked if name]
    return Changed([name for name in differing if name in committed], new)


def way_back(root: Path) -> str:
    """A line that names the command that undoes a run; "" where no committed file changed, or data changed too.

    New data is not undone, and without it the former parameters would not fit.
    """
    if EXPERIMENTS in root.resolve().as_posix():
        return ""
    try:
        found, data = changed(root), changed(root, (DATA,))
    except ItemvecError:  # no repository, or no commit: there is nothing to go back to
        return ""
    if not found.kept or data.kept or data.new:
        return ""
    more = f" and {len(found.kept) - 2} more" if len(found.kept) > 2 else ""
    return f"`itemvec undo` takes {', '.join(found.kept[:2])}{more} back to the last commit."
