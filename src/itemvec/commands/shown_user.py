"""What the last run recommended to one user, beside the history it was made from and what the user took next."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from itemvec.core.columns import BEHIND, ID, ITEM, PERSONA, RANK, SCORE, SEED, TEXT, USER
from itemvec.core.errors import TableError
from itemvec.core.files import read_json, read_parquet
from itemvec.core.params import Params
from itemvec.core.registry import suggest
from itemvec.protocol.histories import Histories
from itemvec.protocol.splits import split


@dataclass(frozen=True)
class ShownUser:
    """Texts of one user: the history that was ranked for, oldest first; ranks with scores; what was taken next.

    Of several cases of a user, the latest.

    places
        Rank of each of ``taken`` in the whole list of the run, or None.
    n_cases
        How many cases of the user were tested.
    reasons
        For each of ``ranks`` the persona, from 1, and the texts behind it; None where the recommender has none.
    """

    user: str
    cell: str
    history: list[str]
    ranks: list[tuple[str, float]]
    taken: list[str]
    places: list[int | None]
    n_cases: int = 1
    reasons: list[tuple[int, list[str]]] | None = None


def shown_user(root: Path, params: Params, user: str, k: int, cell: str | None = None) -> ShownUser:
    """Read the run of a cell of recommendation; by default of the verdict's choice, or the highest.

    Raises
    ------
    TableError
        Nothing was run, or the run has no such cell or user.
    """
    artifacts = root / "artifacts"
    cells = _cells(root / "decision.json")
    cell = cell or next(iter(cells))
    run = artifacts / "runs" / f"{cell}.parquet"
    if cell not in cells or not run.exists():
        raise TableError(f"the last run has no recommender {cell!r}{suggest(cell, cells, 'decision.json')}")
    interactions = read_parquet(artifacts / "tables" / "interactions.parquet")
    items = read_parquet(artifacts / "tables" / "items.parquet", [ITEM, TEXT])
    texts = items[TEXT].combine_chunks()
    test = split(params.recommend.split, Histories.of(interactions, items[ITEM].combine_chunks()), interactions).test
    rows = pc.indices_nonzero(pc.equal(test.histories.users, user)).to_pylist()
    if not rows:
        known = "is not among those ranked for" if _known(interactions, user) else "is not in the interactions"
        first = ", ".join(repr(one) for one in test.histories.users[:3].to_pylist())
        raise TableError(f"user {user!r} {known}; such users are {first}")
    row = rows[-1]  # the latest: it has seen most
    found = pq.read_table(run, filters=[(ID, "=", test.judgments.ids[row].as_py())])
    found = found.filter(pc.equal(found[SEED], pc.min(found[SEED]))).sort_by(RANK)
    places = pc.index_in(found[ITEM].cast(pa.string()), value_set=items[ITEM].combine_chunks())
    positions: list[int] = places.to_pylist()
    history = test.histories.items[test.histories.offsets[row] : test.histories.offsets[row + 1]].tolist()
    taken = test.judgments.items[test.judgments.offsets[row] : test.judgments.offsets[row + 1]].tolist()
    scores: list[float] = found[SCORE].to_pylist()
    return ShownUser(
        user,
        cell,
        [texts[place].as_py() for place in history],
        [(texts[place].as_py(), score) for place, score in list(zip(positions, scores, strict=True))[:k]],
        [texts[place].as_py() for place in taken],
        [positions.index(place) + 1 if place in positions else None for place in taken],
        len(rows),
        _reasons(found, items)[:k] if PERSONA in found.column_names else None,
    )


def _reasons(found: Any, items: Any) -> list[tuple[int, list[str]]]:
    """Persona and texts of the items behind, for each row of a run."""
    known = items[ITEM].combine_chunks()
    behind = [pc.index_in(pa.array(ids, pa.string()), value_set=known).to_pylist() for ids in found[BEHIND].to_pylist()]
    texts = [[items[TEXT][place].as_py() for place in places] for places in behind]
    return list(zip(found[PERSONA].to_pylist(), texts, strict=True))


def _known(interactions: Any, user: str) -> bool:
    return bool(pc.any(pc.equal(interactions[USER], user)).as_py())


def _cells(path: Path) -> dict[str, float]:
    """The recommenders of the last run: those that may be the best first, the cheapest of them before, then by mean."""
    task = read_json(path)["tasks"].get("recommend") if path.exists() else None
    if task is None:
        raise TableError(f"{path}: has no recommendation; run `dvc repro` on data with interactions")
    group = next(iter(task["groups"].values()))["cells"]
    means = {one["cell"]: float(one["mean"]) for one in group.values()}
    order = [group[key]["cell"] for key in task["left"]] + sorted(means, key=lambda cell: -means[cell])
    return {cell: means[cell] for cell in dict.fromkeys(order)}
