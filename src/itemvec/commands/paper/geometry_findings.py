"""The comparisons behind the claims about how vectors lie; encoders are what is sampled, not queries."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np

from itemvec.commands.paper.evidence import Evidence
from itemvec.commands.paper.findings import Finding
from itemvec.core.arrays import Doubles
from itemvec.metrics import LEVEL
from itemvec.metrics.rank_correlation import rank_correlation

HALF = 0.5  # of the width: below it, the effective dimension counts as well below the nominal one


def more_even(evidence: Evidence) -> list[Finding]:
    """Mean effective share of the width of generalists less that of tuned encoders, by data set of search."""
    found = []
    for dataset, sides in _shares(evidence).items():
        left, right = sides["generalist"], sides["tuned"]
        if left and right:
            p = permutation(np.array(left), np.array(right))
            difference = float(np.mean(left) - np.mean(right))
            sign = "~" if p >= LEVEL else "+" if difference > 0 else "-"
            least = 2 / comb(len(left) + len(right), len(left))
            few = f"; {least:.2g} is the least that so few encoders can give" if least >= LEVEL else ""
            said = f"{np.mean(left):.3f} against {np.mean(right):.3f}, p = {p:.2g}{few}"
            found.append(Finding(dataset, said, sign))
    return found


def _shares(evidence: Evidence) -> dict[str, dict[str, list[float]]]:
    """By data set of search, where all encoders run, and family."""
    found: dict[str, dict[str, list[float]]] = {}
    variant = evidence.settings.search.variants[0]
    for dataset in evidence.datasets("search"):
        sides = found.setdefault(dataset, {"generalist": [], "tuned": []})
        for family, values in sides.items():
            for model in evidence.models(dataset, family):
                facts = evidence.runs[dataset, model].geometry(variant)
                values.append(facts["effective_dim"]["80%"] / facts["dim"])
    return found


def permutation(left: Doubles, right: Doubles) -> float:
    """Two-sided p of a difference of means, by all ways to divide the values: twice the smaller tail."""
    values, n = np.concatenate([left, right]), len(left)
    sums = np.array([values[list(some)].sum() for some in combinations(range(len(values)), n)])
    seen, tiny = left.sum(), 1e-12 * max(1.0, float(np.abs(values).sum()))
    return float(min(1.0, 2 * min((sums >= seen - tiny).mean(), (sums <= seen + tiny).mean())))


def below_nominal(evidence: Evidence) -> list[Finding]:
    """Whether the dimensions for 80 % of the variance are fewer than half of the width, by data set and encoder."""
    found = []
    for task in evidence.tasks:
        variant = evidence.settings.part(task).variants[0]
        for dataset in evidence.datasets(task):
            for model in evidence.models(dataset):
                facts = evidence.runs[dataset, model].geometry(variant)
                some, whole = facts["effective_dim"]["80%"], facts["dim"]
                sign = "+" if some < HALF * whole else "-"
                found.append(Finding(f"{dataset}, {model}", f"{some:,} of {whole:,} dimensions", sign))
    return found


def follows(evidence: Evidence, quantity: str) -> list[Finding]:
    """Rank correlation of a quantity with the mean, by data set and group; parameters count encoders alone."""
    by_group: dict[str, list[tuple[float, float]]] = {}
    first = evidence.settings.search.variants[0]
    sizes = evidence.parameters
    for dataset, group, model, variant, mean, facts in evidence.points("search"):
        value = sizes.get(model) if quantity == "parameters" and variant == first else facts.get(quantity)
        if value is not None:
            where = dataset if group in ("given", "users") else f"{dataset}, {group}"
            by_group.setdefault(where, []).append((float(value), mean))
    found = []
    for where, pairs in by_group.items():
        left, right = np.array(pairs).T
        one = rank_correlation(left, right)
        if one is None:
            found.append(Finding(where, f"{len(pairs)} points are too few, or all equal", "~"))
        else:
            sign = "+" if one.low > 0 else "-" if one.high < 0 else "~"
            found.append(Finding(where, f"{one.rho:+.2f} [{one.low:+.2f}, {one.high:+.2f}], {one.n} points", sign))
    return found
