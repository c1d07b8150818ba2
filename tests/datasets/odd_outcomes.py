"""What becomes of an odd input: the right tables, tables and a remark, one line, or something that must not be."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Literal, NamedTuple

from itemvec.core.errors import ItemvecError
from itemvec.datasets import Tables
from itemvec.datasets.delimited import BARE
from itemvec.stages.check import check_data
from tests.datasets.odd_inputs import Odd

Outcome = Literal["read", "read, and told", "one line", "traceback", "silent loss"]
OUTCOMES: tuple[Outcome, ...] = ("read", "read, and told", "one line", "traceback", "silent loss")
ALLOWED = OUTCOMES[:3]
PLAIN = ("timestamp is read as", "rows not read: ")  # said of sound files too


class Found(NamedTuple):
    """An outcome, and what was said or what went wrong."""

    outcome: Outcome
    said: str


def outcome(odd: Odd, root: Path) -> Found:
    """Read an input as the stage ``prepare`` does, and, where that can be done, look it over as ``itemvec check``."""
    odd.write(root / "raw")
    try:
        tables, left, lines = odd.load(root / "raw")
        check_data(root, "raw", {"kind": odd.kind, **odd.row})
    except ItemvecError as error:
        said = error.format_message()
        fine = said.replace("\n", "").isprintable() and said.strip()
        return Found("one line", said) if fine else Found("traceback", f"not to be shown: {said!r}")
    except Exception:  # whatever it is, it is a fault of ours
        return Found("traceback", traceback.format_exc())
    told = [line for line in lines if PLAIN[0] not in line]
    if odd.base is not None and (lost := _lost(odd, tables, left, lines, root)):
        return Found("silent loss", lost)
    if odd.kind != "tables" and (nameless := _nameless(tables)):
        return Found("silent loss", nameless)
    return Found("read, and told", "; ".join(told)) if told else Found("read", "")


def _lost(odd: Odd, tables: Tables, left: int, lines: list[str], root: Path) -> str:
    """How the tables are other than those of the sound files, without a word of it; empty where they are not."""
    odd.write(root / "sound", odd.base)
    sound, left_anyway, _ = odd.load(root / "sound")
    if odd.same:
        other = [name for name, table in vars(sound).items() if not getattr(tables, name).equals(table)]
        return f"other {', '.join(other)}" if other else ""
    missing = sum(max(0, len(table) - len(getattr(tables, name))) for name, table in vars(sound).items())
    counted = left - left_anyway
    return f"{missing} rows, {counted} counted" if missing > counted and not any(BARE in one for one in lines) else ""


def _nameless(tables: Tables) -> str:
    """Rows of published files that have no id, where one would take them for an item or a query."""
    ids = {"items": tables.items["item_id"], "queries": tables.queries["query_id"]}
    found = [name for name, column in ids.items() if not all(str(one or "").strip() for one in column.to_pylist())]
    return f"{', '.join(found)} without an id" if found else ""
