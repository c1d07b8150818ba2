"""Whether ``dvc.lock`` fits the code and the parameters, asked without the data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from itemvec.core.errors import TableError

ABSENT = ("deleted", "not in cache")  # what DVC calls data that lies elsewhere


def misfits(root: Path) -> dict[str, list[str]]:
    """The stages whose inputs or outputs are not those that ``dvc.lock`` names, each with what differs.

    Data that is not on this machine is taken for what ``dvc.lock`` says, so that a clone without data can be checked;
    but each stage must have read what the stage before it wrote.

    Raises
    ------
    TableError
        ``dvc.yaml`` or ``dvc.lock`` cannot be read.
    """
    from dvc.exceptions import DvcException
    from dvc.repo import Repo

    try:
        with Repo(str(root)) as repo:
            status = repo.status()
            outs = [out for stage in repo.index.stages for out in stage.outs]
            wanted = {str(out) for out in outs if not out.use_cache}  # these are in git, so they must be there
            written = {out.fs_path: out.hash_info for out in outs}
            found = {name: _differences(entries, wanted) for name, entries in status.items()}
            for stage in repo.index.stages:
                torn = [str(dep) for dep in stage.deps if written.get(dep.fs_path, dep.hash_info) != dep.hash_info]
                found[stage.addressing] = list(dict.fromkeys([*found.get(stage.addressing, []), *torn]))
    except DvcException as error:
        raise TableError(f"dvc.yaml or dvc.lock cannot be read ({error}); run `dvc status`") from None
    return {name: differences for name, differences in found.items() if differences}


def _differences(entries: list[Any], wanted: set[str]) -> list[str]:
    """What DVC says of one stage, in words."""
    said = []
    for entry in entries:
        if isinstance(entry, str):  # "changed command", "always changed"
            said.append(entry)
            continue
        for path, change in (pair for changes in entry.values() for pair in changes.items()):
            if isinstance(change, dict):
                said += [f"{path}: {key}" for key in change]
            elif change not in ABSENT or path in wanted:
                said.append(path)
    return said
