"""What to compare, and how to measure it, on tables that nobody has measured yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from itemvec.core.columns import ITEM, PART, TIME, USER
from itemvec.core.errors import ItemvecError
from itemvec.core.params import Row
from itemvec.core.time_units import unit_of
from itemvec.datasets import Tables
from itemvec.protocol.histories import Histories
from itemvec.protocol.splits import split

FEW_ITEMS = 100  # below which fewer directions would say nothing
MANY_ITEMS = 20_000  # from which a matrix of items by items takes too much memory
CASES = 30  # of validation and of test, that a split by time must leave
LONG = 100_000_000  # items times interactions, from which three seeds of training take more than some minutes
REPEATED = 0.1  # share of the interactions with an item that its user had, from which it may be recommended again
BY_TIME: Row = {"kind": "timestamp", "validation_from": 0.8, "test_from": 0.9}


@dataclass(frozen=True)
class Proposal:
    """Changes of ``params.yaml``, and why.

    changes
        Key -> value; ``recommend`` holds the keys of that part that change.
    """

    changes: dict[str, Any]
    said: list[str] = field(default_factory=list)


def propose(tables: Tables) -> Proposal:
    """Lists and a protocol that fit the tables.

    Raises
    ------
    ItemvecError
        Nothing can be measured.
    """
    changes: dict[str, Any] = {"variants": ["full", "int8", "pca80", "pca64"], "rerankers": []}
    recommends, said = _recommendation(tables)
    searches = len(tables.qrels) > 0
    if not searches and recommends is None:
        raise ItemvecError("\n".join(["there is nothing to measure: add --judgments, or --interactions", *said]))
    if len(tables.items) < FEW_ITEMS:
        changes["variants"] = ["full", "int8"]
        said.append(f"variants: full and int8 alone; {len(tables.items):,} items are too few for principal directions")
    large = len(tables.items) > MANY_ITEMS
    with_vectors, without = (["profile", "sasrec"], ["popular", "itemknn", "sasrec-id"])
    if not large:
        with_vectors, without = (["profile", "text-ease", "sasrec"], ["popular", "ease", "sasrec-id"])
    elif recommends is not None:
        said.append(f"recommenders: without ease and text-ease, whose matrix of {len(tables.items):,}² is too large")
    changes["recommenders"] = [] if recommends is None else with_vectors
    changes["retrievers"] = ["exact", "hybrid"] if searches else []
    changes["baselines"] = ([] if recommends is None else without) + (["bm25"] if searches else [])
    if recommends is not None:
        changes["recommend"] = recommends
    return Proposal(changes, said)


def _recommendation(tables: Tables) -> tuple[dict[str, Any] | None, list[str]]:
    """Keys of ``recommend``, None where nothing can be recommended; and why."""
    if not len(tables.interactions):
        return None, []
    whole = Histories.of(tables.interactions, tables.items[ITEM].combine_chunks())
    repeated = 1 - _pairs(tables.interactions) / len(tables.interactions)
    masked = repeated < REPEATED
    why = [] if masked else [f"mask_history: false; {repeated:.0%} of the interactions repeat an item of their user"]
    timed = unit_of(np.asarray(tables.interactions[TIME])) is not None
    tried: list[tuple[str | Row, int, str]] = [
        ("given", 1, "as the data brings it"),
        (dict(BY_TIME), CASES, "by time, the last tenth of the interactions is the test"),
        ("leave-one-out", 1, "the last interaction of each user is the test"),
    ]
    first = 0 if PART in tables.interactions.column_names else 1 if timed else 2
    for row, cases, words in tried[first:]:
        sizes = _sizes(row, whole, tables.interactions)
        if sizes is not None and min(sizes) >= cases:
            said = f"split: {words}; {sizes[1]:,} case{'s' * (sizes[1] != 1)} of test, {sizes[0]:,} of validation"
            seeds, briefly = _seeds(tables)
            return {"split": row, "mask_history": masked, **seeds}, [said, *why, *briefly]
    return None, ["no recommenders: too few users have the four interactions that training, validation and test take"]


def _seeds(tables: Tables) -> tuple[dict[str, int], list[str]]:
    """Fewer seeds where training would take long: two still tell their noise, which is estimated over all cells."""
    if len(tables.items) * len(tables.interactions) < LONG:
        return {}, []
    return {"seeds": 2}, [
        "seeds: 2, since training takes minutes each time; recommend.seeds: 3 gives narrower intervals"
    ]


def _sizes(row: str | Row, whole: Histories, interactions: Any) -> tuple[int, int] | None:
    """Cases of validation and of test; None where the split leaves a part empty, or no step to learn from."""
    try:
        parts = split(row, whole, interactions)
        parts.check_filled(str(row))
    except ItemvecError:
        return None
    if parts.train.lengths.max(initial=0) < 2:
        return None
    return len(parts.validation.judgments), len(parts.test.judgments)


def _pairs(interactions: Any) -> int:
    """How many different pairs of user and item there are."""
    return len(pa.table(interactions.select([USER, ITEM])).group_by([USER, ITEM]).aggregate([]))
