"""The models that a repository has tried, as a section of the page: what `itemvec leaderboard --save` kept."""

from __future__ import annotations

import hashlib
from pathlib import Path

from itemvec.core.files import read_json, write_json
from itemvec.decision.larger_model import next_larger, tried
from itemvec.decision.leaderboard import Leaderboard
from itemvec.decision.leaderboard_text import MARKS, left_out, sentences, tables
from itemvec.report.sections import Section
from itemvec.report.tables import Table

WORDS = "Every model in one cell, against the best, query by query, over the same queries and users. "


def save_models(found: Leaderboard, decision: Path, path: Path) -> None:
    """Write sentences and tables as JSON, with the hash of the ``decision`` that they belong to."""
    states = [one.state for one in found.entries]
    larger = next_larger(states[0], tried(states[0], states[1:])) if states else ""
    kept = {"sentences": [*sentences(found), *left_out(found)], "tables": tables(found), "decision": _hash(decision)}
    write_json(path, kept | {"larger": larger})


def larger_model(path: Path, decision: Path) -> str:
    """What the next larger model that was tried gains in place of tuning; empty if none was saved for ``decision``."""
    kept = read_json(path)
    return str(kept.get("larger", "")) if kept and kept["decision"] == _hash(decision) else ""


def models_tried(path: Path, decision: Path) -> Section:
    """What was saved; without tables if nothing was, and with a warning if ``decision`` has changed since."""
    kept = read_json(path)
    said = kept.get("sentences", [])
    if kept and kept["decision"] != _hash(decision):
        said = ["Saved before the last run; `itemvec leaderboard --save` compares with what the run gave now.", *said]
    made = [Table(title, header, rows) for title, header, rows in kept.get("tables", [])]
    return Section("models-tried", "Models tried", WORDS + MARKS, made, said)


def _hash(decision: Path) -> str:
    return hashlib.sha256(decision.read_bytes()).hexdigest()
