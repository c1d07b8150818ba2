import os
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.columns import HIDDEN, ITEMS, QRELS, QUERIES
from itemvec.core.files import read_parquet, write_parquet
from itemvec.datasets.beir import Beir
from itemvec.metrics import Judgments
from itemvec.protocol.judgments import judge
from itemvec.stages.capacity import conclusions, measure_capacity
from itemvec.studies.judgment_graph import entanglement


def judgments(*sets: tuple[int, ...]) -> Judgments:
    items = np.concatenate([np.array(one) for one in sets])
    return Judgments(
        pa.array([str(i) for i in range(len(sets))]), items, np.ones(len(items)), np.cumsum([0, *map(len, sets)])
    )


def test_entanglement_by_hand() -> None:
    """Items 1, 2, 5 and 9: two edges of six; the first two queries share one item of three, the third shares none."""
    found = entanglement(judgments((1, 2), (2, 5), (9,)))
    assert found == pytest.approx({"density": 2 / 6, "degree": 2 * 2 / 4, "query_strength": (1 / 3 + 1 / 3 + 0) / 3})
    assert entanglement(judgments(*combinations(range(5), 2)))["density"] == 1
    assert entanglement(judgments((4,))) == {"density": 0, "degree": 0, "query_strength": 0}


@pytest.mark.shared_data
@pytest.mark.parametrize(("name", "strength"), [("limit-small", 28.4653), ("scifact", 0.4222)])
def test_entanglement_as_published(name: str, strength: float) -> None:
    """Table 1 of arXiv 2508.21038."""
    if "ITEMVEC_SHARED_DATA" not in os.environ:
        pytest.skip("ITEMVEC_SHARED_DATA is not set")
    tables = Beir().load(Path(os.environ["ITEMVEC_SHARED_DATA"]) / name)
    found = judge(tables.qrels, tables.queries["query_id"].combine_chunks(), tables.items["item_id"].combine_chunks())
    assert entanglement(found)["query_strength"] == pytest.approx(strength, abs=5e-5)


def files(folder: Path, sets: list[tuple[int, ...]], groups: list[str]) -> tuple[Path, Path, Path]:
    rows: dict[str, tuple[pa.Schema, list[list[Any]]]] = {
        "items": (ITEMS, [[str(i) for i in range(9)], ["text"] * 9]),
        "queries": (QUERIES, [[f"q{i}" for i in range(len(sets))], ["text"] * len(sets), groups]),
        "qrels": (
            QRELS,
            [
                [f"q{i}" for i, one in enumerate(sets) for _ in one],
                [str(item) for one in sets for item in one],
                [1.0 for one in sets for _ in one],
            ],
        ),
    }
    for name, (schema, columns) in rows.items():
        write_parquet(folder / f"{name}.parquet", pa.table(columns, schema=schema))
    items, queries, qrels = (folder / f"{name}.parquet" for name in rows)
    return items, queries, qrels


def test_groups_are_bound_apart(tmp_path: Path) -> None:
    """All pairs of four items need more than a plane, two items apart do not; a query that wants all is solved."""
    sets: list[tuple[int, ...]] = [*combinations(range(4), 2), (6,), (7,), (1, 2, 3)]
    groups = ["pairs"] * 6 + ["single"] * 2 + ["all"]
    found = measure_capacity(*files(tmp_path, sets, groups), seed=0)["groups"]
    assert list(found["pairs"]["free"]) == ["2", "4"]
    assert found["pairs"]["free"]["2"]["solved"] < 1 == found["pairs"]["free"]["4"]["solved"]
    assert (found["pairs"]["queries"], found["pairs"]["items"]) == (6, 4)
    assert found["single"]["free"]["2"]["least"] > 0
    assert found["all"]["free"] == {}


def test_the_item_that_is_a_query_is_no_rival(tmp_path: Path) -> None:
    """Four items on a circle: 0 and 2 are first together if 1, which lies between them, is the query."""
    sets: list[tuple[int, ...]] = [*combinations(range(4), 2)]
    paths = files(tmp_path, sets, ["pairs"] * 6)
    itself: dict[tuple[int, ...], str] = {(0, 2): "1", (1, 3): "2"}
    hidden = pa.array([itself.get(one) for one in sets], pa.string())
    write_parquet(paths[1], read_parquet(paths[1]).append_column(HIDDEN, hidden))
    found = measure_capacity(*paths, seed=0)["groups"]["pairs"]
    assert list(found["free"]) == ["2"]
    assert found["free"]["2"]["solved"] == 1


def test_a_query_that_wants_itself_alone_asks_nothing(tmp_path: Path) -> None:
    paths = files(tmp_path, [(0,), (0, 1)], ["given"] * 2)
    write_parquet(paths[1], read_parquet(paths[1]).append_column(HIDDEN, pa.array(["0", None])))
    assert measure_capacity(*paths, seed=0)["groups"]["given"]["free"] == {}


def test_queries_that_want_many_items_are_fewer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("itemvec.stages.capacity.SCORES", 10)
    sets: list[tuple[int, ...]] = [(i,) for i in range(8)]
    found = measure_capacity(*files(tmp_path, sets, ["given"] * 8), seed=0)["groups"]["given"]
    assert found["queries"] * found["items"] <= 10
    assert found["queries"] > 1


def test_nothing_judged(tmp_path: Path) -> None:
    assert measure_capacity(*files(tmp_path, [], []), seed=0)["groups"] == {}


def test_the_conclusion_is_the_last_number_of_dimensions_that_was_tried() -> None:
    free = {"2": {"solved": 0.25}, "4": {"solved": 1.0}}
    groups = {"a": {"free": free}, "b": {"free": {"2": free["2"]}}, "c": {"free": {}}}
    assert conclusions({"groups": groups}) == [
        "a: vectors free of any text rank what is relevant first for all queries in 4 dimensions",
        "b: vectors free of any text rank what is relevant first for 25% of the queries in 2 dimensions",
        "c: every query wants all items, so any vectors do",
    ]
