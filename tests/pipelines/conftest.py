"""A clone of this project, on a small real slice of MovieLens, run once by a real DVC."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from dvc.utils.serialize import modify_yaml
from filelock import FileLock

from itemvec.datasets.fetch import fetch
from tests.conftest import ROOT
from tests.language_models.tiny import t5

USERS, FILMS = 60, 300  # of the slice: ids up to these


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    code: int
    output: str

    @property
    def executed(self) -> set[str]:
        """Stages that were run, not skipped and not restored."""
        return set(re.findall(r"^Running stage '(\S+)':$", self.output, re.MULTILINE))


@dataclass(frozen=True)
class Project:
    """A checkout in a folder of its own."""

    root: Path
    cache: Path

    def run(self, *command: str, ok: bool = True) -> Done:
        """Run a command in the project, with the environment's programs first on the path."""
        programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        identity = {f"GIT_{who}_{what}": "test" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        environment = os.environ | identity | {"PATH": programs, "ITEMVEC_CACHE": str(self.cache), "COLUMNS": "200"}
        done = subprocess.run(
            command, cwd=self.root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert not ok or done.returncode == 0, done.stdout
        return Done(done.returncode, done.stdout)

    def dvc(self, *arguments: str, ok: bool = True) -> Done:
        return self.run("dvc", *arguments, ok=ok)

    def commit(self) -> None:
        self.run("git", "add", "-A")
        self.run("git", "commit", "-q", "--allow-empty", "-m", "state")

    def edit(self, path: str, change: Callable[[str], str]) -> None:
        before = (self.root / path).read_text()
        after = change(before)
        assert after != before, f"nothing to change in {path}"
        (self.root / path).write_text(after)

    def set(self, **changes: Any) -> None:
        """Change keys of params.yaml, as `dvc exp run -S` writes them."""
        with modify_yaml(str(self.root / "params.yaml")) as params:
            params.update(changes)

    def digest(self, name: str) -> str:
        return (self.root / "artifacts" / f"{name}.digest").read_text()


def copy_of_this_checkout(target: Path) -> None:
    """Everything git tracks or would track, as it is in the working tree."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in listed.splitlines():
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)


def slice_of_movielens(target: Path) -> None:
    """The published files, without users and films of higher ids."""
    fetch("movielens-100k", target)
    folder = target / "movielens-100k"
    for name, limits in (("ml-100k.item", [FILMS]), ("ml-100k.inter", [USERS, FILMS])):
        header, *lines = (folder / name).read_text().splitlines(keepends=True)
        (folder / name).write_text(header + "".join(line for line in lines if _inside(line, limits)))


def _inside(line: str, limits: list[int]) -> bool:
    return all(int(number) <= limit for number, limit in zip(line.split("\t"), limits, strict=False))


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Done]:
    """The pipeline run once, all of it, and committed: by one worker of a test run, for all of them to copy."""
    own = tmp_path_factory.mktemp("clone")
    shared = own.parent.parent if "PYTEST_XDIST_WORKER" in os.environ else own.parent  # of the whole test run
    with FileLock(shared / "finished.lock"):
        if not (shared / "finished.txt").exists():
            shutil.rmtree(shared / "finished", ignore_errors=True)  # of a worker whose run failed
            done = run_once(Project(shared / "finished" / "project", shared / "finished" / "cache"))
            (shared / "finished.txt").write_text(done.output)
    shutil.copytree(shared / "finished", own, symlinks=True, dirs_exist_ok=True)
    return Project(own / "project", own / "cache"), Done(0, (shared / "finished.txt").read_text())


def run_once(project: Project) -> Done:
    """Everything the stages do, on a slice of the data, with cheap options."""
    copy_of_this_checkout(project.root)
    slice_of_movielens(project.root / "data")
    t5(project.root / "data" / "tiny")
    project.edit("params.yaml", lambda text: f"{text}  tiny: {{kind: yes-no, checkpoint: data/tiny, form: monot5}}\n")
    project.set(variants=["full", "pca80"], recommenders=["profile", "sasrec"], retrievers=["exact"])
    project.set(baselines=["popular", "bm25"], rerankers=["tiny"])
    project.set(rerank={"first": "baseline/bm25", "depth": 3})
    project.edit("params.yaml", lambda text: text.replace("seeds: 3", "seeds: 2"))
    project.edit("params.yaml", lambda text: text.replace("item: text}", "item: text, epochs: 2}"))
    project.run("git", "init", "-q")
    (project.root / "dvc.lock").unlink()
    for name in ("metrics", "results"):
        shutil.rmtree(project.root / name)
    project.dvc("add", "data")
    done = project.dvc("repro")
    project.commit()
    return done


@pytest.fixture
def project(finished: tuple[Project, Done], tmp_path: Path) -> Project:
    """A copy of the finished project, to be changed."""
    shutil.copytree(finished[0].root, tmp_path / "project", symlinks=True)
    return Project(tmp_path / "project", finished[0].cache)
