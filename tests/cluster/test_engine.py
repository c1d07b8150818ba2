"""The stages on three Ray workers give what they give in one process, also where a worker is lost."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from itemvec.cluster import engine as engine_module
from itemvec.cluster.engine import OnRay
from itemvec.core.arrays import Floats
from itemvec.core.engine import HERE, Engine
from itemvec.core.errors import ExpectationError, ItemvecError
from itemvec.core.top_k import TieOrder, Top
from itemvec.recommenders import RECOMMENDERS, Training
from itemvec.reducers import REDUCERS
from itemvec.retrievers import RETRIEVERS, Entries
from itemvec.retrievers.truncated_search import search_prefixes
from itemvec.stages.decompose import MOMENTS, decompose
from itemvec.stages.recommend import rank
from itemvec.stages.reduce import reduce_vectors
from itemvec.stages.validate import validate
from itemvec.store import Block, open_vectors, write_database
from tests import slow
from tests.conftest import ROOT, cycles
from tests.slow import Dying, doubled
from tests.stages.test_validate import write

N_ITEMS, DIM = 1500, 24


@pytest.fixture(scope="module")
def node() -> Iterator[Any]:
    """A Ray node with room for three workers, which keeps away from the repository."""
    os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_BACKEND_LOG_LEVEL": "fatal"}
    import ray
    from ray.cluster_utils import Cluster

    ray.cloudpickle.register_pickle_by_value(slow)  # type: ignore[no-untyped-call]  # the workers do not have the tests
    room: dict[str, Any] = {"num_cpus": 3, "num_gpus": 0, "object_store_memory": 100 << 20}
    cluster = Cluster(initialize_head=True, head_node_args=room)
    yield cluster
    ray.shutdown()
    cluster.shutdown()  # type: ignore[no-untyped-call]


@pytest.fixture
def cluster(node: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_ADDRESS", node.address)
    monkeypatch.setenv("ITEMVEC_WORKER_CPUS", "1")


@pytest.fixture
def source(tmp_path: Path, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Vectors with some equal rows, read in 24 blocks, which are 12 stretches and 3 groups of moments."""
    monkeypatch.setattr("itemvec.store.vectors.ROWS", 64)
    monkeypatch.setattr(engine_module, "BLOCKS", 2)
    items, queries = (rng.standard_normal((n, DIM), dtype=np.float32) for n in (N_ITEMS, 40))
    items[700:720] = items[:20]
    blocks = {
        name: (DIM, [Block(pa.array([f"{name}{row}" for row in range(len(vectors))]), vectors)])
        for name, vectors in {"items": items, "queries": queries}.items()
    }
    write_database(tmp_path / "full", blocks)
    return tmp_path / "full.digest"


def entries(source: Path, name: str, engine: Engine) -> Entries:
    table = open_vectors(source, name)
    return Entries(table.ids(), table.ids(), table.vectors, engine)


def of_every_stage(source: Path, engine: Engine) -> dict[str, Any]:
    """What decompose, reduce, search and truncation make of the vectors."""
    folder = source.parent / type(engine).__name__
    found: dict[str, Any] = {}
    decompose(source, folder / "moments.digest", engine)
    found["moments"] = (folder / "moments.digest").with_suffix(MOMENTS).read_bytes()
    rows: dict[str, dict[str, Any]] = {"pca": {"kind": "pca", "dim": 8}, "int8": {"kind": "quantize", "to": "int8"}}
    for name, row in rows.items():
        reducer = REDUCERS.build(name, row)
        reduce_vectors(reducer, source, folder / name, 1, folder / "moments.digest", engine=engine)
        found[name] = (folder / f"{name}.digest").read_text()
    items, queries = (entries(source, name, engine) for name in ("items", "queries"))
    for precision in ("float32", "int8"):
        part = {"kind": "exact", "precision": precision}
        hybrid = RETRIEVERS.build("hybrid", {"kind": "hybrid", "parts": [part, {"kind": "bm25"}]})
        found[f"hybrid {precision}"] = hybrid.index(items)(queries, 100)
        found[precision] = RETRIEVERS.build("exact", part).index(items)(queries, 100)
    asked = np.concatenate(list(queries.blocks("test")))
    ties = TieOrder(items.ids).of(queries.ids)
    for dim, top in search_prefixes(asked, items.blocks("test"), [4, 16, DIM], 50, "cosine", ties, engine).items():
        found[f"first {dim}"] = top
    return found


