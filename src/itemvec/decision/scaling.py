"""What a model of twice the size would add on these data, as far as the models that were tried tell."""

from __future__ import annotations

import re

import numpy as np

from itemvec.decision.leaderboard import Column, Entry, Leaderboard
from itemvec.decision.scaling_fit import LEAST, Curve, Scaling
from itemvec.decision.values import together
from itemvec.metrics import by_owner

SIZES = re.compile(r"nano|micro|mini|tiny|small|medium|base|large|huge|giant|x*[sl]|m|b|\d+[mb]?")  # parts of a name


def family(model: str) -> str:
    """The name of a row without the parts that say a size: of ``bge-small-en-v1-5`` and its sisters ``bge-en-v1``."""
    parts = [part for part in re.split(r"[-_]", model.lower()) if not SIZES.fullmatch(part)]
    return "-".join(parts) or model


def scaling_lines(found: Leaderboard) -> list[str]:
    """A sentence for each group of queries and family of five models or more; else why there is none.

    Models without a known number of parameters are in no family.
    """
    if len(found.entries) < 2:
        return []
    families: dict[str, list[Entry]] = {}
    for entry in found.entries:
        if entry.facts.get("parameters"):
            families.setdefault(family(entry.model), []).append(entry)
    sizes = {name: len({_size(one) for one in entries}) for name, entries in families.items()}
    if max(sizes.values(), default=0) < LEAST:
        largest = max(sizes, key=lambda name: sizes[name], default="")
        said = f"; the most here are {sizes[largest]}, of {largest}" if largest else "; no model here states them"
        return [
            f"What a model of twice the size would add is not estimated: it takes {LEAST} models of one family with "
            f"different numbers of parameters{said}."
        ]
    return [
        _sentence(name, entries, column)
        for name, entries in families.items()
        if sizes[name] >= LEAST
        for column in found.columns
    ]


def _sentence(name: str, entries: list[Entry], column: Column) -> str:
    values = together([one.state.values(column.task, column.group, [column.key]) for one in entries])
    sizes = np.array([_size(one) for one in entries])
    fitted = Scaling.fit(sizes, by_owner(values.means, values.owners), int(entries[0].state.decision["seed"]))
    size = sizes.max()
    return (
        f"{column.title}, {column.key}: twice the size of the largest {name} ({size / 1e6:,.1f} M parameters) would "
        f"add {_gain(fitted.linear, size)} {column.metric} by a line through {len(entries)} models, and "
        f"{_gain(fitted.saturating, size)} by a curve that saturates. Fitted without the largest, they miss it by "
        f"{fitted.linear.missed:+.4f} and {fitted.saturating.missed:+.4f}."
    )


def _gain(curve: Curve, size: float) -> str:
    gain, low, high = curve.doubling(size)
    return f"{gain:+.4f} [{low:+.4f}, {high:+.4f}]"


def _size(entry: Entry) -> float:
    return float(entry.facts["parameters"])
