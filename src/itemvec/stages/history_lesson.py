"""Histories as something to learn from: an item is a query, and what followed it is relevant to it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from itemvec.core.arrays import Floats, Ids, Ints
from itemvec.core.errors import ParamsError
from itemvec.metrics import Judgments
from itemvec.protocol.histories import Histories
from itemvec.protocol.judgments import choose
from itemvec.protocol.splits import Cases, split
from itemvec.tuners import Asked

CASES = 1000  # of validation and of test, at most

Parts = tuple[Asked, Asked, Asked]


def history_parts(
    interactions: Any, ids: Ids, items: Floats, texts: list[str], kind: Any, seed: int
) -> tuple[Parts, dict[str, Any]]:
    """Queries to learn from, to validate by and to test by.

    To learn from: every item, to which are relevant the items that followed it in training histories, with their
    number as gain. To validate and to test by: the last item that a case shows, to which its target is relevant.

    Parameters
    ----------
    kind
        The split, as in ``recommend.split``.
    """
    whole = Histories.of(interactions, ids)
    parts = split(kind, whole, interactions)
    if not len(parts.validation.histories):
        raise ParamsError("tuners: recommend.split leaves no validation cases, which choose the setting; change it")
    rng = np.random.default_rng(seed)
    cases = [_cases(one, items, texts, rng) for one in (parts.validation, parts.test)]
    return (_followers(parts.train, ids, items, texts), cases[0], cases[1]), {"left_out": {"same_words": 0, "near": 0}}


def _followers(train: Histories, ids: Ids, items: Floats, texts: list[str]) -> Asked:
    """Each item with those that came right after it."""
    same = np.flatnonzero(train.rows[1:] == train.rows[:-1])
    first, second = train.items[same], train.items[same + 1]
    some = first != second
    pairs, counts = np.unique(first[some] * len(items) + second[some], return_counts=True)
    queries, offsets = np.unique(pairs // len(items), return_index=True)
    judged = Judgments(
        ids.take(pa.array(queries)), pairs % len(items), counts.astype(np.float64), np.append(offsets, len(pairs))
    )
    return _asked(queries, judged, items, texts)


def _cases(cases: Cases, items: Floats, texts: list[str], rng: np.random.Generator) -> Asked:
    """Some cases, by their last item; those whose target is that item ask nothing."""
    histories, judged = cases.histories, cases.judgments
    last = histories.recent(1)[:, 0]
    asks = np.flatnonzero((last >= 0) & (np.diff(judged.offsets) > 0))
    asks = asks[judged.items[judged.offsets[asks]] != last[asks]]
    chosen = np.zeros(len(last), dtype=np.bool_)
    chosen[rng.permutation(asks)[:CASES]] = True
    return _asked(last[chosen], choose(judged, chosen), items, texts)


def _asked(queries: Ints, judged: Judgments, items: Floats, texts: list[str]) -> Asked:
    return Asked(
        items[queries],
        [texts[place] for place in queries.tolist()],
        judged,
        np.empty((0, 2), dtype=np.int64),
        queries.astype(np.int64),
        np.full(len(queries), "users"),
    )
