"""A data set put into a project: its files, its row, what is selected, and the hash of the data. All, or nothing."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from itemvec.commands.setup.raw_files import is_unjudged
from itemvec.core.errors import DatasetError, ParamsError
from itemvec.core.files import replacing
from itemvec.core.params import NAME, Params, Row
from itemvec.datasets.judgment_log import begin_judging
from itemvec.stages.check import check_params

PARAMS, DATA, RECORD = "params.yaml", "data", "data.dvc"
LISTS = ("recommenders", "retrievers", "baselines")


def check_free(root: Path, name: str, force: bool) -> None:
    """Refuse a name that cannot be used, or that is taken.

    Raises
    ------
    ParamsError, DatasetError
        It is no name, or there is such a row or folder, and nobody says that it is to be replaced.
    """
    if not NAME.fullmatch(name):
        raise ParamsError(f"init: {name!r} may hold letters, digits, '_' and '-' alone; choose another name")
    if force:
        return
    if (root / DATA / name).exists():
        raise DatasetError(f"{root / DATA / name} is there already; choose another name, or replace it with --force")
    if (root / PARAMS).exists() and name in Params.load(root / PARAMS).datasets:
        raise ParamsError(f"params.yaml has a row {name!r} already; choose another name, or replace it with --force")


def place(root: Path, name: str, files: Mapping[str, Path], row: Row, changes: Mapping[str, Any]) -> None:
    """Copy the files to ``data/name``, write ``params.yaml`` and ``data.dvc``; if one fails, none is changed.

    Parameters
    ----------
    files
        Name in the folder -> where the file is now.
    row
        Of ``datasets``.
    changes
        Keys of ``params.yaml``, besides ``dataset``.

    Raises
    ------
    ItemvecError
        The parameters do not fit together, or DVC cannot add the data.
    """
    with _restored(root / PARAMS), _restored(root / RECORD), _replaced(root / DATA / name) as folder:
        with replacing(folder) as partial:
            partial.mkdir()
            for own, path in files.items():
                shutil.copyfile(path, partial / own)
            if is_unjudged(files):
                begin_judging(partial)
        with replacing(root / PARAMS) as partial:
            shutil.copyfile(root / PARAMS, partial)
            _write(partial, name, row, changes)
            check_params(Params.load(partial))
        added = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "dvc", "add", DATA], check=False, cwd=root, text=True, capture_output=True
        )  # not --quiet, which hides why it failed
        if added.returncode:
            lines = (added.stderr or added.stdout).strip().splitlines()
            said = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")] or lines[-1:]
            raise DatasetError(
                f"{root / DATA}: `dvc add {DATA}` failed, nothing was changed: {' '.join(said)[-300:]}; mend that first"
            )


def _write(path: Path, name: str, row: Row, changes: Mapping[str, Any]) -> None:
    """Change a copy of ``params.yaml`` as DVC writes it: comments stay, and ``dvc exp run -S`` finds its own form."""
    from dvc.utils.serialize import modify_yaml

    with modify_yaml(str(path)) as params:
        params["datasets"].pop(name, None)
        params["datasets"].insert(0, name, dict(row))
        params["dataset"] = name
        for key, value in changes.items():
            if key in LISTS:
                value = [one for one in value if one in params["systems"]]
            if key == "variants":
                value = [one for one in value if one in params["reducers"]]
            if isinstance(value, dict):
                params[key].update(value)
            else:
                params[key] = value


@contextmanager
def _restored(path: Path) -> Iterator[None]:
    """The file as it was, if the block fails."""
    before = path.read_bytes() if path.exists() else None
    try:
        yield
    except BaseException:
        if before is None:
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(before)
        raise


@contextmanager
def _replaced(folder: Path) -> Iterator[Path]:
    """A place for a folder; what was there comes back if the block fails."""
    former, is_first = folder.with_name(f".{folder.name}.replaced.partial"), not folder.parent.exists()
    if folder.exists():
        shutil.rmtree(former, ignore_errors=True)
        folder.rename(former)
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        if former.exists():
            former.rename(folder)
        if is_first:
            folder.parent.rmdir()
        raise
    shutil.rmtree(former, ignore_errors=True)
