"""The engine ``ray``: functions are applied to parts of the data by the workers of a Ray cluster.

Parts are read here and sent, so that workers need neither a shared folder nor keys. Ray decides which worker gets which
part, and has a part done again whose worker was lost.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from itemvec.cluster.connection import RETRIES, connect, first_line, raise_cause
from itemvec.cluster.pool import Pool
from itemvec.core import machine
from itemvec.core.arrays import Floats
from itemvec.core.engine import HERE, Engine, Found, Part, Shared, Stretch, stretches
from itemvec.core.errors import ItemvecError
from itemvec.core.progress import say

BLOCKS = 16  # of vectors in a stretch, of 12 MiB each with 384 dimensions
AHEAD = 2  # parts per worker that are under way
_KEPT: dict[str, Any] = {}  # in a worker: what the parts of a function share, which is large


class OnRay:
    """Sends parts to the workers of the cluster of ``RAY_ADDRESS``, else to those of this machine."""

    def map(self, function: Callable[[Shared, Part], Found], shared: Shared, parts: Iterable[Part]) -> Iterator[Found]:
        """Apply ``function`` to some parts at a time, and yield the results in the order of the parts."""
        ray = connect()
        pool, waiting = Pool.now(ray), deque[Any]()
        say(str(pool))
        place = [ray.put(shared)]  # in a list: Ray would look it up for each part
        task = ray.remote(num_cpus=pool.cpus, num_gpus=pool.gpus, max_retries=RETRIES)(_applied)
        for part in parts:
            waiting.append(task.remote(function, place, part.held() if isinstance(part, Stretch) else part))
            if len(waiting) >= AHEAD * pool.workers:
                yield _arrived(ray, waiting.popleft())
        while waiting:
            yield _arrived(ray, waiting.popleft())

    def stretches(self, blocks: Iterable[Floats]) -> Iterable[Stretch]:
        """Stretches of ``BLOCKS`` blocks."""
        return stretches(blocks, BLOCKS)


def chosen_engine() -> Engine:
    """The engine of ``ITEMVEC_ENGINE``. Call it before LanceDB is used, as ``connect``."""
    if machine.engine() == "local":
        return HERE
    connect()
    return OnRay()


def _applied(function: Callable[[Shared, Part], Found], place: list[Any], part: Part) -> Found:
    """In a worker: apply a function; what its parts share is looked up once in a process."""
    import ray

    key = place[0].hex()
    if key not in _KEPT:
        _KEPT.clear()
        _KEPT[key] = ray.get(place[0])
    return function(_KEPT[key], part)


def _arrived(ray: Any, waited_for: Any) -> Any:
    try:
        return ray.get(waited_for)
    except ray.exceptions.RayError as error:
        raise_cause(error)
        raise ItemvecError(
            f"ray: workers are lost before they finish a part ({first_line(error)}); check their memory"
        ) from None
