"""Clients that ask a service over HTTP, check every answer, and count what goes wrong."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import numpy as np

NEAR = 1e-5  # of a score: items that differ by less may change places, as batches round otherwise
SHORT = 2.0  # seconds after a kill in which a connection of the dead worker breaks


@dataclass(frozen=True)
class Expected:
    """Scores of the best items of each query, by export."""

    queries: list[str]
    scores: list[list[dict[str, float]]]
    k: int

    def check(self, row: int, items: list[dict[str, Any]], export: int) -> str:
        """``right``, ``near tie`` or ``wrong``: an answer against those of one export."""
        known = self.scores[export][row]
        given, best = [one["item_id"] for one in items], sorted(known.values(), reverse=True)[: self.k]
        if given == list(known)[: self.k]:
            return "right"
        scores = [known.get(item, -np.inf) for item in given]
        same = len(set(given)) == self.k and np.allclose(scores, best, rtol=0, atol=NEAR)
        return "near tie" if same else "wrong"

    def export_of(self, row: int, items: list[dict[str, Any]]) -> int | None:
        """The export that gives these items, if any."""
        found = [number for number in range(len(self.scores)) if self.check(row, items, number) != "wrong"]
        return found[0] if found else None


@dataclass
class Load:
    """What some clients saw."""

    address: str
    expected: Expected
    clients: int
    seconds: list[float] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)  # which export each version is
    kills: list[float] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)
    swaps: int = 0
    wrong: int = 0
    near_ties: int = 0
    statuses: int = 0
    broken_by_kill: int = 0
    broken: int = 0
    lasted: float = 0.0

    def within(self, bound: float, growth: float) -> bool:
        """Whether nothing was wrong, only kills broke connections, and time and memory kept to their bounds."""
        few = self.broken_by_kill <= self.clients * len(self.kills)
        fast = bool(self.seconds) and float(np.percentile(self.seconds, 95)) <= bound
        small = self.memory[-1] <= self.memory[0] * (1 + growth)
        seen = len(set(self.versions.values())) == (2 if self.swaps else 1)
        return few and fast and small and seen and not (self.wrong or self.statuses or self.broken)

    async def run(self, seconds: float) -> None:
        """Ask without a pause, each client one request at a time."""
        began = time.monotonic()
        await asyncio.gather(*(self._client(number, began + seconds) for number in range(self.clients)))
        self.lasted = time.monotonic() - began

    async def _client(self, number: int, until: float) -> None:
        rng = np.random.default_rng(number)
        async with httpx2.AsyncClient(base_url=self.address, timeout=30) as client:
            while time.monotonic() < until:
                await self._ask(client, int(rng.integers(len(self.expected.queries))), "ab"[int(rng.integers(2))])

    async def _ask(self, client: httpx2.AsyncClient, row: int, system: str) -> None:
        asked = {"q": self.expected.queries[row], "k": str(self.expected.k), "system": system}
        began = time.monotonic()
        try:
            answer = await client.get("/search", params=asked)
        except httpx2.TransportError:
            now = time.monotonic()
            if any(moment - 0.1 <= now <= moment + SHORT for moment in self.kills):
                self.broken_by_kill += 1
            else:
                self.broken += 1
            await asyncio.sleep(0.05)
            return
        self.seconds.append(time.monotonic() - began)
        if answer.status_code != 200:
            self.statuses += 1
            return
        said = answer.json()
        export = self.versions.get(said["version"])
        if export is None:
            export = self.expected.export_of(row, said["items"])
            if export is not None:
                self.versions[said["version"]] = export
        verdict = "wrong" if export is None else self.expected.check(row, said["items"], export)
        self.wrong += verdict == "wrong"
        self.near_ties += verdict == "near tie"


def workers_of(supervisor: int) -> list[int]:
    """Process ids of the workers, the oldest first."""
    children = Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split()
    return [int(one) for one in children if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()]


def memory(processes: list[int]) -> int:
    """Bytes that the largest of some processes holds."""
    pages = [int(Path(f"/proc/{one}/statm").read_text().split()[1]) for one in processes]
    return max(pages, default=0) * os.sysconf("SC_PAGE_SIZE")


def killed(process: int) -> None:
    """End a process without a chance to say so."""
    os.kill(process, signal.SIGKILL)


def swap_link(link: Path, target: Path) -> None:
    """Point a link elsewhere, in one step."""
    other = link.with_name("link.new")
    other.symlink_to(target)
    other.replace(link)


def swap_folder(folder: Path, source: Path) -> None:
    """Put a copy in the place of a folder, and remove what was there, as `itemvec export --force` does."""
    new, former = folder.with_name("folder.new"), folder.with_name("folder.former")
    shutil.copytree(source, new)
    folder.rename(former)
    new.rename(folder)
    shutil.rmtree(former)
