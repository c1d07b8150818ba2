"""What is known of each tuned variant, line by line: for `itemvec tune --report`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from itemvec.decision.learning_curve import curve_words
from itemvec.decision.tuning_text import conclusion, instead_sentence, tuning_sentence

Facts = Mapping[str, Any]


def tuning_report(
    tasks: dict[str, Any],
    tuned: Mapping[str, Facts],
    seconds: Mapping[str, float],
    dollars: float | None,
    larger: str = "",
) -> list[str]:
    """The conclusion; what the verdict says of each variant; then how each learnt, and what it cost.

    Parameters
    ----------
    tasks
        Of ``decision.json``.
    tuned
        By variant, what its tuner says.
    seconds
        Of tuning on this machine, by variant, where they are known.
    dollars
        Price of an hour of this machine; None where it is not asked for.
    larger
        What a larger model would gain instead, in a sentence.
    """
    lines = [conclusion(tasks)]
    for task, facts in tasks.items():
        grouped = len(facts["groups"]) > 1
        rows = facts.get("tuning", [])
        lines += [tuning_sentence(facts["metric"], one, grouped, task) for one in rows]
        for system in dict.fromkeys((one["system"], one["group"]) for one in rows):
            one = next(row for row in rows if (row["system"], row["group"]) == system)
            lines += [said] if (said := instead_sentence(facts["metric"], one)) else []
    lines += [larger] if larger else []
    for name, facts in tuned.items():
        lines += [f"{name}: {line}" for line in _learnt(facts)]
        if name in seconds:
            price = "" if dollars is None else f", {seconds[name] / 3600 * dollars:,.4f} dollars"
            lines.append(f"{name}: {seconds[name]:,.1f} s on this machine to choose the setting{price}")
    return lines


def _learnt(facts: Facts) -> list[str]:
    """Setting, validation, curve, unseen answers, forgetting and negatives of one variant."""
    setting = ", ".join(f"{key} {value:g}" for key, value in facts["setting"].items())
    tried = f"best of {len(facts['tried'])} settings: {setting}"
    if not facts["changed"]:
        tried = f"none of {len(facts['tried'])} settings helped the {facts['validation']:,} validation cases"
    lines = [f"{tried}; nDCG@10 {facts['before']:.4f} before, {facts['after']:.4f} after, on validation cases"]
    if seeds := facts["by_query"].get("seeds"):
        gains = ", ".join(f"{gain:+.4f}" for gain in seeds)
        lines.append(f"learnt with {len(seeds)} seeds, gain on test cases of each: {gains}; vectors are of the first")
    if facts["curve"]:
        asked = "next items, asked by the item before alone" if facts["source"] == "histories" else "test queries"
        lines.append(f"gain on {asked}, by how many were learnt from: {curve_words(facts['curve'], facts['queries'])}")
    by_item = facts.get("by_item")
    if by_item and facts["changed"]:
        said = f"{by_item['gain']:+.4f} [{by_item['low']:+.3f}, {by_item['high']:+.3f}]"
        lines.append(f"where no answer of the test was learnt from: {said}")
    lines += [
        f"on {one['queries']:,} test queries of {group!r}, after learning from the {one['learnt']:,} of other groups: "
        f"{one['gain']:+.4f}"
        for group, one in facts["forgetting"].items()
    ]
    return lines + _negatives(facts.get("negatives") or {})


def _negatives(audit: Facts) -> list[str]:
    if not audit.get("looked_at"):
        return []
    thrown, kept = audit["thrown_out"], audit["kept_per_query"]
    return [
        f"negatives: of {audit['looked_at']:,} candidates {audit['judged_relevant']:.1%} are relevant; thrown "
        f"out: {thrown['judged_relevant']:,} for that, {thrown['too_close']:,} too close, {thrown['guide']:,} by the "
        f"guide; kept {kept['mean']:.1f} a query, {kept['least']} at least, {audit['judged_irrelevant']:,} of them "
        f"judged irrelevant; {audit['queries_with_too_few']:,} queries have too few"
        + f"{'; so it learnt from the answers of other queries nearly alone' * (kept['mean'] < 1)}"
    ]
