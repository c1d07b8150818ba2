"""Two rankings as one list, what the picks of a person say of them, and the sign test over many lists."""

from __future__ import annotations

from math import comb

import numpy as np

from itemvec.core.arrays import Ints

FIRST, EQUAL, SECOND = 0, 1, 2  # which of two rankings is better


def team_draft(first: Ints, second: Ints, rng: np.random.Generator, k: int) -> tuple[Ints, Ints]:
    """Interleave two rankings (Radlinski, Kurup and Joachims, CIKM 2008).

    The team with fewer items picks next, its best item that is not in the list yet; of equal teams, chance decides.

    Parameters
    ----------
    first, second
        Ranked items, int64, negative where a rank is empty.

    Returns
    -------
    Up to ``k`` items, and the team of each: ``FIRST`` or ``SECOND``.
    """
    left = [[int(one) for one in ranking if one >= 0] for ranking in (first, second)]
    items: list[int] = []
    teams: list[int] = []
    while len(items) < k:
        for ranking in left:
            while ranking and ranking[0] in items:
                ranking.pop(0)
        counts = [teams.count(FIRST), teams.count(SECOND)]
        turn = int(counts[0] > counts[1]) if counts[0] != counts[1] else int(rng.integers(2))
        turn = turn if left[turn] else 1 - turn
        if not left[turn]:
            break
        items.append(left[turn].pop(0))
        teams.append(SECOND if turn else FIRST)
    return np.array(items, dtype=np.int64), np.array(teams, dtype=np.int64)


def better(teams: Ints, picks: list[int]) -> int:
    """Which ranking won a list: the one with more of the picked places."""
    first = sum(int(teams[one]) == FIRST for one in picks)
    second = len(picks) - first
    return FIRST if first > second else SECOND if second > first else EQUAL


def sign_test(first: int, second: int) -> float:
    """Two-sided p that both rankings win equally often, exact; lists that are equal do not count."""
    n = first + second
    tail = sum(comb(n, one) for one in range(min(first, second) + 1))
    return min(1.0, float(2 * tail / 2**n))


def conclusion(names: tuple[str, str], outcomes: list[int]) -> str:
    """What people preferred, in one sentence."""
    first, second = outcomes.count(FIRST), outcomes.count(SECOND)
    p, equal = sign_test(first, second), outcomes.count(EQUAL)
    won = names[0] if first >= second else names[1]
    said = f"{won} is preferred" if p < 0.05 else "no significant difference"
    counts = f"{names[0]} in {first}, {names[1]} in {second}, equal in {equal}"
    words = "p < 0.001" if p < 0.001 else f"p = {p:.3f}"
    return f"{said}: of {len(outcomes):,} lists, {counts}; sign test, {words}."
