"""The runs of search that people can judge: those of the workspace, and of commits and experiments."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.arrays import Ids, Ints
from itemvec.core.columns import ID, ITEM, RANK, SEED
from itemvec.core.errors import TableError
from itemvec.core.files import read_json, read_parquet
from itemvec.core.params import Params
from itemvec.core.top_k import NOTHING

RUNS, RESULTS = "artifacts/runs", "artifacts/results"
Notice = Callable[[str], object]


def ranked(table: Any, queries: Ids, items: Ids, depth: int) -> Ints | None:
    """Positions of the first ``depth`` items of each query in a run, int64 of shape (n_queries, depth).

    Of several seeds the lowest counts. Queries and items that are not there any more are left out. None where the run
    has none of the queries: it is of another task, or of other data.
    """
    table = table.filter(pc.equal(table[SEED], pc.min(table[SEED]))).filter(pc.less_equal(pc.field(RANK), depth))
    ids = pc.replace_substring_regex(table[ID].cast(pa.string()), r" #1$", "")  # of a run judged by pair
    exact = pc.index_in(table[ID].cast(pa.string()), value_set=queries)
    rows = pc.coalesce(exact, pc.index_in(ids, value_set=queries))
    places = pc.index_in(table[ITEM].cast(pa.string()), value_set=items)
    known = np.asarray(pc.and_(rows.is_valid(), places.is_valid()))
    if not known.any():
        return None
    found = np.full((len(queries), depth), NOTHING, dtype=np.int64)
    row, place, rank = (np.asarray(one.filter(pa.array(known))) for one in (rows, places, table[RANK]))
    found[row, rank - 1] = place
    return found


def selected(params: Params) -> dict[str, str]:
    """Name of each search system of the parameters -> its cell; baselines may be recommenders too."""
    found = {f"{one} on {name}": f"search/{one}/{name}" for one in params.retrievers for name in params.all_variants}
    found |= {name: f"baseline/{name}" for name in params.baselines}
    return found | {name: f"rerank/{name}" for name in params.rerankers}


def in_workspace(root: Path, params: Params, queries: Ids, items: Ids, depth: int) -> dict[str, Ints]:
    """The runs of the workspace, by system.

    Raises
    ------
    TableError
        There is none.
    """
    found: dict[str, Ints] = {}
    for name, cell in selected(params).items():
        path, said = root / RUNS / f"{cell}.parquet", root / RESULTS / f"{cell}.json"
        if path.exists() and said.exists() and read_json(said)["task"] == "search":
            positions = ranked(read_parquet(path, [ID, SEED, ITEM, RANK]), queries, items, depth)
            if positions is not None:
                found[name] = positions
    if not found:
        raise TableError(f"{root / RUNS}: holds no run of search for the queries of the tables; run `dvc repro`")
    return found


def elsewhere(root: Path, names: list[str], queries: Ids, items: Ids, depth: int, say: Notice) -> dict[str, Ints]:
    """The runs of other states of the repository, as ``exact on full (NAME)``; states without runs are said.

    Parameters
    ----------
    names
        Commits, branches or experiments; ``itemvec leaderboard`` lists them.
    """
    found: dict[str, Ints] = {}
    for name in names:
        tables = list(_stored(root, name))
        if not tables:
            say(f"{name}: its runs are neither in the cache nor on a remote; run it again to judge what it found")
        for cell, table in tables:
            positions = ranked(table, queries, items, depth)
            if positions is not None:
                found[f"{_called(cell)} ({name})"] = positions
    return found


def _called(cell: str) -> str:
    parts = cell.split("/")
    return f"{parts[1]} on {parts[2]}" if len(parts) == 3 else parts[1]


def _stored(root: Path, name: str) -> Iterator[tuple[str, Any]]:
    """Cells and runs of a state: from git, and through DVC from the cache, then the remote."""
    from dvc.api import DVCFileSystem
    from dvc.exceptions import DvcException
    from dvc.repo import Repo
    from dvc.scm import SCMError, resolve_rev
    from dvc_data.index import DataIndexError

    try:
        with Repo(str(root)) as repo:
            commit = resolve_rev(repo.scm, name)
        files = DVCFileSystem(str(root), rev=commit)
        paths = [path for path in files.find(RUNS) if path.endswith(".parquet")]
    except (SCMError, DvcException):
        raise TableError(
            f"{name}: is no revision or experiment of this repository; `git branch -a` and `dvc exp list` list them"
        ) from None
    for path in sorted(paths):
        cell = path.partition(f"{RUNS}/")[2].removesuffix(".parquet")
        try:
            if json.loads(files.read_text(f"{RESULTS}/{cell}.json"))["task"] != "search":
                continue
            with files.open(path, "rb") as file:
                content = io.BytesIO(file.read())
        except (OSError, DvcException, DataIndexError):
            continue
        yield cell, read_parquet(content, [ID, SEED, ITEM, RANK])  # type: ignore[arg-type]


def experiments(root: Path) -> list[str]:
    """Names of all experiments of this commit, the newest first."""
    from dvc.repo import Repo

    with Repo(str(root)) as repo:
        return [name for found in repo.experiments.ls().values() for name, _ in found]
