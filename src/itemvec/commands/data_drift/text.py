"""Drift in words: the conclusion first, then what it rests on."""

from __future__ import annotations

from itemvec.commands.data_drift.drift import FEWEST, Drift, Part
from itemvec.core.shown import printable
from itemvec.core.text import p_value

WIDTH = 100  # characters of a text that is shown


def conclusion(found: Drift, least: float) -> str:
    """One line: how much of today's data the decision knew, and whether the rest is like it."""
    on = "queries" if found.parts["queries"].rows else "items"
    share = f"{found.parts[on].covered:.0%} of today's {on}"
    if (items := found.parts["items"]).covered < found.parts[on].covered:
        share += f" and {items.covered:.0%} of today's items"
    if found.decided:
        first = f"The decision of {found.decided} rests on {share}"
    else:
        first = f"{printable(found.old)} has {share}"
    if found.shifted:
        tables = " and ".join(dict.fromkeys(f"new {test.table}" for test in found.shifted))
        subjects = ", ".join(dict.fromkeys(test.subject for test in found.shifted))
        return f"{first}; {tables} differ from the known ones ({subjects}): measure again."
    few = [part for part in found.parts.values() if part.rows and part.covered < least]
    if few:
        return f"{first}; too few {' and '.join(part.table for part in few)} were known then: measure again."
    if not any(part.new_texts for part in found.parts.values()):
        return f"{first}; no text is new."
    if not found.tests:
        return f"{first}; there are too few new texts to compare."
    return f"{first}; new texts are not shown to differ from the known ones."


def as_text(found: Drift, least: float) -> str:
    """The conclusion, counts, comparisons, and the new texts that are furthest from what was known."""
    lines = [conclusion(found, least), ""]
    for part in found.parts.values():
        if part.rows:
            lines += _counts(part)
    if found.tests:
        lines += ["", "New texts against known ones (size from 0 to 1; p adjusted for all of these):"]
    for test in found.tests:
        name = f"{test.table}, {test.subject}"
        verdict = "differ" if test.shown else "no significant difference"
        lines.append(f"  {name:<20} size {test.shift.size:.3f}  p {p_value(test.p):>5}  {verdict}")
        lines.append(f"  {'':<20} {test.known}; new: {test.new}")
    for part in found.parts.values():
        if part.odd:
            lines += ["", f"New {part.table} furthest from the known ones:"]
            lines += [f"  {printable(' '.join(text.split()))[:WIDTH]}" for text in part.odd]
    return "\n".join(lines)


def _counts(part: Part) -> list[str]:
    known = f"{part.covered:.1%} of the texts were known"
    lines = [
        f"{part.table}: {part.rows:,}, of which {part.new:,} are new and {part.changed:,} have another text; "
        f"{part.gone:,} are gone; {known}"
    ]
    if part.cut is not None and max(part.cut):
        lines.append(
            f"  cut off at the limit of the model: {part.cut[0]:.1%} of the new, {part.cut[1]:.1%} of the known"
        )
    if not part.compared[0] and part.new_texts:
        lines.append(f"  {part.new_texts} new texts are too few to compare; {FEWEST} are needed on both sides")
    return lines


def as_data(found: Drift, least: float) -> dict[str, object]:
    """The same for programs."""
    return {
        "conclusion": conclusion(found, least),
        "drifted": found.drifted(least),
        "old": found.old,
        "new": found.new,
        "decided": found.decided,
        "parts": {name: vars(part) for name, part in found.parts.items()},
        "tests": [
            {"table": test.table, "subject": test.subject, "size": test.shift.size, "p": test.p, "shown": test.shown}
            for test in found.tests
        ],
    }
