"""What to compare, and how to measure it, on tables that nobody has measured yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from itemvec.core.columns import ITEM, PART, TIME
from itemvec.core.errors import ItemvecError
from itemvec.core.params import Row
from itemvec.core.time_units import unit_of
from itemvec.datasets import Tables
from itemvec.protocol.case_facts import DRAWN, hours_to_rank
from itemvec.stages.split_sizes import Interactions, Sizes

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
    changes: dict[str, Any] = {"variants": ["full", "int8", "pca80", "pca64"], "rerankers": [], "tuners": []}
    recommends, said = _recommendation(tables)
    searches = len(tables.queries) > 0  # without judgments, what they find is for people to judge
    if not searches and recommends is None:
        raise ItemvecError("\n".join(["there is nothing to measure: add --judgments, or --interactions", *said]))
    if recommends is not None and "seeds" in recommends:  # each variant is trained on as often as there are seeds
        changes["variants"].remove("pca80")
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
    interactions = Interactions.of(tables.interactions, tables.items[ITEM].combine_chunks())
    repeated = interactions.repeated()
    masked = repeated < REPEATED
    why = [] if masked else [f"mask_history: false; {repeated:.0%} of the interactions repeat an item of their user"]
    timed = unit_of(np.asarray(tables.interactions[TIME])) is not None
    tried: list[tuple[Row, int, str]] = [
        ({"kind": "given"}, 1, "as the data brings it"),
        (dict(BY_TIME), CASES, "by time, the last tenth of the interactions is the test"),
        ({"kind": "leave-one-out"}, 1, "the last interaction of each user is the test"),
    ]
    first = 0 if PART in tables.interactions.column_names else 1 if timed else 2
    for row, cases, words in tried[first:]:
        sizes = interactions.sizes(row)
        if sizes is not None and sizes.train and min(sizes.validation, sizes.test) >= cases:
            tests = f"{sizes.test:,} case{'s' * (sizes.test != 1)} of test"
            said = f"split: {words}; {tests}, {sizes.validation:,} of validation"
            seeds, briefly = _seeds(tables)
            row, drawn = _sample(row, sizes, len(interactions.whole), len(tables.items))
            named = row if len(row) > 1 else row["kind"]
            return {"split": named, "mask_history": masked, **seeds}, [said, *drawn, *why, *briefly]
    return None, ["no recommenders: too few users have the four interactions that training, validation and test take"]


def _sample(row: Row, sizes: Sizes, n_users: int, n_items: int) -> tuple[Row, list[str]]:
    """The split with a sample of the users, where ranking for all of them would take hours."""
    hours = hours_to_rank(sizes.validation + sizes.test, n_items)
    if hours < 1:
        return row, []
    if n_users <= DRAWN:
        long = f"ranking takes {hours:,.0f} hours and more for each system"
        return row, [f"{long}; users of recommend.split ranks for fewer than all {n_users:,}"]
    why = f"users: {DRAWN} of recommend.split draws as many to rank for; all would take {hours:,.0f} hours and more"
    return {**row, "users": DRAWN}, [f"{why} for each system"]


def _seeds(tables: Tables) -> tuple[dict[str, int], list[str]]:
    """Fewer seeds where training would take long: two still tell their noise, which is estimated over all cells."""
    if len(tables.items) * len(tables.interactions) < LONG:
        return {}, []
    return {"seeds": 2}, [
        "seeds: 2, and no variant pca80, since training takes minutes each time; recommend.seeds: 3 gives narrower "
        "intervals"
    ]
