"""What a choice among actions gains for each query, and what the best choice would."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from itemvec.core.arrays import Doubles, Ids, Ints
from itemvec.metrics import Spread, by_owner, compare_family


def action_gain(
    outcomes: Mapping[str, Doubles], taken: Doubles, actions: Ints, owners: Ids, seed: int
) -> dict[str, Any]:
    """Means of the first action, of the actions taken and of the best for each query, and a test of the gain.

    Parameters
    ----------
    outcomes
        A metric of each query by each action, float64 of shape (n_queries,); the first leaves queries as they are.
    taken
        The metric by the action that was taken.
    actions
        Which was taken, int64: a place among ``outcomes``.
    owners
        Whose each query is, Arrow strings of shape (n_queries,).

    Returns
    -------
    ``as_asked``, ``taken`` and ``oracle``: means; the oracle takes the best action for each query by its judgments, so
    that it is a ceiling, and too high by chance. ``gain``: what the actions taken gain over the first, with interval
    and p of the paired test. ``best_one``: the one action with the highest mean on these very queries, and that mean.
    ``actions``: share of the queries for which each was taken.
    """
    names, table = list(outcomes), np.column_stack(list(outcomes.values()))  # (n_queries, n_actions)
    best = int(np.argmax(table.mean(axis=0)))
    differences = (taken - table[:, 0])[:, None]
    tested = compare_family(by_owner(differences, owners, 0.0), [Spread()], seed)
    counts = np.bincount(actions, minlength=len(names)) / max(len(actions), 1)
    return {
        "as_asked": float(table[:, 0].mean()),
        "taken": float(taken.mean()),
        "oracle": float(table.max(axis=1).mean()),
        "gain": {name: float(getattr(tested, name)[0]) for name in ("mean", "low", "high", "p")},
        "best_one": {"action": names[best], "mean": float(table[:, best].mean())},
        "actions": {name: round(float(share), 4) for name, share in zip(names, counts, strict=True) if share},
    }
