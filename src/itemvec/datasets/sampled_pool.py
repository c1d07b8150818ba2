"""A pool of products to search: what is wanted, and for each wanted product some others of its category."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.columns import ITEM
from itemvec.core.errors import DatasetError
from itemvec.datasets.json_lines import read_object
from itemvec.datasets.raw_files import present
from itemvec.datasets.reading import is_sample, note

CATEGORIES = "asin2category.json"  # of Amazon Reviews 2023: the category of every product
UNKNOWN = "Unknown"


def sampled_pool(root: Path, items: Any, wanted: Any, negatives: int, draw: int) -> tuple[Any, Any]:
    """The judgments ``wanted`` whose product has a category, and the items that are then searched.

    As `process_esci.py` of hyp1231/AmazonReviews2023 does, which draws without a seed, and from all products of Amazon
    Reviews 2023; here the draw has a number, and is made among ``items``.

    Parameters
    ----------
    items
        Arrow table of items: those that may be drawn.
    wanted
        Arrow table of judgments, each a pair of a query and the product that it wants.
    negatives
        How many products of the same category are drawn for each pair, or all where there are fewer.

    Raises
    ------
    DatasetError
        No product that is wanted has a category.
    """
    path = present(root / CATEGORIES)
    known = read_object(path)
    ids = items[ITEM].to_pylist()
    category = {one: known[one] for one in ids if UNKNOWN not in (known.get(one) or UNKNOWN)}
    kept = wanted.filter(pc.is_in(wanted[ITEM], value_set=pa.array(list(category), pa.string())))
    if not len(kept) and not is_sample():
        raise DatasetError(f"{path}: has a category for no product that is wanted; take that of Amazon Reviews 2023")
    if len(kept) < len(wanted):
        note("left out", root, "the wanted product has no category, so no others can be drawn", len(wanted) - len(kept))
    members: dict[str, list[str]] = {}
    for one in sorted(category):
        members.setdefault(category[one], []).append(one)
    rng, pool = np.random.default_rng(draw), set(kept[ITEM].to_pylist())
    for one in kept.sort_by([(name, "ascending") for name in kept.column_names[:2]])[ITEM].to_pylist():
        others = members[category[one]]
        pool.update(others[place] for place in rng.choice(len(others), min(negatives, len(others)), replace=False))
    return items.filter(pc.is_in(items[ITEM], value_set=pa.array(sorted(pool), pa.string()))), kept
