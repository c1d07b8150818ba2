from pathlib import Path

import numpy as np
import pyarrow as pa

from itemvec.core.arrays import Floats
from itemvec.core.columns import QRELS, QUERIES
from itemvec.core.files import write_parquet
from itemvec.stages.ablate_dimensions import measure_each_dimension
from itemvec.store import Block, write_database
from tests.conftest import unit

PLANTED = 5


def written(folder: Path, items: Floats, queries: Floats, group: str = "given") -> tuple[Path, Path, Path]:
    """Query i wants item i."""
    ids = pa.array([f"i{row:03}" for row in range(len(items))])
    asked = pa.array([f"q{row:03}" for row in range(len(queries))], pa.string())
    tables = {"items": Block(ids, items), "queries": Block(asked, queries)}
    write_database(folder / "full", {name: (items.shape[1], [block]) for name, block in tables.items()})
    groups = [group] * len(queries)
    write_parquet(folder / "queries.parquet", pa.table([asked, asked, groups], schema=QUERIES))
    write_parquet(folder / "qrels.parquet", pa.table([asked, ids[: len(queries)], [1.0] * len(queries)], schema=QRELS))
    return folder / "full.digest", folder / "queries.parquet", folder / "qrels.parquet"


def test_a_planted_dimension_is_found_and_dropping_it_helps_others(tmp_path: Path, rng: np.random.Generator) -> None:
    """Queries are their items with little noise, but on one axis, where both are large and have nothing in common."""
    items = unit(rng.standard_normal((150, 12), dtype=np.float32))
    queries = unit(items[:120] + 0.15 * rng.standard_normal((120, 12), dtype=np.float32))
    for vectors in (items, queries):
        vectors[:, PLANTED] = rng.standard_normal(len(vectors), dtype=np.float32)
    facts, csv = measure_each_dimension(*written(tmp_path, items, queries), seed=0)
    found = facts["groups"]["given"]
    assert (found["queries"], found["harmful"]) == (120, 1)
    assert found["useful"] > 0
    lines = [line.split(",") for line in csv.splitlines()]
    assert lines[0] == ["group", "dimension", "change", "p"]
    assert [int(line[1]) for line in lines[1:] if float(line[2]) > 0 and float(line[3]) < 0.05] == [PLANTED]
    rule = found["dropped"]["harmful at p < .05"]
    assert rule["dims"] == [1, 1]
    assert rule["other"]["low"] > 0.2
    assert rule["other"]["p"] < 0.001


def test_what_seems_harmful_to_some_is_not_to_others(tmp_path: Path, rng: np.random.Generator) -> None:
    """Where all is noise, those who choose what to drop win, and the others do not."""
    items, queries = (unit(rng.standard_normal((n, 16), dtype=np.float32)) for n in (60, 60))
    facts, _ = measure_each_dimension(*written(tmp_path, items, queries), seed=0)
    found = facts["groups"]["given"]
    assert found["harmful"] == 0
    unchanged = found["dropped"]["harmful at p < .05"]["other"]
    assert (unchanged["mean"], unchanged["p"]) == (0, 1)
    assert unchanged["low"] < 0 < unchanged["high"]  # sixty queries do not show that none could change
    assert found["dropped"]["all that seem harmful"]["own"] > 0.03
    assert found["dropped"]["all that seem harmful"]["other"]["p"] > 0.05


def test_nothing_asked(tmp_path: Path) -> None:
    eye = np.eye(3, dtype=np.float32)
    assert measure_each_dimension(*written(tmp_path, eye, eye[:0]), seed=0) == (
        {"dim": 3, "groups": {}},
        "group,dimension,change,p\n",
    )
    facts, _ = measure_each_dimension(*written(tmp_path, eye, eye[:1]), seed=0)
    assert facts["groups"]["given"]["dropped"] == {}  # one query has no other half


def test_markup_of_a_group_is_written_out_in_what_dvc_plots(tmp_path: Path) -> None:
    eye = np.eye(4, dtype=np.float32)
    facts, csv = measure_each_dimension(*written(tmp_path, eye, eye, "</script>"), seed=0)
    assert list(facts["groups"]) == ["</script>"]
    assert csv.splitlines()[1].startswith(r'"\u003c/script\u003e",0,')
