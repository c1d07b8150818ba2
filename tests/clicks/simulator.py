"""Simulated users: known propensities, known attraction, rankings by several rankers."""

from __future__ import annotations

import numpy as np

from itemvec.clicks import ClickLog
from itemvec.core.arrays import Doubles, Ints


def impressions(rankings: Ints, sessions: int, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Query, item and position of each row, where each session shows the ranking of one ranker, drawn by chance.

    Parameters
    ----------
    rankings
        Items from the top, int64 of shape (n_rankers, n_queries, depth).
    sessions
        Per query.
    """
    rankers, queries, depth = rankings.shape
    asked = np.repeat(np.arange(queries), sessions)
    shown = rankings[rng.integers(rankers, size=len(asked)), asked]
    return np.repeat(asked, depth), shown.ravel(), np.tile(np.arange(1, depth + 1), len(asked))


def by_position(
    rankings: Ints, attraction: Doubles, propensities: Doubles, sessions: int, rng: np.random.Generator
) -> ClickLog:
    """Users of the position-based model: a click is a look, which the position decides, at an item that attracts.

    ``attraction`` is of shape (n_queries, n_items), ``propensities`` of shape (depth,).
    """
    query, item, position = impressions(rankings, sessions, rng)
    clicked = rng.random(len(query)) < propensities[position - 1] * attraction[query, item]
    return ClickLog(
        query, item, position, clicked, session=np.repeat(np.arange(len(query) // len(propensities)), len(propensities))
    )


def by_cascade(rankings: Ints, attraction: Doubles, sessions: int, rng: np.random.Generator) -> ClickLog:
    """Users who read from the top and end at the first click."""
    query, item, position = impressions(rankings, sessions, rng)
    depth = rankings.shape[2]
    wanted = (rng.random(len(query)) < attraction[query, item]).reshape(-1, depth)
    clicked = wanted & (np.cumsum(wanted, axis=1) == 1)
    return ClickLog(query, item, position, clicked.ravel(), session=np.repeat(np.arange(len(wanted)), depth))
