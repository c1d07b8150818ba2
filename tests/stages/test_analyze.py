from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.arrays import Floats
from itemvec.core.columns import INTERACTIONS, QRELS, QUERIES
from itemvec.core.errors import TableError
from itemvec.core.files import write_parquet
from itemvec.stages.analyze import Tables, describe
from itemvec.store import Block, write_database

POINTS = np.array([[3, 0], [-3, 0], [0, 1], [0, -1]] * 2, dtype=np.float32)


def written(folder: Path, vectors: Floats, asked: bool) -> tuple[Path, Tables]:
    """Items 0, 1, ... and, where something is asked, a query for the first and a user who went from item 0 to 1."""
    ids = pa.array([str(row) for row in range(len(vectors))])
    queries = Block(pa.array(["q"][:asked], pa.string()), vectors[:asked])
    tables = {"items": Block(ids, vectors), "queries": queries}
    write_database(folder / "full", {name: (vectors.shape[1], [block]) for name, block in tables.items()})
    rows: dict[str, tuple[pa.Schema, list[list[object]]]] = {
        "queries": (QUERIES, [["q"], ["words"], ["given"]]),
        "qrels": (QRELS, [["q"], ["0"], [1.0]]),
        "interactions": (INTERACTIONS, [["u"] * 3, ["0", "1", "1"], [1, 2, 3]]),
    }
    for name, (schema, columns) in rows.items():
        write_parquet(folder / f"{name}.parquet", pa.table([one[: asked * 9] for one in columns], schema=schema))
    return folder / "full.digest", Tables(*(folder / f"{name}.parquet" for name in rows))


def test_facts_by_hand(tmp_path: Path) -> None:
    """Plus and minus 3 on one axis, twice each, plus and minus 1 on another, twice each."""
    facts, eigenvalues = describe(*written(tmp_path, POINTS, asked=True), seed=0)
    assert eigenvalues == pytest.approx([4 * 9 / 8, 4 * 1 / 8])
    assert facts["variance"] == pytest.approx(4.5 + 0.5)
    assert facts["mean_cosine"] == pytest.approx((0 - 8) / (8 * 7))  # the unit vectors add up to zero
    assert facts["alignment"] == pytest.approx({"queries": 0, "histories": 4})  # the same, and opposite
    assert facts["margin"]["given"]["median"] == pytest.approx(0)  # item 4 is where item 0 is
    assert facts["hubness"]["askers"] == 8


def test_items_alone_suffice(tmp_path: Path) -> None:
    facts, _ = describe(*written(tmp_path, POINTS, asked=False), seed=0)
    assert facts["alignment"] == facts["margin"] == {}


def test_one_vector_has_no_spread(tmp_path: Path) -> None:
    facts, _ = describe(*written(tmp_path, np.ones((1, 3), dtype=np.float32), asked=False), seed=0)
    assert (facts["variance"], facts["mean_cosine"], facts["uniformity"]) == (0, 0, 0)


def test_vectors_of_other_queries_are_refused(tmp_path: Path) -> None:
    digest, tables = written(tmp_path, POINTS, asked=True)
    write_parquet(tables.queries, pa.table([["x"], ["words"], ["given"]], schema=QUERIES))
    with pytest.raises(TableError, match="its queries differ from those of the tables"):
        describe(digest, tables, seed=0)