def network_tops(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[Top]:
    """What trained networks recommend to 60 users, seven at a time."""
    monkeypatch.setattr("itemvec.stages.recommend.USERS", 7)
    histories = cycles(60, 30, 9, np.random.default_rng(0))
    vectors: Floats = np.random.default_rng(1).standard_normal((30, 12), dtype=np.float32)
    training, order = (
        Training(histories, vectors, lambda _: 0.0, 1),
        TieOrder(pa.array([f"i{row}" for row in range(30)])),
    )
    rows = [{"kind": "sasrec", "item": "id+text"}, {"kind": "gru4rec", "item": "id"}, {"kind": "unisrec"}]
    scores = [RECOMMENDERS.build("test", row | {"width": 8, "epochs": 1}).fit(training) for row in rows]
    return [rank(score, histories, 10, True, order, engine=engine) for score in scores]


def same(one: Any, other: Any) -> bool:
    if isinstance(one, Top):
        return np.array_equal(one.positions, other.positions) and np.array_equal(one.scores, other.scores)
    return bool(one == other)


@pytest.mark.cluster
def test_every_stage_gives_what_one_machine_gives(
    cluster: None, source: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Bit for bit: scores, digests, moments."""
    far, near = of_every_stage(source, OnRay()), of_every_stage(source, HERE)
    assert "3 workers with 1 CPU each, on 1 machine\n" in capsys.readouterr().out
    assert [name for name in near if not same(near[name], far[name])] == []
    assert all(map(same, network_tops(OnRay(), monkeypatch), network_tops(HERE, monkeypatch)))


@pytest.mark.cluster
def test_an_error_in_a_part_is_told_as_it_is(cluster: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "RETRIES", 1)
    with pytest.raises(ItemvecError, match=r"^items: 3 vectors hold NaN$"):
        list(OnRay().map(doubled, (str(tmp_path), "data"), range(2)))
    with pytest.raises(ItemvecError, match=r"^ray: workers are lost before they finish a part"):
        list(OnRay().map(doubled, (str(tmp_path), "fatal"), range(1)))


@pytest.mark.cluster
def test_a_lost_worker_costs_its_parts(cluster: None, tmp_path: Path) -> None:
    lost: list[str] = []

    def watch() -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until and not lost:
            time.sleep(0.02)
            for path in list(tmp_path.iterdir())[:1]:
                os.kill(int(path.name.split("-")[1]), signal.SIGKILL)
                lost.append(path.name)

    watching = threading.Thread(target=watch)
    watching.start()
    found = list(OnRay().map(doubled, (str(tmp_path), ""), range(16)))
    watching.join()
    assert len(lost) == 1
    assert found == [2 * part for part in range(16)]
    done = [int(line) for path in tmp_path.iterdir() for line in path.read_text().splitlines()]
    assert set(done) == set(range(16))
    assert len(done) <= 16 + 2  # what the lost one did, and what it had just done, whose result was still with it


@pytest.mark.cluster
def test_a_table_is_checked_in_blocks_also_where_a_worker_is_lost(
    cluster: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of 20 rows in blocks of 2: what is said is, byte for byte, what this process says of the whole."""
    used = [(f"u{row // 4}", "i1", row) for row in range(20)]
    good = write(tmp_path / "good", interactions=used)
    broken = [("u1", f"i{row % 3}", -row if row > 6 else row) for row in range(18)] + [("u2", None, 1), ("", "i1", 1)]
    bad = write(tmp_path / "bad", interactions=broken, items=[("i1", "a shirt"), ("i2", ""), ("i2", "a hat")])
    met, suites = validate(good, ROOT / "expectations"), ROOT / "expectations"
    with pytest.raises(ExpectationError) as here:
        validate(bad, suites)
    assert "interactions: column user_id: 1 of 20 rows break" in here.value.message
    monkeypatch.setattr("itemvec.stages.checked_table.ROWS", 2)
    assert "workers" not in capsys.readouterr().out
    monkeypatch.setattr("itemvec.stages.streamed_expectations.Checker", partial(Dying, str(tmp_path), os.getpid()))
    assert validate(good, suites, OnRay()) == met
    with pytest.raises(ExpectationError) as far:
        validate(bad, suites, OnRay())
    assert far.value.message == here.value.message
    assert "3 workers with 1 CPU each, on 1 machine\n" in capsys.readouterr().out
    assert (tmp_path / "lost").exists()
    checked = [line for path in tmp_path.glob("[0-9]*") for line in path.read_text().splitlines()]
    assert 10 + 10 + 2 < len(checked) <= 10 + 10 + 2 + 2  # those of both tables of 20, of 3 items, and what was lost
