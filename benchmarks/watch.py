"""When which quality was reached; the standard library alone, for it also runs in the environment of a peer."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

CLOCKS = {"wall": time.perf_counter, "cpu": time.process_time}


class LimitError(Exception):
    """Training took longer than it may."""


@dataclass
class Watch:
    """Notes each validation: seconds of training before it, its own seconds, what it found.

    ``clock`` is the wall's, or that of the processor, which counts all threads and no others' work.
    """

    limit: float
    clock: str
    started: float = field(init=False)
    away: float = 0.0
    epochs: list[tuple[float, float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.started = self.now()

    def now(self) -> float:
        """Seconds by the clock."""
        return CLOCKS[self.clock]()

    def ask(self, validate: Callable[[], float]) -> float:
        """Validate off the clock; raise ``LimitError`` past the limit."""
        asked = self.now()
        found = validate()
        took = self.now() - asked
        self.epochs.append((asked - self.started - self.away, took, found))
        self.away += took
        if self.epochs[-1][0] > self.limit:
            raise LimitError
        return found

    def waited(self) -> int:
        """Epochs since the best one."""
        found = [epoch[2] for epoch in self.epochs]
        return len(found) - 1 - found.index(max(found))

    def facts(self) -> dict[str, Any]:
        """What was noted, and the most memory this process held, in bytes."""
        return {"epochs": self.epochs, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}
