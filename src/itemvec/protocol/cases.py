"""Cases: users to be asked for, with what each did before and next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from itemvec.core.arrays import Doubles
from itemvec.metrics import Judgments
from itemvec.protocol.histories import Histories


@dataclass(frozen=True)
class Cases:
    """Users to be asked for: what each did before, and what each did next.

    A user with several targets is several cases: ``histories.users`` names the user of each, ``judgments.ids`` tells
    them apart.

    events
        Numbers that came with what each did next, float64 of shape (n_cases,) by name.
    not_drawn
        How many more users have cases, of whom a sample is asked for.
    """

    histories: Histories
    judgments: Judgments
    events: Mapping[str, Doubles] = field(default_factory=dict)
    not_drawn: int = 0
