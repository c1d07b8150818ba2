"""The pool: what any of several systems ranks first, each query and item once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from itemvec.core.arrays import Doubles, Ids, Ints


@dataclass(frozen=True)
class Pool:
    """Pairs of a query and an item, ordered by query, then by item.

    systems
        Names. Systems with the same first ranks for every query are one, under all their names.
    queries, items
        Ids, Arrow strings; the pairs hold positions in them.
    query, item
        Of each pair, int64 of shape (n_pairs,).
    ranks
        The rank of each pair by each system, from 1, int64 of shape (n_pairs, n_systems); 0 where it is deeper, for all
        systems where somebody judged the pair all the same.
    """

    systems: list[str]
    queries: Ids
    items: Ids
    query: Ints
    item: Ints
    ranks: Ints

    def __len__(self) -> int:
        return len(self.query)

    @cached_property
    def asked(self) -> Ints:
        """Positions of the queries that have a pair, ascending, int64 of shape (n_queries,)."""
        return np.unique(self.query)

    @cached_property
    def row(self) -> Ints:
        """Of each pair, the place of its query among ``asked``."""
        return np.searchsorted(self.asked, self.query)

    def sums(self, values: Doubles) -> Doubles:
        """Values of the pairs added up by query, float64 of shape (n_queries,)."""
        found: Doubles = np.bincount(self.row, values, len(self.asked)).astype(np.float64)
        return found

    def discounts(self, k: int) -> Doubles:
        """What a gain of 1 adds to DCG at ``k`` by each system, float64 of shape (n_pairs, n_systems)."""
        counts = (self.ranks > 0) & (self.ranks <= k)
        return np.where(counts, 1 / np.log2(1 + np.maximum(self.ranks, 1)), 0.0)

    def ideal_discounts(self, k: int) -> Doubles:
        """The same by the best order of each query, for its pairs in that order, float64 of shape (n_pairs,)."""
        return np.where(self._place < k, 1 / np.log2(2 + self._place), 0.0)

    @cached_property
    def _place(self) -> Ints:
        """Of each pair among those of its query, from 0."""
        return np.arange(len(self)) - np.searchsorted(self.row, self.row)

    def pairs(self) -> list[tuple[str, str]]:
        """The ids of all pairs."""
        queries, items = (
            ids.take(pa.array(rows)).to_pylist() for ids, rows in ((self.queries, self.query), (self.items, self.item))
        )
        return list(zip(queries, items, strict=True))

    def with_judged(self, query: Ints, item: Ints) -> Pool:
        """The same with further pairs of its queries, which no system ranks: they count in the best order of a query.

        Parameters
        ----------
        query, item
            Positions, int64 of shape (n_judged,); pairs that are there, or of other queries, add nothing.
        """
        n_items = max(len(self.items), 1)
        known = self.query * n_items + self.item
        more = np.setdiff1d((query * n_items + item)[np.isin(query, self.asked)], known)
        codes = np.concatenate([known, more])
        ranks = np.vstack([self.ranks, np.zeros((len(more), len(self.systems)), dtype=np.int64)])
        order = np.argsort(codes)
        codes = codes[order]
        return Pool(self.systems, self.queries, self.items, codes // n_items, codes % n_items, ranks[order])

    def take(self, chosen: Ints) -> Pool:
        """Some of the pairs, in their order."""
        return Pool(self.systems, self.queries, self.items, self.query[chosen], self.item[chosen], self.ranks[chosen])


def pooled(runs: Mapping[str, Ints], queries: Ids, items: Ids, depth: int) -> Pool:
    """Pool the first ``depth`` ranks.

    Parameters
    ----------
    runs
        By system, the positions of ranked items, int64 of shape (n_queries, at least depth), negative where a rank is
        empty.
    """
    names = _merged({name: positions[:, :depth] for name, positions in runs.items()})
    coded, systems, ranks = [], [], []
    for place, positions in enumerate(names.values()):
        row, column = np.nonzero(positions >= 0)
        coded.append(row * len(items) + positions[row, column])
        systems.append(np.full(len(row), place))
        ranks.append(column + 1)
    codes, inverse = np.unique(np.concatenate(coded) if coded else np.empty(0, np.int64), return_inverse=True)
    table = np.zeros((len(codes), len(names)), dtype=np.int64)
    if len(codes):
        table[inverse, np.concatenate(systems)] = np.concatenate(ranks)
    n_items = max(len(items), 1)
    return Pool(list(names), queries, items, codes // n_items, codes % n_items, table)


def _merged(runs: Mapping[str, Ints]) -> dict[str, Ints]:
    """One for all systems that rank alike, called ``a = b``."""
    by_ranks: dict[bytes, list[str]] = {}
    for name, positions in runs.items():
        by_ranks.setdefault(np.ascontiguousarray(positions).tobytes(), []).append(name)
    return {" = ".join(names): runs[names[0]] for names in by_ranks.values()}
