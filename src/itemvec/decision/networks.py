"""Encoders against decoders of like size: whether the kind of network decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np

from itemvec.decision.leaderboard import Column, Entry, Leaderboard
from itemvec.decision.values import together
from itemvec.metrics import LEVEL, compare_family

LIKE = 2.0  # parameters that differ by no more than this factor are of like size


@dataclass(frozen=True)
class Likeness:
    """An encoder less a decoder of like size, in one cell and group; interval and p hold for all pairs together."""

    title: str
    encoder: str
    decoder: str
    difference: float
    low: float
    high: float
    p: float

    @property
    def verdict(self) -> str:
        """What may be said."""
        if self.p >= LEVEL:
            return "no significant difference"
        return f"{self.encoder if self.difference > 0 else self.decoder} is better"


def encoders_against_decoders(board: Leaderboard, networks: Mapping[str, str]) -> list[Likeness]:
    """Every pair of an encoder and a decoder whose parameters differ by a factor of two at most.

    Parameters
    ----------
    networks
        ``encoder`` or ``decoder`` by name of the model, for those whose row says it.
    """
    sides = {
        kind: [one for one in board.entries if networks.get(one.model) == kind and one.facts.get("parameters")]
        for kind in ("encoder", "decoder")
    }
    pairs = [(left, right) for left, right in product(*sides.values()) if _like(left, right)]
    return [found for column in board.columns for found in _compared(pairs, column)] if pairs else []


def _like(left: Entry, right: Entry) -> bool:
    ratio = left.facts["parameters"] / right.facts["parameters"]
    return bool(1 / LIKE <= ratio <= LIKE)


def _compared(pairs: list[tuple[Entry, Entry]], column: Column) -> list[Likeness]:
    entries = list({id(one): one for pair in pairs for one in pair}.values())
    places = {id(one): place for place, one in enumerate(entries)}
    values = together([one.state.values(column.task, column.group, [column.key]) for one in entries])
    at = [(places[id(left)], places[id(right)]) for left, right in pairs]
    means, spreads = values.means, values.seeds
    differences = np.column_stack([means[:, left] - means[:, right] for left, right in at])
    seeds = [spreads[left] + spreads[right] for left, right in at]
    seed = int(entries[0].state.decision["seed"])
    family = compare_family(values.independent(differences), seeds, seed, bound=values.bound)
    ends = zip(pairs, differences.mean(axis=0), family.low, family.high, family.p, strict=True)
    return [
        Likeness(column.title, left.model, right.model, *(float(one) for one in numbers))
        for (left, right), *numbers in ends
    ]
