"""A project in an empty folder: what a run needs, from the files of the installed package.

The files are those at the top of the repository. The wheel carries them (``force-include`` in ``pyproject.toml``), so
there is one source of them. What differs is what names the code: there is none in the project.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from itemvec import __version__
from itemvec.commands.setup.former_files import former_files
from itemvec.core.errors import ItemvecError
from itemvec.core.files import write_text
from itemvec.core.installed import FOLDER, PACKAGE, VERSION, changed_parts, digest

COPIED = (
    *("dvc.yaml", "params.yaml", "models.yaml", "constraints.txt", "pipelines", "expectations", ".dvcignore"),
    *(".dvc/config", ".dvc/.gitignore", ".dvc/plots", ".github/workflows/review.yml"),
)
MERGED = ".gitignore"  # one that is there gets the missing lines
REQUIREMENTS = "requirements.txt"
OVERRIDES = "overrides.txt"
MODELS = "report/models.json"  # which `itemvec leaderboard --save` fills
DATA = "data"  # of the first data set
CODE = re.compile(r"src/itemvec/([\w/]+)(?:\.py)?")
HEAD = """\
# Made by `itemvec init`. The code is the installed package: installed/ holds hashes of its parts, on which the stages
# depend; `itemvec init --upgrade` writes them anew after another release was installed.
#
"""
SETUP = "      - run: make setup\n"
INSTALL = """\
      - name: Install what requirements.txt names
        run: |
          python -m pip install -q uv==0.13.8
          uv venv -q .venv
          uv pip install -q --python .venv/bin/python -r requirements.txt -c constraints.txt --override overrides.txt
"""
REQUIRED = f"""\
# Install with: uv pip install -r requirements.txt -c constraints.txt --override overrides.txt
# If itemvec comes from elsewhere, write that: itemvec @ git+https://...
itemvec=={__version__}
"""
OVERRIDE = """\
# RecBole 1.2.1 asks for an old ray, which only its hyper-parameter search uses.
ray[data]>=2.50
"""


def source() -> Path:
    """Folder of the files: in an installed package ``skeleton``, in a checkout its root."""
    packed = PACKAGE / "skeleton"
    return packed if packed.is_dir() else PACKAGE.parents[1]


def is_project(root: Path) -> bool:
    """Whether there is a project."""
    return (root / "dvc.yaml").exists() and (root / "params.yaml").exists()


def check_empty(root: Path, force: bool) -> None:
    """Refuse a folder in which the project would overwrite something, or which lies within another repository.

    Raises
    ------
    ItemvecError
        It does.
    """
    there = [name for name in COPIED if (root / name).exists() and name != ".dvc/.gitignore"]
    if there and not force:
        raise ItemvecError(
            f"{root / there[0]}: is there already, and a new project would replace it; make the project in an empty "
            "folder, or write --force"
        )
    top = _git_top(root)
    if top is not None and top != root.resolve():
        raise ItemvecError(
            f"{root.resolve()}: lies within the repository {top}; make the project in a folder of its own"
        )


@contextmanager
def made_project(root: Path) -> Iterator[None]:
    """Write the files of a project, and make the folder a git repository if it is none; undone if the block fails.

    Raises
    ------
    ItemvecError
        git is missing.
    """
    with former_files(root, _written(root)):
        for name in COPIED:
            _copy(source() / name, root / name)
        _merge(root / MERGED, (source() / MERGED).read_text(encoding="utf-8"))
        for name, text in ((REQUIREMENTS, REQUIRED), (OVERRIDES, OVERRIDE), (MODELS, "{}\n")):
            if not (root / name).exists():
                write_text(root / name, text)
        _adapt(root)
        if _git_top(root) is None:
            _git(root, "init", "-q")
        yield


def _written(root: Path) -> list[Path]:
    """What ``made_project`` writes, and what git and DVC add to it."""
    copied = [path for name in COPIED for path in (source() / name, *(source() / name).rglob("*"))]
    own = (MERGED, REQUIREMENTS, OVERRIDES, MODELS, FOLDER, ".git", ".dvc", DATA)
    before = (root / FOLDER).rglob("*")  # hashes, which are all written anew
    return [root / path.relative_to(source()) for path in copied] + [root / name for name in own] + list(before)


def upgrade_project(root: Path) -> str:
    """Take the stages, their scripts and the hashes of the code from the installed package; say what changed.

    Raises
    ------
    ItemvecError
        It is no project that ``made_project`` made.
    """
    if not (root / VERSION).exists():
        raise ItemvecError(
            f"{root / VERSION} is missing: this is no project that `itemvec init` made; nothing was done"
        )
    before, parts = (root / VERSION).read_text(encoding="utf-8").strip(), changed_parts(root)
    for name in ("dvc.yaml", "pipelines", "constraints.txt"):
        _copy(source() / name, root / name)
    if not (root / MODELS).exists():
        write_text(root / MODELS, "{}\n")
    _adapt(root)
    if not parts:
        return f"itemvec {__version__}: no part of the code differs from what the project names"
    many = "1 part of the code differs" if len(parts) == 1 else f"{len(parts)} parts of the code differ"
    return (
        f"itemvec {before} -> {__version__}: {many} ({', '.join(parts[:5])}); `git diff` shows what was written, "
        "`dvc repro` runs what depends on it"
    )


def _adapt(root: Path) -> None:
    """Let stages depend on hashes of the installed code, and the workflow install it."""
    text = (root / "dvc.yaml").read_text(encoding="utf-8")
    parts = sorted({match[1] for match in CODE.finditer(text)})
    if parts:
        write_text(root / "dvc.yaml", HEAD + CODE.sub(rf"{FOLDER}/\1", text))
        shutil.rmtree(root / FOLDER, ignore_errors=True)
        for part in parts:
            write_text(root / FOLDER / part, f"{digest(part)}\n")
        write_text(root / VERSION, f"{__version__}\n")
    workflow = root / ".github" / "workflows" / "review.yml"
    if workflow.exists():
        write_text(workflow, workflow.read_text(encoding="utf-8").replace(SETUP, INSTALL))


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        for path in sorted(source.iterdir()):
            if path.name != "__pycache__":
                _copy(path, target / path.name)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    if target.name == "run":  # pipelines/run is a program, and an archive may have lost its mode
        target.chmod(0o755)


def _merge(path: Path, text: str) -> None:
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    lines = [line for line in text.splitlines() if line not in before.splitlines()]
    if lines:
        write_text(path, before + ("\n" if before and not before.endswith("\n") else "") + "\n".join(lines) + "\n")


def _git_top(root: Path) -> Path | None:
    """The repository that the folder lies in."""
    folder = next(one for one in (root.resolve(), *root.resolve().parents) if one.is_dir())
    done = _git(folder, "rev-parse", "--show-toplevel", check=False)
    return Path(done).resolve() if done else None


def _git(folder: Path, *arguments: str, check: bool = True) -> str:
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, check=False, text=True, capture_output=True)  # noqa: S603, S607
    except FileNotFoundError:
        raise ItemvecError("git is missing, and DVC needs it; install git") from None
    if done.returncode and check:
        raise ItemvecError(f"{folder}: git {arguments[0]} failed: {done.stderr.strip()}")
    return done.stdout.strip() if not done.returncode else ""
