"""The margin of a query: by how much its relevant items score above all others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from itemvec.core.arrays import Doubles, Floats, Ints
from itemvec.metrics import Judgments
from itemvec.studies.isotropy import to_unit

QUERIES = 1024  # scored at a time


def margins(queries: Floats, blocks: Iterable[Floats], judgments: Judgments, hidden: Ints | None = None) -> Doubles:
    """Lowest cosine of a relevant item minus the highest of any other, float64 of shape (n_queries,).

    The query ranks all its relevant items first if and only if this is above zero. It is infinite if every item is
    relevant.

    Parameters
    ----------
    queries
        float32 of shape (n_queries, dim), those of ``judgments``.
    blocks
        Item vectors, float32 of shape (any, dim), in the order of the catalogue; read once.
    hidden
        Position of an item that is not ranked for a query, int64 of shape (n_queries,); -1 where there is none.
    """
    units = to_unit(queries)
    worst, best = np.full(len(units), np.inf), np.full(len(units), -np.inf)
    number = np.repeat(np.arange(len(units)), np.diff(judgments.offsets))
    start = 0
    for block in blocks:
        scaled = to_unit(block)
        inside = (judgments.items >= start) & (judgments.items < start + len(block))
        rows, columns = number[inside], judgments.items[inside] - start  # rows ascend
        for first in range(0, len(units), QUERIES):
            scores = units[first : first + QUERIES] @ scaled.T  # (queries, len(block))
            here = slice(*np.searchsorted(rows, [first, first + QUERIES]))
            np.minimum.at(worst, rows[here], scores[rows[here] - first, columns[here]])
            scores[rows[here] - first, columns[here]] = -np.inf
            if hidden is not None:
                asked = np.arange(first, first + len(scores))
                here_hidden = asked[(hidden[asked] >= start) & (hidden[asked] < start + len(block))]
                scores[here_hidden - first, hidden[here_hidden] - start] = -np.inf
            best[first : first + len(scores)] = np.maximum(best[first : first + len(scores)], scores.max(axis=1))
        start += len(block)
    return np.asarray(worst - best, dtype=np.float64)


def summary(found: Doubles) -> dict[str, Any]:
    """Share of queries with a margin above zero, smallest and median margin; infinite margins are left out."""
    found = found[np.isfinite(found)]
    quantiles = np.quantile(found, [0, 0.05, 0.5]) if len(found) else np.zeros(3)
    named = dict(zip(("least", "5%", "median"), map(float, quantiles), strict=True))
    return {"queries": len(found), "positive": float(np.mean(found > 0)) if len(found) else 0.0, **named}
