"""Written queries that are kept, and why the others are not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np

from itemvec.core.arrays import Ints
from itemvec.core.top_k import Top

LONGEST = 32  # words of a query


@dataclass
class Sieve:
    """Kept queries with the position of the item of each, and counts of what was thrown out, by reason."""

    queries: list[str] = field(default_factory=list)
    items: list[int] = field(default_factory=list)
    thrown: Counter[str] = field(default_factory=Counter)

    def where(self, kept: Sequence[bool], why: str) -> Sieve:
        """The queries that are ``kept``; the others are counted under ``why``."""
        rows = [row for row, one in enumerate(kept) if one]
        thrown = self.thrown + Counter({why: len(self.queries) - len(rows)})
        return Sieve([self.queries[row] for row in rows], [self.items[row] for row in rows], thrown)


def sieved(
    written: Sequence[Sequence[str]], items: Sequence[int], texts: Sequence[str], asked: Collection[str]
) -> Sieve:
    """Queries that say something, once each.

    Parameters
    ----------
    written
        Queries of each item.
    items, texts
        Position and text of each item.
    asked
        Queries of people, as ``normal`` writes them: what the test asks must not train.
    """
    found = Sieve(
        [query for some in written for query in some],
        [item for some, item in zip(written, items, strict=True) for _ in some],
    )
    whole = {item: normal(text) for item, text in zip(items, texts, strict=True)}
    found = found.where([bool(re.search(r"\w", one)) for one in found.queries], "no word")
    found = found.where([len(one.split()) <= LONGEST for one in found.queries], f"more than {LONGEST} words")
    same = [normal(one) == whole[item] for one, item in zip(found.queries, found.items, strict=True)]
    found = found.where([not one for one in same], "the text of the item itself")
    found = found.where([normal(one) not in asked for one in found.queries], "asked by people already")
    pairs = [(normal(one), item) for one, item in zip(found.queries, found.items, strict=True)]
    first = {pair: row for row, pair in reversed(list(enumerate(pairs)))}
    found = found.where([first[pair] == row for row, pair in enumerate(pairs)], "written twice for the item")
    count = Counter(normal(one) for one in found.queries)
    return found.where([count[normal(one)] == 1 for one in found.queries], "written for several items")


def round_trip(found: Sieve, top: Top, k: int) -> Sieve:
    """Queries whose own item is among the first ``k`` of ``top`` (Promptagator's round-trip filter)."""
    own = np.asarray(found.items)[:, None]
    back = (top.positions[:, :k] == own).any(axis=1)
    return found.where(back.tolist(), f"own item not among the first {k}")


def negatives(found: Sieve, tops: Sequence[Top], n: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Hard negatives: ``n`` items drawn from all that any retriever found, the own item aside (GPL, section 3).

    Returns
    -------
    Row of the query and position of the item of each, int64; fewer than ``n`` for a query where less was found.
    """
    rows, items = [], []
    for row, own in enumerate(found.items):
        pool = np.unique(np.concatenate([top.positions[row] for top in tops]))
        pool = pool[(pool >= 0) & (pool != own)]
        drawn = np.sort(rng.permutation(pool)[:n])
        rows.append(np.full(len(drawn), row))
        items.append(drawn)
    empty = np.empty(0, dtype=np.int64)
    return np.concatenate([empty, *rows]).astype(np.int64), np.concatenate([empty, *items]).astype(np.int64)


def normal(text: str) -> str:
    """In small letters, with single blanks: by this, two queries are the same."""
    return " ".join(text.lower().split())
