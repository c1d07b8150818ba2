"""The driver of encoding on a Ray cluster: it sends texts to workers and stores their vectors.

Only the machine that runs the stage reads the texts and writes the row cache; the others need only the checkpoint.
Results do not depend on which machine encoded a text. No other module imports Ray.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, compress, islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from itemvec.cluster.worker import Worker, rows_of
from itemvec.core.columns import TEXT
from itemvec.core.errors import ItemvecError
from itemvec.core.machine import worker_cpus
from itemvec.core.progress import say
from itemvec.encoders import CachedEncoder, Role
from itemvec.store import ROWS

MOST = 2048  # texts of a batch, at most: what is lost with a worker
SHARE = 8  # batches per worker, at least, so that all finish at about the same time
PASSED_ON = ("HF_", "ITEMVEC_DEVICE")  # variables for the workers; keys to a cache on object storage stay here
RETRIES = 3  # of a batch whose worker was lost, and of the whole while nothing is finished: a text may kill workers
CPUS = 4  # of a worker without GPU: further threads are better used by another worker


def connect() -> Any:
    """Connect Ray to the cluster of ``RAY_ADDRESS``, else start one on this machine that ends with this process.

    Call it before LanceDB is used: it forks. What it starts ends with the calling thread.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # anything less is handled below
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "1")  # asking for no GPU shows none, without a warning
    import ray
    import ray.data
    from ray.util.annotations import RayDeprecationWarning

    if ray.is_initialized():
        return ray
    address = os.environ.get("RAY_ADDRESS")
    if address and address.startswith("ray://"):
        raise ItemvecError("RAY_ADDRESS: run the stage on a machine of the cluster, and name it by HOST:PORT or auto")
    passed_on = {name: value for name, value in os.environ.items() if name.startswith(PASSED_ON)}
    # The code of this checkout goes with the job: elsewhere there is another one, or none.
    environment = {"py_modules": [str(Path(__file__).parents[1])], "env_vars": passed_on}
    own: dict[str, Any] = {} if address else {"include_dashboard": False}
    try:
        ray.init(address or "local", runtime_env=environment, log_to_driver=False, logging_level=logging.ERROR, **own)
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise ItemvecError(f"RAY_ADDRESS: no cluster at {address!r} that fits ({_first_line(error)})") from None
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)  # our progress bar says it, our errors are one line
    warnings.simplefilter("ignore", RayDeprecationWarning)  # of max_task_retries, for which Ray has no other name yet
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.raise_original_map_exception = True
    context.target_max_block_size = 1  # a block is one row, which is one batch
    return ray


def fill_on_cluster(cached: CachedEncoder, path: Path, role: Role, done: Callable[[int], object]) -> int:
    """Encode those texts of a Parquet file that the cache lacks, on all machines, and store vectors as they arrive.

    Parameters
    ----------
    done
        Called with the number of further rows that are done.

    Returns
    -------
    Number of texts that were encoded.
    """
    lacking = cached.lacking(_texts(path), role)
    done(int((~lacking).sum()))
    encoded = barren = 0
    while lacking.any():
        before, ray = encoded, connect()
        try:
            with cached.keeper(role) as keeper:
                for keys, vectors, tokens, kept in _encoded(ray, cached, path, role, lacking):
                    keeper.take(keys, vectors, tokens, kept)
                    encoded += len(keys)
                    done(len(keys))
            break
        except ray.exceptions.RayError as error:  # Ray's own retries were not enough
            _raise_cause(error)
            said = _first_line(error)
        barren = barren + 1 if encoded == before else 0
        if barren > RETRIES:
            raise ItemvecError(f"embed: workers are lost before they finish a batch ({said}); check their memory")
        say(f"embed: workers were lost ({said}); going on with what is not encoded yet")
        ray.shutdown()
        lacking = cached.lacking(_texts(path), role)
    return encoded


def _encoded(
    ray: Any, cached: CachedEncoder, path: Path, role: Role, lacking: NDArray[np.bool_]
) -> Iterator[tuple[Any, ...]]:
    """Yield keys, vectors, tokens and kept of each batch as it arrives."""
    pool = Pool.of(
        [node["Resources"] for node in ray.nodes() if node["Alive"]],
        os.environ.get("ITEMVEC_DEVICE", ""),
        worker_cpus(),
    )
    say(f"{path.stem}: {pool}")
    size = min(max(int(lacking.sum()) // (SHARE * pool.workers), 1), MOST)
    texts = ray.data.from_items([{"path": str(path.resolve())}]).map_batches(
        _read,
        fn_args=(lacking, size),
        batch_size=1,
        num_cpus=0,
        label_selector={"ray.io/node-id": ray.get_runtime_context().get_node_id()},  # where the file is
    )
    rows = texts.map_batches(
        Worker,
        fn_constructor_args=(cached.encoder, cached.corpus, cached.identity, role),
        batch_size=1,
        batch_format="pyarrow",
        compute=ray.data.ActorPoolStrategy(
            size=pool.workers, max_concurrent_calls_per_actor=2, enable_true_multi_threading=True
        ),
        num_cpus=pool.cpus,
        num_gpus=pool.gpus or None,
        max_restarts=-1,
        max_task_retries=RETRIES,
    )
    for table in rows.iter_batches(batch_size=None, batch_format="pyarrow"):
        yield rows_of(table)


def _texts(path: Path) -> Iterator[Any]:
    for batch in pq.ParquetFile(path).iter_batches(ROWS, columns=[TEXT]):
        yield batch[TEXT]


def _read(batch: Mapping[str, Any], lacking: NDArray[np.bool_], size: int) -> Iterator[Any]:
    """Batches of texts, each as one row: Ray may regroup rows, but does not split one."""
    texts = chain.from_iterable(block.to_pylist() for block in _texts(Path(batch["path"][0])))
    wanted = compress(texts, lacking)
    while some := list(islice(wanted, size)):
        yield pa.table({TEXT: [some]})


@dataclass(frozen=True)
class Pool:
    """Number of workers and machines, and the CPUs and GPUs of each worker."""

    workers: int
    machines: int
    cpus: int
    gpus: int

    @classmethod
    def of(cls, machines: list[dict[str, float]], device: str, cpus: int | None) -> Pool:
        """Fill machines, each given by its resources: one worker per GPU or, without GPUs, per ``cpus`` CPUs."""
        gpus = int(device.startswith("cuda") or (not device and any(one.get("GPU", 0) >= 1 for one in machines)))
        most = int(max(one.get("CPU", 0) for one in machines))
        cpus = cpus or (1 if gpus else min(max(most, 1), CPUS))
        rooms = [int(min(one.get("CPU", 0) // cpus, one.get("GPU", 0) if gpus else np.inf)) for one in machines]
        if not any(rooms):
            raise ItemvecError(
                f"embed: a worker takes {cpus} CPUs and {gpus} GPUs, and no machine of the cluster has them; "
                "set ITEMVEC_WORKER_CPUS or ITEMVEC_DEVICE"
            )
        return cls(sum(rooms), sum(room > 0 for room in rooms), cpus, gpus)

    def __str__(self) -> str:
        share = "1 GPU" if self.gpus else f"{self.cpus} CPU"
        return f"{self.workers} workers with {share} each, on {self.machines} machines"


def _raise_cause(error: BaseException) -> None:
    """Raise the error that a worker raised; return if Ray reports the loss of a worker instead."""
    from ray.exceptions import RayError

    cause: BaseException | None = error
    while isinstance(cause, RayError):
        cause = getattr(cause, "cause", None)
    if isinstance(cause, ItemvecError):
        raise cause from None
    if cause is not None:
        raise error


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
