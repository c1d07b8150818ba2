"""What a metric sees, and how it is named.

A metric turns the ranking of a query into one number; a result is the mean over queries, or over users. ``k`` is any
cut-off up to ``depth``.

- Gains are linear: an item of gain 2 counts twice as much as one of gain 1. An item is relevant if its gain is above
  zero and at least ``least_gain``.
- Equal scores are ranked in the order of the table of items, so a ranking has one answer.
- A query without results has the value 0 and stays in the mean.
- A query to which nothing is relevant is left out of the mean, and counted.
- Nothing is rounded before it is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from itemvec.core.arrays import Doubles, Ids, Ints
from itemvec.core.errors import ParamsError
from itemvec.core.registry import suggest


@dataclass(frozen=True)
class Judgments:
    """Relevant items of many queries, laid end to end; queries without any are not in it.

    Query ``i`` has the items ``items[offsets[i]:offsets[i + 1]]``, with gains above zero beside them.

    ids
        Of queries or users, Arrow strings of length n_queries.
    items
        Positions in the catalogue, int64, ascending within a query.
    gains
        float64 of the same length.
    offsets
        int64 of length n_queries + 1.
    least_gain
        From which gain an item is relevant where grades do not count; each query has at least one such item.
    """

    ids: Ids
    items: Ints
    gains: Doubles
    offsets: Ints
    least_gain: float = 0.0

    def __len__(self) -> int:
        return len(self.ids)

    def slice(self, start: int, stop: int) -> Judgments:
        """Queries ``start`` to ``stop``."""
        offsets = self.offsets[start : stop + 1]
        inside = slice(offsets[0], offsets[-1])
        gains = self.gains[inside]
        return Judgments(self.ids[start:stop], self.items[inside], gains, offsets - offsets[0], self.least_gain)


@dataclass(frozen=True)
class Ranked:
    """The gains of a ranking, best rank first, and of the best ranking there could be.

    gains, ideal
        float64 of shape (n_queries, depth); zero where a rank is empty or its item not relevant.
    n_relevant
        Relevant items of each query, at least 1, int64 of shape (n_queries,).
    least_gain
        From which gain an item counts among them.
    """

    gains: Doubles
    ideal: Doubles
    n_relevant: Ints
    least_gain: float = 0.0

    def relevant(self, k: int) -> NDArray[np.bool_]:
        """Whether the items of the first ``k`` ranks are relevant, of shape (n_queries, k)."""
        gains = self.gains[:, :k]
        found: NDArray[np.bool_] = (gains > 0) & (gains >= self.least_gain)
        return found

    @classmethod
    def judge(cls, positions: Ints, judgments: Judgments) -> Ranked:
        """Look up the gain of every ranked item.

        Parameters
        ----------
        positions
            Ranked items, int64 of shape (n_queries, depth), negative where a rank is empty.
        judgments
            Of the same queries in the same order.
        """
        n_queries, depth = positions.shape
        n_judged = np.diff(judgments.offsets)
        if not n_queries:
            return cls(np.zeros((0, depth)), np.zeros((0, depth)), n_judged)
        rows = np.repeat(np.arange(n_queries), n_judged)
        width = 1 + max(positions.max(), judgments.items.max())
        judged = rows * width + judgments.items  # ascending, since items ascend within a query
        asked = np.arange(n_queries)[:, None] * width + positions
        place = np.minimum(np.searchsorted(judged, asked), len(judged) - 1)
        gains = np.where((judged[place] == asked) & (positions >= 0), judgments.gains[place], 0.0)
        order = np.lexsort((-judgments.gains, rows))
        rank = np.arange(len(rows)) - np.repeat(judgments.offsets[:-1], n_judged)
        ideal = np.zeros((n_queries, depth))
        ideal[rows[rank < depth], rank[rank < depth]] = judgments.gains[order][rank < depth]
        n_relevant = np.bincount(rows[judgments.gains >= judgments.least_gain], minlength=n_queries)
        return cls(gains, ideal, n_relevant, judgments.least_gain)


Metric = Callable[[Ranked, int], Doubles]
METRICS: dict[str, Metric] = {}


def metric(function: Metric) -> Metric:
    """Decorator: make the function known under its name, as in ``ndcg@10``."""
    METRICS[function.__name__] = function
    return function


def parse(name: str) -> tuple[Metric, int]:
    """Split ``ndcg@10`` into the metric and its cut-off.

    Raises
    ------
    ParamsError
        There is no such metric, or the cut-off is not a positive number.
    """
    word, _, cut = name.partition("@")
    if word not in METRICS:
        raise ParamsError(f"metrics: unknown metric {name!r}{suggest(word, METRICS)}, as in 'ndcg@10'")
    if not cut.isdecimal() or int(cut) < 1:
        raise ParamsError(f"metrics: {name!r} needs a cut-off, as in '{word}@10'")
    return METRICS[word], int(cut)


def measure(ranked: Ranked, names: list[str]) -> dict[str, Doubles]:
    """Each metric of ``names``, one float64 per query.

    Raises
    ------
    ParamsError
        A metric looks deeper than the ranking goes.
    """
    depth = ranked.gains.shape[1]
    values = {}
    for name in names:
        function, k = parse(name)
        if k > depth:
            raise ParamsError(f"metrics: {name} looks deeper than depth {depth}; raise depth")
        values[name] = function(ranked, k)
    return values
