"""The driver of encoding on a Ray cluster: it sends texts to workers and stores their vectors.

Only the machine that runs the stage reads the texts and writes the row cache; the others need only the checkpoint.
Results do not depend on which machine encoded a text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain, compress, islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from itemvec.cluster.connection import connect, first_line, raise_cause
from itemvec.cluster.pool import Pool
from itemvec.cluster.worker import Worker, rows_of
from itemvec.core.columns import TEXT
from itemvec.core.errors import ItemvecError
from itemvec.core.progress import say
from itemvec.encoders import CachedEncoder, Role
from itemvec.store import ROWS

MOST = 2048  # texts of a batch, at most: what is lost with a worker
SHARE = 8  # batches per worker, at least, so that all finish at about the same time
RETRIES = 3  # of a batch whose worker was lost, and of the whole while nothing is finished: a text may kill workers


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
            raise_cause(error)
            said = first_line(error)
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
    pool = Pool.now(ray)
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
