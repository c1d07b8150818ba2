"""What `itemvec serve` was asked for, and the limits that every request meets."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

LONGEST_QUERY = 1_000  # characters
MOST_ITEMS = 100  # of an answer
LONGEST_HISTORY = 1_000  # ids
LONGEST_ID = 200  # characters
LARGEST_BODY = 1 << 16  # bytes
MOST_IN_BATCH = 32  # queries that the encoder takes at a time
MOST_WAITING = 256  # queries of a worker; further ones are refused
POLL = 1.0  # seconds between two looks at a folder
GRACE = 5.0  # seconds for requests that are being answered when the service stops


@dataclass(frozen=True)
class Settings:
    """Options of the service, as each worker gets them.

    folders
        By name of the system, ``a`` and perhaps ``b``.
    work
        Temporary folder of all workers: their counters, and the tables that they hold.
    token
        What a request must show; empty where the service is reached from this machine alone.
    interactions
        Parquet file of interactions, to recommend to a user by id.
    parent
        Process id of the supervisor: without it a worker ends.
    """

    folders: dict[str, Path]
    work: Path
    workers: int
    parent: int
    token: str = ""
    interactions: Path | None = None
