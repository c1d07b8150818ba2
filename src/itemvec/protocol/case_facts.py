"""What is counted of the cases of a split, beside their quality."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow.compute as pc

from itemvec.protocol.cases import Cases
from itemvec.protocol.histories import Histories
from itemvec.protocol.split_parts import Split

NANOSECONDS = 1  # of one processor, for each score: that of popular, the quickest system; sasrec takes ten
DRAWN = 10_000  # users whom a sample should have


def case_facts(parts: Split, whole: Histories) -> dict[str, int]:
    """Numbers of users and cases, and the cuts of a split by time."""
    n_users = len(pc.unique(parts.test.histories.users))
    not_drawn = parts.test.not_drawn
    facts = {"users_left_out": len(whole) - n_users - not_drawn}
    if not_drawn:
        facts |= {"users_drawn": n_users, "users_not_drawn": not_drawn}
    if n_users < len(parts.test.histories):
        facts["users"] = n_users  # each of whom is several cases
    return facts | dict(zip(("validation_from", "test_from"), parts.cuts or (), strict=False))


def hours_to_rank(n_cases: int, n_items: int) -> float:
    """How many hours of one processor it takes at least to rank all items for so many cases."""
    return NANOSECONDS * n_cases * n_items / 3600e9


def large_ranking(parts: Split) -> str:
    """How long ranking takes at least, and what to do, where that is more than an hour; else empty."""
    n_cases, n_items = sum(len(cases.judgments) for cases in (parts.validation, parts.test)), parts.train.n_items
    hours = hours_to_rank(n_cases, n_items)
    if hours < 1:
        return ""
    n_users = max(len(pc.unique(cases.histories.users)) for cases in (parts.validation, parts.test))
    draw = f"users: {DRAWN} in recommend.split draws a sample of the users"
    fewer = f"users in recommend.split ranks for fewer than these {n_users:,} users"
    return (
        f"recommend: ranks {n_items:,} items for {n_cases:,} cases of validation and test, at least {hours:,.0f} hours "
        f"of one processor for each system and seed; {draw if n_users > DRAWN else fewer}"
    )


def masked_targets(cases: Cases) -> int:
    """Number of cases whose target is in their history, so that masking hides the right answer."""
    histories = cases.histories
    same = histories.items == np.repeat(cases.judgments.items, histories.lengths)
    return len(np.unique(histories.rows[same]))


def of_how_many(summary: Mapping[str, Any]) -> str:
    """How many users were drawn, and of how many, as the end of a line; empty where all were asked for."""
    drawn, rest = (summary.get(key, 0) for key in ("users_drawn", "users_not_drawn"))
    return f" of {drawn:,} users drawn of {drawn + rest:,}" if rest else ""
