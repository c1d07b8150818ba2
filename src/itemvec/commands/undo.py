"""The command ``itemvec undo``: parameters and results as the last commit has them."""

from __future__ import annotations

import logging
from collections import Counter
from pathlib import Path
from typing import Any

import click
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from itemvec.commands.setup.questions import is_asking
from itemvec.core.errors import ItemvecError
from itemvec.core.last_commit import DATA, Changed, changed, git

SHOWN = 12  # values of params.yaml that are named


@click.command()
@click.option("--yes", "-y", is_flag=True, help="Discard without asking.")
def undo(yes: bool) -> None:
    """Take the last run back: its parameters, its results and its outputs are again those of the last commit.

    Discards what changed in params.yaml, models.yaml, dvc.lock, decision.json, metrics/, results/ and plots/, then lets
    DVC restore artifacts/ and report/. Code, data/ and files of your own are left alone. It shows what it would discard
    and asks.

    \b
    Example: itemvec undo
             itemvec undo --yes
    """
    root = Path()
    if not (root / "dvc.yaml").exists():
        raise ItemvecError("undo: there is no dvc.yaml here; run it in the root of the project")
    found = changed(root)
    found = Changed(found.kept, _of_the_run(root, found.new))
    if found.kept or found.new:
        _confirm(root, found, yes)
    lines = _lines(root, found)
    _restore(root, found)
    click.echo(_conclusion(root, found, *_checkout(root)))
    for line in lines if yes else []:
        click.echo(line)


def _of_the_run(root: Path, new: list[str]) -> list[str]:
    """Of new files, those that a run wrote: ``dvc.lock`` names them, or ``results`` has them as JSON."""
    lock = root / "dvc.lock"
    try:
        stages = (YAML(typ="safe", pure=True).load(lock) or {}).get("stages", {}) if lock.exists() else {}
    except YAMLError as error:
        raise ItemvecError(
            f"{lock}: not valid YAML ({' '.join(str(error).split())[:100]}); `git diff {lock}`"
        ) from None
    written = {out["path"] for stage in stages.values() for out in stage.get("outs", [])} | {"dvc.lock"}
    return [name for name in new if name in written or (name.startswith("results/") and name.endswith(".json"))]


def _confirm(root: Path, found: Changed, yes: bool) -> None:
    if yes:
        return
    if not is_asking():
        raise ItemvecError(
            f"undo: would discard changes of {_counted(found)}; look at them with `git diff`, then `itemvec undo --yes`"
        )
    click.echo(f"Since the last commit, {_commit(root)}, these changed:")
    click.echo("\n".join(_lines(root, found)))
    click.confirm("Discard them?", abort=True)


def _lines(root: Path, found: Changed) -> list[str]:
    """What is discarded: values of ``params.yaml``, files at the top, and how many files of each folder."""
    lines = []
    for name in ("params.yaml", "models.yaml"):
        if name in found.kept:
            lines += [f"  {name}: {one}" for one in _values(root, name)]
    rest = [name for name in [*found.kept, *found.new] if name not in ("params.yaml", "models.yaml")]
    lines += [f"  {name}" for name in rest if "/" not in name]
    folders = Counter(name.split("/")[0] for name in rest if "/" in name)
    return [*lines, *(f"  {folder}/: {count} file{'s' * (count > 1)}" for folder, count in folders.items())]


def _values(root: Path, name: str) -> list[str]:
    """``model lsa -> minilm``, for each value that goes back."""
    yaml = YAML(typ="safe", pure=True)
    try:
        now, before = (
            _flat(yaml.load(text)) for text in ((root / name).read_text(), git(root, "show", f"HEAD:./{name}"))
        )
    except (OSError, YAMLError):  # it is gone or torn, and comes back as a whole
        return ["cannot be read, and comes back as it was"]
    keys = [key for key in dict.fromkeys([*now, *before]) if now.get(key) != before.get(key)]
    said = [f"{key} {_word(now.get(key))} -> {_word(before.get(key))}" for key in keys[:SHOWN]]
    return said + ([f"and {len(keys) - SHOWN} values more"] if len(keys) > SHOWN else []) or ["its comments or form"]


def _flat(value: Any, prefix: str = "") -> dict[str, Any]:
    if not isinstance(value, dict):
        return {prefix: value}
    found: dict[str, Any] = {}
    for key, one in value.items():
        found |= _flat(one, f"{prefix}.{key}" if prefix else str(key))
    return found


def _word(value: Any) -> str:
    if value is None:
        return "nothing"
    return f"[{', '.join(map(str, value))}]" if isinstance(value, list) else str(value)


def _restore(root: Path, found: Changed) -> None:
    if found.new:
        git(root, "rm", "-q", "--cached", "--ignore-unmatch", "--", *found.new)
        for name in found.new:
            (root / name).unlink(missing_ok=True)
    if found.kept:
        git(root, "restore", "--source=HEAD", "--staged", "--worktree", "--", *found.kept)


def _checkout(root: Path) -> tuple[int, int]:
    """Let DVC restore the outputs of the stages, not the data: how many changed, and how many its cache lacks.

    Raises
    ------
    ItemvecError
        DVC cannot.
    """
    from dvc.exceptions import DvcException
    from dvc.repo import Repo

    if not (root / "dvc.lock").exists():
        return 0, 0
    logging.getLogger("dvc").setLevel(logging.ERROR)  # a line for each output that is missing; we say how many
    try:
        with Repo(str(root)) as repo:
            done = repo.checkout(targets=["dvc.yaml"], force=True, allow_missing=True)
            outs = [out for stage in repo.index.stages for out in stage.outs if out.use_cache and stage.cmd]
            missing = sum(not Path(out.fs_path).exists() for out in outs)
    except DvcException as error:
        said = " ".join(str(error).split())[:200]
        raise ItemvecError(f"undo: parameters and results are back, but DVC cannot restore outputs: {said}") from None
    return sum(len(done.get(kind, [])) for kind in ("added", "modified", "deleted")), missing


def _conclusion(root: Path, found: Changed, restored: int, missing: int) -> str:
    outputs = f"{restored} output{'s' * (restored != 1)} changed with it" if restored else "no output differed"
    if found.kept or found.new:
        said = f"undid the changes of {_counted(found)}: back at the last commit, {_commit(root)}; {outputs}"
    else:
        said = f"nothing to undo: parameters and results are those of the last commit, {_commit(root)}; {outputs}"
    if missing:
        said += f"\n{missing} of its outputs are not in DVC's cache; `dvc pull` gets them, or `dvc repro` makes them"
    if changed(root, (DATA,)).kept:
        said += f"\n{DATA} differs from it too and is left alone; `git checkout {DATA}` takes it back"
    return said


def _counted(found: Changed) -> str:
    """``params.yaml, dvc.lock and 41 files more``."""
    names = [*found.kept, *found.new]
    top = [name for name in names if "/" not in name][:3] or names[:2]
    more = len(names) - len(top)
    return ", ".join(top) + (f" and {more} file{'s' * (more > 1)} more" if more else "")


def _commit(root: Path) -> str:
    return git(root, "log", "-1", "--format=%h (%s)").strip()
