"""What is decided by now, in words."""

from __future__ import annotations

from itemvec.judging.contrasts import Contrast
from itemvec.judging.walk import LEAST

NARROWLY = "equal systems come so far in up to one of ten cases"


def headline(found: list[Contrast], systems: list[str], n_judged: int, k: int) -> str:
    """The conclusion in one line: which system is the best, by how much and how surely, or what decides."""
    if not found:
        return (
            "One system alone: there is nothing to decide." if len(systems) < 2 else "Not decided: judge more queries."
        )
    closest, best = found[0], systems[found[0].best]
    if n_judged < 10:
        return "Not decided: too early to say; judge first."
    if closest.known < LEAST:
        other = systems[closest.other]
        return f"Not decided: hardly anything is judged in which {best} and {other} differ; judge more."
    by = f"by about {closest.difference:.3f} nDCG@{k}"
    if closest.interval is not None:
        by += f" (95 % interval {closest.interval[0]:+.3f} to {closest.interval[1]:+.3f})"
    others = (
        f"{systems[closest.other]}" if len(found) == 1 else f"{systems[closest.other]}, the closest of {len(found)}"
    )
    if closest.decided:
        return f"{best} is better than {others}, {by}: decided."
    if closest.settled and not closest.complete:
        return (
            f"{best} is better than {others}, {by}; at most {closest.more:,} more judgments until `dvc repro` shows it."
        )
    return f"Not decided: {best} leads {others}, {by}; {_what_decides(closest, found)}."


def _what_decides(one: Contrast, found: list[Contrast]) -> str:
    if one.more:
        return f"about {one.more:,} more judgments decide"
    if one.queries:
        most = max(other.queries for other in found)
        return f"about {one.queries:,} queries in all would decide" + f", {most:,} for all {len(found)}" * (
            most > one.queries
        )
    return "no number of judgments in sight decides"


def sentences(found: list[Contrast], systems: list[str], n_judged: int) -> list[str]:
    """What is decided by now, a sentence for each other system, the closest first."""
    if not found:
        return ["One system alone: there is nothing to decide."]
    return [f"{systems[one.best]} against {systems[one.other]}: {_sentence(one, n_judged)}" for one in found]


def _sentence(one: Contrast, n_judged: int) -> str:
    if one.decided:
        return f"decided, better by about {one.difference:.3f}"
    if one.complete and one.measured:
        return f"all is judged; `dvc repro` shows it better by about {one.difference:.3f}, but {NARROWLY}"
    if one.complete:
        more = f"; about {one.queries:,} queries in all would show one" if one.queries else ""
        return f"all is judged, and no difference is shown{more}"
    if one.settled:
        return f"better by about {one.difference:.3f}; at most {one.more:,} more until `dvc repro` shows it"
    if one.more:
        return f"{one.more:,} more"
    if one.queries:
        return f"these queries will hardly decide; about {one.queries:,} queries would"
    return "too early to say" if n_judged < 10 or one.known < LEAST else "no difference in sight"
