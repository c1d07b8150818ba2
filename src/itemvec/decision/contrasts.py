"""Contrasts of cells: the mean of some less the mean of others, query by query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from itemvec.core.arrays import Doubles
from itemvec.decision.values import Values
from itemvec.metrics import LEVEL, Family, Spread, compare_family, compare_with_reference

Sign = str  # "+": shown above; "-": shown below; "~": neither


@dataclass(frozen=True)
class Contrast:
    """Columns of the values: the mean of ``left`` less that of ``right``."""

    name: str
    left: list[int]
    right: list[int]


@dataclass(frozen=True)
class Found:
    """A contrast over the queries of one group; interval and p hold for all contrasts of the call together."""

    name: str
    left: float
    right: float
    low: float
    high: float
    sign: Sign

    @property
    def difference(self) -> float:
        """Left less right."""
        return self.left - self.right


def differences(values: Values, wanted: Sequence[Contrast], seed: int) -> list[Found]:
    """Whether each contrast is above or below zero."""
    lefts, rights = (_columns(values, [getattr(one, side) for one in wanted]) for side in ("left", "right"))
    family = _family(values, wanted, lefts - rights, seed)
    signs = np.where(family.p < LEVEL, np.where(family.mean > 0, "+", "-"), "~").tolist()
    parts = zip(wanted, lefts.mean(axis=0), rights.mean(axis=0), family.low, family.high, signs, strict=True)
    return [
        Found(one.name, float(left), float(right), float(low), float(high), sign)
        for one, left, right, low, high, sign in parts
    ]


def losses(values: Values, wanted: Sequence[Contrast], seed: int, tolerance: float) -> list[Found]:
    """Whether each left side is shown to lose less than ``tolerance`` of its right side: +; or more: -."""
    plain = differences(values, wanted, seed)
    found = []
    for one, contrast in zip(plain, wanted, strict=True):
        left, right = (_columns(values, [side])[:, 0] for side in (contrast.left, contrast.right))
        units = values.independent(np.column_stack([left, right]))
        spreads = [_spread(values, side) for side in (contrast.left, contrast.right)]
        level = LEVEL / len(wanted)
        kept = compare_with_reference(
            units[:, :1], units[:, 1], spreads[:1], spreads[1], seed, tolerance, level, values.bound
        )
        much = one.high < -tolerance * one.right
        sign = "+" if kept.p_loss[0] < level else "-" if much else "~"
        found.append(Found(one.name, one.left, one.right, one.low, one.high, sign))
    return found


def _columns(values: Values, sides: Sequence[list[int]]) -> Doubles:
    means = values.means
    return np.column_stack([means[:, side].mean(axis=1) for side in sides])


def _spread(values: Values, side: list[int]) -> Spread:
    """Of the mean of several cells, each trained by itself."""
    first, *others = (values.seeds[i] for i in side)
    total = first
    for one in others:
        total = total + one
    return Spread(total.variance / len(side) ** 2, total.degrees, total.pool)


def _family(values: Values, wanted: Sequence[Contrast], columns: Doubles, seed: int) -> Family:
    seeds = [_spread(values, one.left) + _spread(values, one.right) for one in wanted]
    return compare_family(values.independent(columns), seeds, seed, bound=values.bound)
