"""RecBole's atomic files: they are one data set, told by their endings, and keep their names."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from itemvec.datasets.delimited import Form

ATOMIC = Form("\t", quotes="none", typed=True)
ENDINGS = (
    *(".train.inter", ".valid.inter", ".test.inter", ".inter"),
    *(".item", ".text", ".item2index", ".user2index"),
)


def atomic_files(paths: Iterable[Path]) -> dict[str, Path]:
    """Name -> path of all files of the set that one of the paths belongs to; empty where none does."""
    for path in paths:
        ending = next((ending for ending in ENDINGS if path.name.endswith(ending)), None)
        if ending is None:
            continue
        name = path.name.removesuffix(ending)
        beside = {name + one: path.with_name(name + one) for one in ENDINGS}
        found = {key: one for key, one in beside.items() if one.exists()}
        if any(key.endswith(".inter") for key in found):
            return found
    return {}
