import asyncio
import threading

import pytest

from itemvec.commands.service.batches import Batches, BusyError
from itemvec.commands.service.counters import BOUNDS, CODES, NAMES, PATHS, PLAIN, exposition
from itemvec.commands.service.settings import MOST_IN_BATCH, MOST_WAITING


def test_what_comes_while_one_is_worked_on_goes_together_and_each_gets_its_own_answer() -> None:
    sizes: list[int] = []
    go = threading.Event()

    def work(jobs: list[int]) -> list[int]:
        go.wait(10)
        return [job * job for job in jobs]

    async def ask() -> list[int]:
        batches = Batches(work, sizes.append)
        running = asyncio.create_task(batches.run())
        first = asyncio.create_task(batches(100))
        await asyncio.sleep(0.01)
        others = [asyncio.create_task(batches(number)) for number in range(MOST_IN_BATCH + 5)]
        await asyncio.sleep(0)
        others[3].cancel()  # a client that goes
        await asyncio.sleep(0.01)
        go.set()
        found = await asyncio.gather(first, *others, return_exceptions=True)
        running.cancel()
        return [one if isinstance(one, int) else -1 for one in found]

    assert asyncio.run(ask()) == [10_000, *(-1 if one == 3 else one * one for one in range(MOST_IN_BATCH + 5))]
    assert sizes == [1, MOST_IN_BATCH - 1, 5]  # the one that went is not encoded


def test_a_failed_batch_fails_its_own_requests_alone_and_too_many_are_refused() -> None:
    def work(jobs: list[int]) -> list[int]:
        if 0 in jobs:
            raise ValueError("broken")
        return jobs

    async def ask() -> None:
        batches = Batches(work, lambda _: None)
        waiting = [asyncio.create_task(batches(number)) for number in range(MOST_WAITING)]
        await asyncio.sleep(0)
        with pytest.raises(BusyError):
            await batches(1)
        running = asyncio.create_task(batches.run())
        found = await asyncio.gather(*waiting, return_exceptions=True)
        failed = [one for one in found if isinstance(one, ValueError)]
        assert len(failed) == MOST_IN_BATCH
        assert found[MOST_IN_BATCH:] == list(range(MOST_IN_BATCH, MOST_WAITING))
        running.cancel()

    asyncio.run(ask())


def test_buckets_are_cumulative_and_end_with_all() -> None:
    found: dict[tuple[object, object], float] = dict.fromkeys(NAMES, 0.0)
    found |= {("/search", 200): 3.0, ("/search", 0.01): 1.0, ("/search", BOUNDS[-1]): 2.0}
    text = exposition(found)
    assert 'itemvec_requests_total{path="/search",status="200"} 3\n' in text
    assert 'itemvec_request_seconds_bucket{path="/search",le="0.005"} 0\n' in text
    assert 'itemvec_request_seconds_bucket{path="/search",le="5"} 1\n' in text
    assert 'itemvec_request_seconds_bucket{path="/search",le="+Inf"} 3\n' in text
    assert len(set(NAMES)) == len(PATHS) * (len(CODES) + len(BOUNDS) + 1) + len(PLAIN)
