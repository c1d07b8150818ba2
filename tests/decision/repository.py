"""A tiny repository under git and DVC, to which planted states are committed."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from dvc.repo import Repo

from itemvec.core.files import write_json, write_parquet
from itemvec.decision.revisions import DECISION, MEASURES, Revision


@dataclass(frozen=True)
class Repository:
    """Its folder."""

    root: Path

    @classmethod
    def made(cls, root: Path) -> "Repository":
        repository = cls(root)
        root.mkdir()
        repository.git("init", "-q", "-b", "main")
        repository.git("config", "user.name", "test")
        repository.git("config", "user.email", "test@localhost")
        with Repo.init(str(root)) as repo, repo.config.edit() as config:
            config["core"]["analytics"] = False
        return repository

    def git(self, *arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=self.root, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def write(self, state: Revision) -> None:
        """Make the workspace what was measured, and let DVC take it into its cache."""
        shutil.rmtree(self.root / MEASURES, ignore_errors=True)
        for facts in state.decision["tasks"].values():
            for group in facts["groups"].values():
                for one in group["cells"].values():
                    path = self.root / MEASURES / f"{one['cell']}.parquet"
                    write_parquet(path, state.measures.table(one["cell"]))
        write_json(self.root / DECISION, {"seed": 1} | state.decision)
        with Repo(str(self.root)) as repo:
            repo.add(str(self.root / MEASURES))

    def commit(self, state: Revision) -> str:
        self.write(state)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "state")
        return self.git("rev-parse", "HEAD")

    def experiment(self, state: Revision, name: str) -> None:
        """Keep a state as an experiment of DVC, and leave the workspace as it is committed."""
        self.write(state)
        with Repo(str(self.root)) as repo:
            repo.experiments.save(name=name)
        self.git("checkout", "-q", ".")
        with Repo(str(self.root)) as repo:
            repo.checkout(force=True)

    def lose(self) -> None:
        """Remove measures and cache, as in a clone without data."""
        for folder in (self.root / MEASURES, self.root / ".dvc" / "cache", self.root / ".dvc" / "tmp"):
            shutil.rmtree(folder, ignore_errors=True)
