"""How long encoders took on this machine: a line for each time that texts were encoded, beside the row cache."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from itemvec.store import lance

FILE = "encoding-times.jsonl"
Times = dict[tuple[str, str], float]  # seconds a text, by the encoder's id and the role of its texts


def record(folder: str, encoder: str, role: str, texts: int, seconds: float) -> None:
    """Note that ``texts`` texts of a role took ``seconds``, loading included. Object storage keeps no notes."""
    if texts and not lance.is_remote(folder):
        line = json.dumps({"encoder": encoder, "role": role, "texts": texts, "seconds": round(seconds, 3)})
        with (Path(folder) / FILE).open("a", encoding="utf-8") as file:  # one short line: whole, whoever else writes
            file.write(line + "\n")


def seconds_a_text(folder: str) -> Times:
    """By encoder and role, of the time when it encoded most texts, in which loading weighs least."""
    path = Path(folder) / FILE
    most: dict[tuple[str, str], tuple[int, float]] = {}
    if not lance.is_remote(folder) and path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            one = json.loads(line)
            key, found = (one["encoder"], one["role"]), (int(one["texts"]), float(one["seconds"]))
            most[key] = max(most.get(key, (0, 0.0)), found)
    return {key: seconds / texts for key, (texts, seconds) in most.items()}


def seconds_of(times: Times, encoder: str, rows: Mapping[str, int]) -> float | None:
    """Seconds to encode so many texts of each role; None if this machine has not encoded some of them."""
    known = [times.get((encoder, role)) for role in rows]
    if not encoder or None in known:
        return None
    return sum(n * (each or 0.0) for n, each in zip(rows.values(), known, strict=True))
