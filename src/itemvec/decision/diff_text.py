"""A diff in words, for a terminal."""

from __future__ import annotations

import unicodedata
from textwrap import fill

from itemvec.core.text import p_value
from itemvec.decision.change import TESTED, Change, Diff

WIDTH = 100  # columns
ROWS = 25  # shown before --all
NAMES = 14  # characters of the name of a state above its numbers
PLACES = 3  # named in the conclusion


def conclusion(found: Diff, width: int = WIDTH) -> str:
    """The first line: where what got worse or better, or that nothing is shown."""
    if not found.marked(*TESTED):
        if found.marked("?"):
            return "Nothing is shown: there are means alone, without the values per query."
        reasons = "; ".join(f"{place}: {reason}" for place, reason in found.reasons[:PLACES])
        return short(f"Nothing can be compared: {reasons or 'no system was measured in both'}.", width)
    parts = [
        (word, some) for word, some in (("Worse", found.marked("worse")), ("Better", found.marked("better"))) if some
    ]
    if not parts:
        return "No significant difference."
    for with_systems in (True, False):
        named = " ".join(f"{word}: {_places(some, with_systems)}." for word, some in parts)
        if len(named) <= width:
            return named
    return (
        ", ".join(f"{len(some)} {word.lower()}" for word, some in parts) + "; the largest change of each comes first."
    )


def _places(changes: list[Change], with_systems: bool) -> str:
    """Groups of queries, each with its system, or with how many there are."""
    names: dict[str, list[str]] = {}
    for one in changes:
        names.setdefault(plain(one.place), []).append(plain(one.key))
    said = [
        place + f" ({keys[0] if len(keys) == 1 else f'{len(keys)} systems'})" * with_systems
        for place, keys in names.items()
    ]
    more = len(said) - PLACES
    return "; ".join(said[:PLACES]) + (f"; and {more} more" if more > 0 else "")


def shown(found: Diff, everything: bool) -> list[Change]:
    """The changes to list: all, or those that say something, the largest losses first."""
    if everything:
        return found.changes
    return [*found.marked("worse"), *found.marked("better"), *found.marked("?", "x", "new", "gone")][:ROWS]


def as_text(found: Diff, everything: bool = False) -> str:
    """For a terminal, within 100 columns; the conclusion first."""
    listed = shown(found, everything)
    parts = [conclusion(found), "\n".join(_wrapped(one) for one in heading(found))]
    if listed:
        parts.append(_table(found, listed))
    said = [f"Not comparable (x): {place}: {reason}." for place, reason in found.reasons]
    said += [f"Note: {place}: {words}." for place, words in found.remarks]
    hidden = len(found.changes) - len(listed)
    said.append(found.counts + (f" {hidden} are not listed; --all shows them." if hidden else ""))
    return "\n\n".join([*parts, "\n".join(_wrapped(one) for one in said)])


def heading(found: Diff) -> list[str]:
    """Data and both states; then metrics and numbers of queries."""
    states = f"{found.right.decision['dataset']}: {found.left.label} -> {found.right.label}"
    numbers = "; ".join(
        f"{n:,} users" if place == "recommend" else f"{n:,} queries ({place})" for place, n in found.queries.items()
    )
    return [states, f"{found.metrics} over {numbers}"] if numbers else [states]


def _table(found: Diff, listed: list[Change]) -> str:
    """One table, so that its columns stand below each other; a line above the rows of each group names it."""
    places: dict[str, list[list[str]]] = {}
    for one in listed:
        places.setdefault(one.place, []).append(row(one))
    head = ["", short(found.left.name, NAMES), short(found.right.name, NAMES), "change [95 %]", "p", ""]
    rows = [head, *(cells for some in places.values() for cells in some)]
    widths = [max(len(cells[column]) for cells in rows) for column in range(1, 6)]
    room = WIDTH - sum(widths) - 2 * len(widths)
    names = [plain(place) for place in places] + ["  " + plain(one.key) for one in listed]
    room = min(room, max(len(name) for name in names))

    def line(name: str, cells: list[str]) -> str:
        before, after, *rest = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        numbers = (cell.strip().rjust(len(cell)) for cell in (before, after))
        return "  ".join([name.ljust(room), *numbers, *rest]).rstrip()

    lines = [line("", head[1:])]
    for place, some in places.items():
        lines.append(short(place, WIDTH))
        lines += [line("  " + short(key, room - 2), cells) for key, *cells in some]
    return "\n".join(lines)


def row(one: Change) -> list[str]:
    """Name, means, difference with its interval, p, mark."""
    before, after = ("-" if value is None else f"{value:.4f}" for value in (one.before, one.after))
    change = "" if one.difference is None or one.mark == "x" else f"{one.difference:+.3f}"
    if one.mark == "=" and not one.difference and one.low == one.high:
        change = "none"
    elif change and one.low is not None and one.high is not None:
        change += f" [{one.low:+.3f}, {one.high:+.3f}]"
    return [one.key, before, after, change, "" if one.p is None else p_value(one.p), one.mark]


def _wrapped(text: str) -> str:
    return fill(plain(text), WIDTH, subsequent_indent="  ")


def short(name: str, width: int) -> str:
    """A name in so many columns, without its middle if it is longer."""
    name = plain(name)
    if len(name) <= width:
        return name
    end = (width - 1) // 2
    return f"{name[: width - 1 - end]}…{name[len(name) - end :]}"


def plain(text: str) -> str:
    """Text from data on one line, without signs that a terminal or a browser obeys, as those that turn it round."""
    return "".join(" " if sign in "\n\r\t" else "�" if _commands(sign) else sign for sign in text)


def _commands(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
