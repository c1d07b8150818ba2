"""Three Ray nodes on this machine, each of several processes, of which some are killed."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from itemvec.cluster.pool import Pool
from itemvec.core.columns import ITEMS, QUERIES
from itemvec.core.errors import ItemvecError, ParamsError
from itemvec.core.files import write_parquet
from itemvec.encoders import ENCODERS, Corpus, fingerprint
from itemvec.stages.embed import embed
from itemvec.store import RowCache, open_vectors
from tests import slow
from tests.conftest import ENCODER_ROWS, ROOT
from tests.slow import Slow

SUITE = ROOT / "expectations" / "vectors.json"
HASHING = ENCODERS.build("hashing", ENCODER_ROWS["hashing"])
N_ITEMS, N_TEXTS = 240, 230


def test_a_pool_fills_the_machines() -> None:
    three = [{"CPU": 8.0}, {"CPU": 3.0}, {"CPU": 16.0, "GPU": 2.0}]
    assert Pool.of(three, "", None) == Pool(workers=2, machines=1, cpus=1, gpus=1)
    assert Pool.of(three, "cpu", None) == Pool(workers=8 // 4 + 16 // 4, machines=2, cpus=4, gpus=0)
    assert Pool.of(three, "cpu", 3) == Pool(workers=2 + 1 + 5, machines=3, cpus=3, gpus=0)
    assert Pool.of([{"CPU": 2.0}, {}], "", None) == Pool(workers=1, machines=1, cpus=2, gpus=0)
    for device, cpus in (("cuda", None), ("", 9)):
        with pytest.raises(ItemvecError, match="no machine of the cluster has them"):
            Pool.of(three[:2], device, cpus)


@pytest.fixture(scope="module")
def nodes() -> Iterator[Any]:
    """A cluster of three nodes; Ray's processes keep away from the repository."""
    os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_BACKEND_LOG_LEVEL": "fatal"}
    import ray
    from ray.cluster_utils import Cluster

    ray.cloudpickle.register_pickle_by_value(slow)  # type: ignore[no-untyped-call]  # the workers do not have the tests
    node: dict[str, Any] = {"num_cpus": 1, "num_gpus": 0, "object_store_memory": 100 << 20}
    cluster = Cluster(initialize_head=True, head_node_args=node)
    for _ in range(2):
        cluster.add_node(**node)
    cluster.wait_for_nodes()
    yield cluster
    ray.shutdown()
    cluster.shutdown()  # type: ignore[no-untyped-call]


