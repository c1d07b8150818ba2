"""Does text pay: the best system with vectors of texts against the best without."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itemvec.decision.standings import Group
from itemvec.metrics import compare_family


@dataclass(frozen=True)
class TextPays:
    """The best cell with text less the best without, in one group of queries.

    low, high
        95 % interval of the difference of the two highest means, whichever cells these are.
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


def text_pays(group: Group, seed: int) -> TextPays | None:
    """Compare the two sides of a group; None where one side is empty.

    All pairs of a cell with text and one without are one family. If each difference lies in its simultaneous interval,
    the difference of the two maxima lies between the highest over one side of the lowest lower bound over the other,
    and the same with upper bounds turned round.
    """
    texts = [i for i, one in enumerate(group.standings) if one.result.variant is not None]
    others = [i for i, one in enumerate(group.standings) if one.result.variant is None]
    if not texts or not others:
        return None
    values = group.values
    differences = (values.means[:, texts][:, :, None] - values.means[:, others][:, None, :]).reshape(len(values), -1)
    seeds = [values.seeds[i] + values.seeds[j] for i in texts for j in others]
    family = compare_family(values.independent(differences), seeds, seed, bound=values.bound)
    shape = (len(texts), len(others))
    low, high = (np.asarray(part).reshape(shape) for part in (family.low, family.high))
    best = max(texts, key=lambda i: group.standings[i].mean)
    best_without = max(others, key=lambda i: group.standings[i].mean)
    ours, theirs = group.standings[best], group.standings[best_without]
    return TextPays(
        group.name,
        ours.result.key,
        theirs.result.key,
        ours.mean - theirs.mean,
        float(low.min(axis=1).max()),
        float(high.max(axis=0).min()),
    )
