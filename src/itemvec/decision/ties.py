"""Ties at the border of the first ranks, where they are many enough to move a mean."""

from itemvec.core.columns import tied_at
from itemvec.decision.results import Results

ENOUGH = 0.01  # share of tied queries up to which they are not worth a word


def tie_note(results: Results, task: str, unit: str, metric: str) -> str:
    """Names the cells with more ties than that, the most tied first; empty where there is none."""
    key = tied_at(metric)
    shares = {one.key: one.facts[key] for one in results.of(task) if one.facts.get(key, 0.0) > ENOUGH}
    if not shares:
        return ""
    names = sorted(shares, key=lambda name: -shares[name])
    said = ", ".join(f"{shares[name]:.0%} for {name}" for name in names[:3])
    more = f", and more than {ENOUGH:.0%} for {len(names) - 3} more" if len(names) > 3 else ""
    k = metric.partition("@")[2]
    return f"ties at rank {k} were broken by a hash, for this share of the {unit}: {said}{more}"