@pytest.fixture
def cluster(nodes: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("RAY_ADDRESS", nodes.address)
    return nodes


def texts(folder: Path) -> dict[str, Path]:
    """Items whose last ten texts repeat the first ones."""
    paths = {"items": folder / "items.parquet", "queries": folder / "queries.parquet"}
    items = [f"item {row % N_TEXTS} of words" + " and more" * (row % 7) * (row < N_TEXTS) for row in range(N_ITEMS)]
    items[N_TEXTS:] = items[: N_ITEMS - N_TEXTS]
    write_parquet(paths["items"], pa.table([[f"i{row}" for row in range(N_ITEMS)], items], schema=ITEMS))
    write_parquet(paths["queries"], pa.table([["q1", "q2"], ["words", "item 7"], ["given"] * 2], schema=QUERIES))
    return paths


def digest(folder: Path, encoder: Any, engine: str) -> str:
    """Embed with a cache of the engine's own."""
    database = folder / engine
    embed(encoder, texts(folder), SUITE, str(folder / f"cache of {engine}"), database, engine)
    ids, _ = open_vectors(database.with_name(f"{engine}.digest"), "items").load()
    assert ids.to_pylist() == [f"i{row}" for row in range(N_ITEMS)]
    name = fingerprint(encoder, "item", encoder.identity(Corpus(folder / "items.parquet")))
    assert len(RowCache(str(folder / f"cache of {engine}"), name, encoder.dim)) == N_TEXTS  # none lost, none twice
    return database.with_name(f"{engine}.digest").read_text()


@pytest.mark.cluster
@pytest.mark.parametrize("kind", ["lsa", pytest.param("sentence-transformer", marks=pytest.mark.weights)])
def test_a_cluster_gives_the_digest_of_one_machine(
    kind: str, cluster: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    encoder = ENCODERS.build(kind, ENCODER_ROWS[kind])
    assert digest(tmp_path, encoder, "ray") == digest(tmp_path, encoder, "local")
    said = capsys.readouterr().out
    assert f"items: encoded {N_TEXTS} of {N_ITEMS} texts" in said
    assert ("items: 3 workers with 1 CPU each, on 3 machines" in said) == (kind != "lsa")  # which is fitted here, once
    embed(encoder, texts(tmp_path), SUITE, str(tmp_path / "cache of ray"), tmp_path / "again", "ray")
    again = capsys.readouterr().out
    assert f"items: encoded 0 of {N_ITEMS} texts" in again
    assert "workers" not in again


@pytest.mark.cluster
def test_the_cache_may_lie_on_object_storage(cluster: Any, s3: str, tmp_path: Path) -> None:
    """Of the machines, only that of the stage has the keys."""
    embed(HASHING, texts(tmp_path), SUITE, s3, tmp_path / "far", "ray")
    assert (tmp_path / "far.digest").read_text() == digest(tmp_path, HASHING, "local")
    name = fingerprint(HASHING, "item", HASHING.identity(Corpus(tmp_path / "items.parquet")))
    assert len(RowCache(s3, name, HASHING.dim)) == N_TEXTS


@pytest.mark.cluster
@pytest.mark.parametrize(
    ("fault", "error", "said"),
    [
        ("model", ItemvecError, "^model: no memory for one text$"),
        ("other", ParamsError, "^model: machine .* would give other vectors: it has {'process': "),
        ("bug", Exception, "ZeroDivisionError: a bug"),
        ("fatal", ItemvecError, "^embed: workers are lost before they finish a batch"),
    ],
)
def test_an_error_in_a_worker_is_told_as_it_is(
    cluster: Any, tmp_path: Path, fault: str, error: type[Exception], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("itemvec.cluster.driver.RETRIES", 1)
    with pytest.raises(error, match=said):
        digest(tmp_path, Slow(str(tmp_path), fault), "ray")
    assert not list(tmp_path.glob("*ray.digest"))


@pytest.mark.cluster
def test_the_stage_runs_this_checkout_on_the_cluster(cluster: Any, tmp_path: Path) -> None:
    """A copy with another hashing: what runs in the workers is its code."""
    copy = tmp_path / "copy"
    for name in ("src", "pipelines"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    hashing = copy / "src" / "itemvec" / "encoders" / "hashing.py"
    hashing.write_text(hashing.read_text().replace('norm="l2"', 'norm="l2", ngram_range=(1, 2)'))
    shutil.copy(ROOT / "models.yaml", copy)
    (copy / "params.yaml").write_text((ROOT / "params.yaml").read_text().replace("model: minilm", "model: hashing"))
    paths, digests = texts(tmp_path), []
    for engine in ("ray", "local"):
        names = [str(paths["items"]), str(paths["queries"]), str(SUITE), f"{engine}/vectors", f"{engine}.json"]
        environment = os.environ | {"ITEMVEC_ENGINE": engine, "ITEMVEC_CACHE": str(tmp_path / engine)}
        programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            ["pipelines/run", "embed", *names], cwd=copy, env=environment | {"PATH": programs}, capture_output=True
        )
        assert done.returncode == 0, done.stderr.decode()
        digests.append((copy / engine / "vectors.digest").read_text())
    assert digests[0] == digests[1]
    assert digests[0] != digest(tmp_path, HASHING, "local")


@pytest.mark.cluster
def test_a_worker_is_killed_and_a_node_is_lost(cluster: Any, tmp_path: Path) -> None:
    """Each while it encodes; whichever of the nodes are first to."""
    folder, lost = tmp_path / "lines", dict[str, str]()
    folder.mkdir()
    others = {node.node_id: node for node in cluster.worker_nodes}

    def watch() -> None:
        until = time.monotonic() + 120
        while time.monotonic() < until and len(lost) < 2:
            time.sleep(0.02)
            for path in folder.iterdir():
                node, process = path.name.split("-")
                if node in others and "node" not in lost:
                    cluster.remove_node(others[node], allow_graceful=False)
                    lost["node"] = node
                elif node not in lost.values() and "worker" not in lost:
                    os.kill(int(process), signal.SIGKILL)
                    lost["worker"] = node

    watching = threading.Thread(target=watch)
    watching.start()
    found = digest(tmp_path, Slow(str(folder)), "ray")
    watching.join()
    assert sorted(lost) == ["node", "worker"]
    assert found == digest(tmp_path, Slow(str(folder)), "local")


@pytest.mark.cluster
def test_without_an_address_this_machine_is_the_cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import ray

    ray.shutdown()
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    assert digest(tmp_path, HASHING, "ray") == digest(tmp_path, HASHING, "local")
    ray.shutdown()
    monkeypatch.setenv("RAY_ADDRESS", "ray://nowhere:1")
    with pytest.raises(ItemvecError, match="RAY_ADDRESS: run the stage on a machine of the cluster"):
        digest(tmp_path, HASHING, "ray")
