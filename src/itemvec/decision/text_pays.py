"""Does text pay: the best system with vectors of texts against the best without."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itemvec.decision.standings import Group


@dataclass(frozen=True)
class TextPays:
    """The best cell with text less the best without, in one group of queries.

    low, high
        Bounds of the difference of the two highest means, whichever cells these are. Each end holds with 95 %.
    """

    group: str
    with_text: str
    without: str
    difference: float
    low: float
    high: float

    @property
    def words(self) -> str:
        """``yes``, ``no`` or ``no significant difference``."""
        if self.low > 0:
            return "yes"
        return "no" if self.high < 0 else "no significant difference"


def text_pays(group: Group) -> TextPays | None:
    """Compare the two sides of a group; None where one side is empty.

    It follows from what the verdict shows of each cell. Vectors do not pay if each cell with text is shown worse than a
    cell without; they pay if it is the other way round. The bounds are those of the best cell of a side, whichever it
    is, against the best of the other: the highest, over one side, of the least upper bound against the other.
    """
    texts = [i for i, one in enumerate(group.standings) if one.result.variant is not None]
    others = [i for i, one in enumerate(group.standings) if one.result.variant is None]
    if not texts or not others:
        return None
    upper = group.shown.upper
    best = max(texts, key=lambda i: group.standings[i].mean)
    best_without = max(others, key=lambda i: group.standings[i].mean)
    ours, theirs = group.standings[best], group.standings[best_without]
    return TextPays(
        group.name,
        ours.result.key,
        theirs.result.key,
        ours.mean - theirs.mean,
        -float(upper[np.ix_(others, texts)].min(axis=1).max()),
        float(upper[np.ix_(texts, others)].min(axis=1).max()),
    )
