"""Queries as they were written, kept line by line, so that a writer that was stopped goes on where it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from itemvec.core.errors import ParamsError
from itemvec.core.files import write_text
from itemvec.core.progress import progress
from itemvec.synthetic.writers import Write

CHUNK = 32  # items written at a time, each with a seed of its own: what is lost when the writer is stopped


def write_all(
    path: Path, settings: Mapping[str, Any], ids: Sequence[str], texts: Sequence[str], write: Write
) -> list[list[str]]:
    """Queries of every item, and ``path`` with them: a line of the settings, then one of each item.

    What ``path`` has already, in whole chunks of items, is not written again, so that a writer that was stopped ends
    with the same queries.

    Parameters
    ----------
    settings
        All that decides what is written besides the items; JSON, with ``seed``.

    Raises
    ------
    ParamsError
        ``path`` was written with other settings.
    """
    digest = hashlib.sha256(json.dumps([list(ids), list(texts)]).encode()).hexdigest()
    said = json.dumps({"settings": dict(settings), "items": digest}, sort_keys=True)
    chunks = [range(start, min(start + CHUNK, len(ids))) for start in range(0, len(ids), CHUNK)]
    done = _read(path, said)
    whole = [chunk for chunk in chunks if all(ids[row] in done for row in chunk)]
    write_text(path, "".join([said + "\n", *(_line(ids[row], done[ids[row]]) for chunk in whole for row in chunk)]))
    left = [chunk for chunk in chunks if not all(ids[row] in done for row in chunk)]
    begun = sum(map(len, whole))
    with path.open("a", encoding="utf-8") as file, progress(len(ids), "write queries", "items", begun) as shown:
        for chunk in left:
            names, some = [ids[row] for row in chunk], [texts[row] for row in chunk]
            seed = int(np.random.default_rng([settings["seed"], chunk.start]).integers(2**31))
            for one, queries in zip(names, write(names, some, seed), strict=True):
                done[one] = queries
                file.write(_line(one, queries))
            file.flush()
            shown.update(len(chunk))
    return [done[one] for one in ids]


def _line(item: str, queries: Sequence[str]) -> str:
    return json.dumps({"item_id": item, "queries": list(queries)}, ensure_ascii=False) + "\n"


def _read(path: Path, said: str) -> dict[str, list[str]]:
    """What is there already; a line that was cut off is written again."""
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").split("\n")
    if lines[0] != said:
        raise ParamsError(
            f"{path}: was written by another writer, or for other items; name another folder, or remove it"
        )
    whole = [json.loads(line) for line in lines[1:-1]]  # the last is empty, or cut off
    return {one["item_id"]: one["queries"] for one in whole}
