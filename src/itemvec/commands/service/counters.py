"""Counters of all workers in Prometheus' text format. Each worker has a file, which outlives it, even a kill."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

PATHS = ("/", "/search", "/recommend", "/health", "/metrics", "/openapi.json", "other")
CODES = (200, 400, 401, 404, 405, 413, 422, 500, 503)
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, float("inf"))  # seconds
PLAIN = {
    "batches": "Batches that were encoded.",
    "batched_queries": "Queries in these batches.",
    "reloads": "Exports that were loaded in place of another.",
    "failed_reloads": "Exports that could not be loaded; the former one was kept.",
    "workers_started": "Workers that were started, those in place of a dead one included.",
}
NAMES = [
    *((path, code) for path in PATHS for code in CODES),
    *((path, bound) for path in PATHS for bound in BOUNDS),
    *((path, "sum") for path in PATHS),
    *(("plain", name) for name in PLAIN),
]
PLACES = {name: place for place, name in enumerate(NAMES)}


class Counters:
    """The counters of this worker; only one thread may add to them.

    Parameters
    ----------
    folder
        Of the counters of all workers.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        path = folder / f"{os.getpid()}.counters"
        self._own = np.memmap(path, dtype=np.float64, mode="w+", shape=(len(NAMES),))
        self.add("workers_started")

    def add(self, name: str, number: int = 1) -> None:
        """Add to one of the plain counters."""
        self._own[PLACES["plain", name]] += number

    def request(self, path: str, code: int, seconds: float) -> None:
        """Count one answer."""
        path = path if path in PATHS else "other"
        self._own[PLACES[path, code if code in CODES else 500]] += 1
        self._own[PLACES[path, next(bound for bound in BOUNDS if seconds <= bound)]] += 1
        self._own[PLACES[path, "sum"]] += seconds

    def text(self) -> str:
        """Sums over all workers, those that are gone included."""
        return exposition(total(self.folder))


def total(folder: Path) -> dict[tuple[object, object], float]:
    """The sum of every counter over the files of a folder."""
    found = np.zeros(len(NAMES))
    for path in folder.glob("*.counters"):
        some = np.fromfile(path, dtype=np.float64)
        if len(some) == len(NAMES):  # a file that is just being made is empty
            found += some
    return dict(zip(NAMES, found.tolist(), strict=True))


def exposition(found: dict[tuple[object, object], float]) -> str:
    """Counters as Prometheus reads them."""
    lines = ["# HELP itemvec_requests_total Answers by path and status.", "# TYPE itemvec_requests_total counter"]
    lines += [
        f'itemvec_requests_total{{path="{path}",status="{code}"}} {found[path, code]:.0f}'
        for path in PATHS
        for code in CODES
        if found[path, code]
    ]
    name = "itemvec_request_seconds"
    lines += [f"# HELP {name} Seconds to answer.", f"# TYPE {name} histogram"]
    for path in PATHS:
        counts = np.cumsum([found[path, bound] for bound in BOUNDS])
        if counts[-1]:
            for bound, count in zip(BOUNDS, counts, strict=True):
                label = "+Inf" if np.isinf(bound) else f"{bound:g}"
                lines.append(f'{name}_bucket{{path="{path}",le="{label}"}} {count:.0f}')
            lines.append(f'{name}_sum{{path="{path}"}} {found[path, "sum"]:.6f}')
            lines.append(f'{name}_count{{path="{path}"}} {counts[-1]:.0f}')
    for plain, about in PLAIN.items():
        lines += [f"# HELP itemvec_{plain}_total {about}", f"# TYPE itemvec_{plain}_total counter"]
        lines.append(f"itemvec_{plain}_total {found['plain', plain]:.0f}")
    return "\n".join(lines) + "\n"
