"""A trained model as what a tuner gives: texts are encoded by its files, as search would."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from itemvec.core.arrays import Floats
from itemvec.core.temporary import TemporaryFolder
from itemvec.tuners.base import Lesson, Role, Tuned
from itemvec.tuners.live_model import Live, searched


def by_texts(encode: Callable[[Sequence[str], Role], Floats], lesson: Lesson) -> Tuned:
    """Vectors come from texts alone; where queries are items, they are encoded as items."""

    def apply(role: Role, vectors: Floats, texts: Sequence[str]) -> Floats:  # noqa: ARG001
        return np.asarray(encode(texts, "item" if lesson.both and role == "query" else role))

    return Tuned(apply, 0.0, lambda folder: None)  # noqa: ARG005


def tuned_model(live: Live, lesson: Lesson, reached: float, facts: dict[str, Any]) -> Tuned:
    """The model as its files have it, read as search reads a row; the whole catalogue is encoded once."""
    place = TemporaryFolder()  # goes when nobody can encode with it any more
    live.write(Path(place.name) / "model")
    row, known = live.row(Path(place.name) / "model"), dict[Role, Floats]()

    def encode(texts: Sequence[str], role: Role) -> Floats:
        if texts is not lesson.item_texts or role == "query":
            return searched(row, texts, role)
        if role not in known:
            known[role] = searched(row, texts, role)
        return known[role]

    def write(target: Path) -> None:
        shutil.copytree(Path(place.name) / "model", target, dirs_exist_ok=True)

    return Tuned(by_texts(encode, lesson).apply, reached, write, facts)
