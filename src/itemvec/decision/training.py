"""Training that ended by its budget, where it may decide the verdict."""

from itemvec.decision.results import Results
from itemvec.decision.standings import Group
from itemvec.decision.verdict import Verdict


def training_note(results: Results, task: str, groups: list[Group], verdict: Verdict) -> str:
    """Names the cells whose validation was still improving when their epochs were used up; empty where none decides."""
    cut = [one for one in results.of(task) if any(seed["still_improving"] for seed in one.facts.get("training", []))]
    if not cut:
        return ""
    left = {one.key for one in verdict.left}
    deciding = [one for one in cut if one.key in left] or [
        one
        for one in cut
        if any(
            abs(found.mean - group.best.mean) < 0.5 * group.best.mean
            for group in groups
            for found in group.standings
            if found.result.key == one.key
        )
    ]
    if not deciding:
        return ""
    names = ", ".join(one.key for one in deciding[:3]) + (f" and {len(deciding) - 3} more" if len(deciding) > 3 else "")
    return f"training of {names} was still improving when its epochs were used up: raise `epochs`, then compare again"
