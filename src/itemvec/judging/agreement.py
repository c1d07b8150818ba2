"""How far people agree where several judged the same pairs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from itemvec.core.arrays import Doubles
from itemvec.datasets.judgment_log import SKIP, Line, Pair

LEAST = 10  # pairs that two people share, from which their agreement is worth a number


@dataclass(frozen=True)
class Agreement:
    """Agreement of several people.

    judged
        How many pairs somebody judged.
    pairs
        How many pairs two or more people judged.
    alpha
        Krippendorff's for ordered grades ("Content analysis", 2004): 1 for agreement, 0 for chance; NaN where all
        grades are equal, or nothing is shared.
    kappas
        For two people, the pairs that both judged, the share with equal grades, Cohen's kappa (1960), and the same with
        linear weights (1968), in which a difference of one grade counts less.
    """

    judged: int
    pairs: int
    alpha: float
    kappas: dict[tuple[str, str], tuple[int, float, float, float]]


def agreement(people: Mapping[str, Mapping[Pair, Line]]) -> Agreement:
    """Compare the last judgments of each person; what one of them skipped is left out."""
    graded = {
        who: {pair: int(one.grade) for pair, one in lines.items() if one.grade != SKIP} for who, lines in people.items()
    }
    counts: dict[Pair, int] = {}
    for lines in graded.values():
        for pair in lines:
            counts[pair] = counts.get(pair, 0) + 1
    shared = sorted(pair for pair, count in counts.items() if count > 1)
    rows = [[lines.get(pair, np.nan) for pair in shared] for lines in graded.values()]
    kappas = {
        (one, other): _kappa(graded[one], graded[other])
        for one, other in combinations(sorted(graded), 2)
        if graded[one].keys() & graded[other].keys()
    }
    return Agreement(len(counts), len(shared), _alpha(np.array(rows, dtype=np.float64)), kappas)


def _alpha(grades: Doubles) -> float:
    """Of float64 grades of shape (n_people, n_pairs), NaN where somebody did not judge."""
    if len(np.unique(grades[~np.isnan(grades)])) < 2:
        return float("nan")
    import krippendorff

    return float(krippendorff.alpha(reliability_data=grades, level_of_measurement="ordinal"))


def _kappa(one: Mapping[Pair, int], other: Mapping[Pair, int]) -> tuple[int, float, float, float]:
    from sklearn.metrics import cohen_kappa_score

    shared = sorted(one.keys() & other.keys())
    left, right = ([lines[pair] for pair in shared] for lines in (one, other))
    equal = float(np.mean(np.equal(left, right)))
    if len({*left, *right}) < 2:
        return len(shared), equal, float("nan"), float("nan")
    plain, linear = (float(cohen_kappa_score(left, right, weights=weights)) for weights in (None, "linear"))
    return len(shared), equal, plain, linear


def as_text(found: Agreement) -> str:
    """The conclusion, then a row for two people each."""
    from tabulate import tabulate

    if not found.judged:
        return "Nobody has judged a pair yet; `itemvec judge` opens the page on which people do."
    if not found.pairs:
        return "No two people have judged the same pair, so agreement is unknown; `--overlap` sets the share that is."
    words = f"{found.pairs:,} pair{'s' * (found.pairs != 1)} judged by two people or more"
    if np.isnan(found.alpha):
        return f"{words}: all grades are equal, so agreement beyond chance is unknown."
    few = f" Few pairs: below {LEAST}, both say little." if found.pairs < LEAST else ""
    rows = [
        [*names, *(f"{one:.2f}" if isinstance(one, float) else one for one in row)]
        for names, row in found.kappas.items()
    ]
    table = tabulate(rows, ["", "", "pairs", "equal", "kappa", "kappa, weighted"], disable_numparse=True)
    return f"Krippendorff's alpha {found.alpha:.2f} on {words} (1 is agreement, 0 is chance).{few}\n\n{table}"
