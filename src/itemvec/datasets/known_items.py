"""Items of a catalogue with interactions, by the rule of all published files: each once, each with a text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from itemvec.core.columns import ITEM
from itemvec.core.errors import DatasetError
from itemvec.core.shown import shown
from itemvec.datasets.encoded_ids import is_among
from itemvec.datasets.graded_judgments import only, unique_items, written_items
from itemvec.datasets.reading import is_sample, note


def with_known_items(items: Any, interactions: Any, root: Path, most: float | None = None) -> tuple[Any, Any]:
    """Items of which each stands once and has a text, and the interactions with them; what is left out is counted.

    Raises
    ------
    DatasetError
        The items of more than the share ``most`` of the interactions are not there.
    """
    items = written_items(unique_items(items, root), root)
    kept = only(interactions, ITEM, items[ITEM])
    left = len(interactions) - len(kept)
    if not left or is_sample():
        return items, kept
    known = is_among(interactions[ITEM], items[ITEM])
    first = shown(interactions[ITEM].filter(pc.invert(known))[0].as_py())
    if most is not None and left >= most * len(interactions):
        raise DatasetError(
            f"{root}: {left:,} of {len(interactions):,} interactions are with unknown items, as {first}; the files are "
            "of different releases, or one is cut off: fetch them again"
        )
    note("left out", root, f"the interaction is with an item that has no text or is not there, as {first}", left)
    return items, kept
