"""What the last run recommended to one user, beside the history it was made from and what the user took next."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from itemvec.core.columns import BEHIND, ID, ITEM, PERSONA, RANK, SCORE, SEED, TEXT, USER
from itemvec.core.errors import TableError
from itemvec.core.files import read_json, read_parquet
from itemvec.core.params import Params
from itemvec.core.registry import suggest
from itemvec.protocol.attributes import Attributes
from itemvec.protocol.histories import Histories
from itemvec.protocol.splits import split


@dataclass(frozen=True)
class ShownUser:
    """Texts of one user: the history that was ranked for, oldest first; what was recommended; what was taken next.

    Of several cases of a user, the latest.

    ranks
        Rank, text and score of each item that is shown: the first of the run, or the first that meet ``condition``.
    places
        Rank of each of ``taken`` in the whole list of the run, or None.
    n_cases
        How many cases of the user were tested.
    n_ranked
        How many items the run ranked for the user.
    condition, n_met
        The condition asked for, as ``genres=Comedy``, and how many of the ranked meet it.
    reasons
        For each of ``ranks`` the persona, from 1, and the texts behind it; None where the recommender has none.
    """

    user: str
    cell: str
    history: list[str]
    ranks: list[tuple[int, str, float]]
    taken: list[str]
    places: list[int | None]
    n_cases: int
    n_ranked: int
    condition: str | None
    n_met: int
    reasons: list[tuple[int, list[str]]] | None = None


def shown_user(
    root: Path,
    params: Params,
    user: str,
    k: int,
    cell: str | None = None,
    explain: bool = False,
    condition: str | None = None,
) -> ShownUser:
    """Read the run of a cell of recommendation; by default of the verdict's choice, or the highest.

    Parameters
    ----------
    explain
        Refuse a run that holds no reasons.
    condition
        Show only items with this value of an attribute, as ``Comedy`` or ``genres=Comedy``.

    Raises
    ------
    TableError
        Nothing was run, or the run has no such cell, user, reasons or condition.
    """
    tables = root / "artifacts" / "tables"
    cell, run = _run(root, cell, explain)
    interactions = read_parquet(tables / "interactions.parquet")
    items = read_parquet(tables / "items.parquet", [ITEM, TEXT])
    ids, texts = items[ITEM].combine_chunks(), items[TEXT].combine_chunks()
    name, meets = (None, np.ones(len(ids), bool)) if condition is None else _condition(tables, ids, condition)
    test = split(params.recommend.split, Histories.of(interactions, ids), interactions).test
    rows = _rows(test.histories.users, interactions, user)
    row = rows[-1]  # the latest: it has seen most
    found = pq.read_table(run, filters=[(ID, "=", test.judgments.ids[row].as_py())])
    found = found.filter(pc.equal(found[SEED], pc.min(found[SEED]))).sort_by(RANK)
    positions: list[int] = pc.index_in(found[ITEM].cast(pa.string()), value_set=ids).to_pylist()
    history = test.histories.items[test.histories.offsets[row] : test.histories.offsets[row + 1]].tolist()
    taken = test.judgments.items[test.judgments.offsets[row] : test.judgments.offsets[row + 1]].tolist()
    met = [place for place, item in enumerate(positions) if meets[item]]
    reasons = _reasons(found, items) if PERSONA in found.column_names else None
    return ShownUser(
        user,
        cell,
        [texts[place].as_py() for place in history],
        [(place + 1, texts[positions[place]].as_py(), found[SCORE][place].as_py()) for place in met[:k]],
        [texts[place].as_py() for place in taken],
        [positions.index(place) + 1 if place in positions else None for place in taken],
        len(rows),
        len(positions),
        name,
        len(met),
        reasons and [reasons[place] for place in met[:k]],
    )


def _run(root: Path, cell: str | None, explain: bool) -> tuple[str, Path]:
    """The cell that is shown, and the file of its run."""
    cells = _cells(root / "decision.json")
    files = {one: root / "artifacts" / "runs" / f"{one}.parquet" for one in cells}
    cell = cell or next(iter(cells))
    if cell not in cells or not files[cell].exists():
        raise TableError(f"the last run has no recommender {cell!r}{suggest(cell, cells, 'decision.json')}")
    if explain and not _explains(files[cell]):
        able = [one for one, file in files.items() if file.exists() and _explains(file)]
        step = (
            f"name one that is by --cell: {', '.join(able)}"
            if able
            else "the last run has none: add personas to recommenders, and run `dvc repro`"
        )
        raise TableError(f"{cell} gives no reasons, since it is not of kind personas; {step}")
    return cell, files[cell]


def _explains(run: Path) -> bool:
    return PERSONA in pq.read_schema(run).names


def _condition(tables: Path, ids: Any, asked: str) -> tuple[str, NDArray[np.bool_]]:
    """The name of a condition, and whether each item meets it."""
    known = Attributes.read(tables / "items.parquet", ids)
    if known is None:
        raise TableError(
            "items have no attributes; name some in the row of the data set in params.yaml, as attributes: [genres], "
            "and run `dvc repro`"
        )
    named = [name for name in known.names if asked in (name, name.partition("=")[2])]
    if not named:
        values = [name if "=" in asked else name.partition("=")[2] for name in known.names]
        raise TableError(f"no item has the attribute {asked!r}{suggest(asked, set(values))}")
    if len(named) > 1 and asked not in named:
        raise TableError(f"{asked!r} is a value of several attributes; write one of {', '.join(named)}")
    name = asked if asked in named else named[0]
    return name, known.meets(np.array([known.names.index(name)]))[0]


def _reasons(found: Any, items: Any) -> list[tuple[int, list[str]]]:
    """Persona and texts of the items behind, for each row of a run."""
    known = items[ITEM].combine_chunks()
    behind = [pc.index_in(pa.array(ids, pa.string()), value_set=known).to_pylist() for ids in found[BEHIND].to_pylist()]
    texts = [[items[TEXT][place].as_py() for place in places] for places in behind]
    return list(zip(found[PERSONA].to_pylist(), texts, strict=True))


def _rows(users: Any, interactions: Any, user: str) -> list[int]:
    """The cases of a user, of which ``users`` has one each."""
    rows: list[int] = pc.indices_nonzero(pc.equal(users, user)).to_pylist()
    if not rows:
        known = pc.any(pc.equal(interactions[USER], user)).as_py()
        said = "is not among those ranked for" if known else "is not in the interactions"
        raise TableError(f"user {user!r} {said}; such users are {', '.join(map(repr, users[:3].to_pylist()))}")
    return rows


def _cells(path: Path) -> dict[str, float]:
    """The recommenders of the last run: those that may be the best first, the cheapest of them before, then by mean."""
    task = read_json(path)["tasks"].get("recommend") if path.exists() else None
    if task is None:
        raise TableError(f"{path}: has no recommendation; run `dvc repro` on data with interactions")
    group = next(iter(task["groups"].values()))["cells"]
    means = {one["cell"]: float(one["mean"]) for one in group.values()}
    order = [group[key]["cell"] for key in task["left"]] + sorted(means, key=lambda cell: -means[cell])
    return {cell: means[cell] for cell in dict.fromkeys(order)}
