"""Micro-batches: what comes while the encoder is busy is encoded together next."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from itemvec.commands.service.settings import MOST_IN_BATCH, MOST_WAITING

Job = TypeVar("Job")
Answer = TypeVar("Answer")


class BusyError(Exception):
    """More requests wait than a worker takes."""


class Batches(Generic[Job, Answer]):
    """Runs jobs in one thread, as many at a time as wait: a single one waits for no other.

    Parameters
    ----------
    work
        From jobs to their answers, in the same order.
    done
        Called with the size of each batch.
    """

    def __init__(self, work: Callable[[list[Job]], list[Answer]], done: Callable[[int], None]) -> None:
        self._work, self._done = work, done
        self._waiting: deque[tuple[Job, asyncio.Future[Answer]]] = deque()
        self._wake = asyncio.Event()
        self._thread = ThreadPoolExecutor(1)

    async def __call__(self, job: Job) -> Answer:
        """The answer to one job.

        Raises
        ------
        BusyError
            Too many wait.
        """
        if len(self._waiting) >= MOST_WAITING:
            raise BusyError
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((job, future))
        self._wake.set()
        return await future

    async def run(self) -> None:
        """Answer jobs until the task is cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await self._wake.wait()
            batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_IN_BATCH))]
            if not self._waiting:
                self._wake.clear()
            batch = [one for one in batch if not one[1].done()]  # the client may have gone
            if not batch:
                continue
            try:
                answers = await loop.run_in_executor(self._thread, self._work, [job for job, _ in batch])
            except Exception as error:
                for _, future in batch:
                    if not future.done():
                        future.set_exception(error)
                continue
            self._done(len(batch))
            for (_, future), answer in zip(batch, answers, strict=True):
                if not future.done():
                    future.set_result(answer)
