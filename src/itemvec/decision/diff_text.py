"""A diff in words: for a terminal, as Markdown for a pull request, and as plain data."""

from __future__ import annotations

from typing import Any

from tabulate import tabulate

from itemvec.core.text import p_value
from itemvec.decision.diff import Change, Diff, Mark

WORDS: dict[Mark, str] = {
    "worse": "worse",
    "better": "better",
    "~": "no significant difference",
    "=": "shown equal",
    "x": "not comparable",
    "new": "new",
    "gone": "gone",
}
SIGNS: dict[Mark, str] = {"worse": "❌ worse", "better": "✅ better"}
MOST = 60_000  # characters of a comment; GitHub takes 65,536
ROWS = 25  # shown before --all


def conclusion(found: Diff) -> str:
    """The first line: what got worse, what got better, or that nothing is shown."""
    worse, better = found.marked("worse"), found.marked("better")
    if not [one for one in found.changes if one.mark not in ("x", "new", "gone")]:
        return "Nothing can be compared: " + (_reasons(found) or "no cell was measured in both")
    if not worse and not better:
        return "No significant difference."
    parts = [f"{word}: {_named(some)}" for word, some in (("Worse", worse), ("Better", better)) if some]
    return "; ".join(parts).replace("; B", "; b") + "."


def _named(changes: list[Change]) -> str:
    """How many cells of which groups, and the largest change."""
    first = changes[0]
    places = list(dict.fromkeys(f"{one.task}, {one.group}" for one in changes))
    largest = f"{first.key} {first.before:.4f} -> {first.after:.4f} ({first.difference:+.3f} {_interval(first)})"
    more = f", and {len(changes) - 1} more" if len(changes) > 1 else ""
    return f"{' and '.join(places[:3])}{' and others' if len(places) > 3 else ''}: {largest}{more}"


def _reasons(found: Diff) -> str:
    return "; ".join(dict.fromkeys(f"{one.task}: {one.reason}" for one in found.changes if one.reason))


def counts(found: Diff) -> str:
    """How many cells were compared, and with which outcome."""
    of = {mark: len(found.marked(mark)) for mark in WORDS}
    compared = of["better"] + of["worse"] + of["~"] + of["="]
    said = [f"{of['better']} better", f"{of['worse']} worse", f"{of['=']} shown equal within {found.tolerance:.0%} (=)"]
    said.append(f"{of['~']} without a significant difference (~)")
    said += [f"{of[mark]} {WORDS[mark]}" for mark in ("x", "new", "gone") if of[mark]]
    return f"{compared} compared: {', '.join(said)}."


def heading(found: Diff) -> str:
    """Data, both states, metrics and queries."""
    tasks = found.right.decision["tasks"]
    units = ", ".join(f"{n:,} {tasks[task]['unit']} ({group})" for (task, group), n in found.queries.items())
    metrics = " and ".join(dict.fromkeys(str(one["metric"]) for one in tasks.values()))
    states = f"{found.left.label} -> {found.right.label}"
    return f"{found.right.decision['dataset']}: {states}; {metrics} over {units or 'nothing'}"


def shown(found: Diff, everything: bool) -> list[Change]:
    """The changes to list: all, or those that say something, the largest losses first."""
    if everything:
        return found.changes
    return [*found.marked("worse"), *found.marked("better"), *found.marked("x", "new", "gone")][:ROWS]


def as_text(found: Diff, everything: bool = False) -> str:
    """For a terminal, within 100 columns; the conclusion first."""
    listed = shown(found, everything)
    parts = [conclusion(found), heading(found)]
    for task, group in dict.fromkeys((one.task, one.group) for one in listed):
        rows = [_row(one) for one in listed if (one.task, one.group) == (task, group)]
        header = [f"{task}, {group}", found.left.name, found.right.name, "change [95 %]", "p", ""]
        parts.append(tabulate(rows, header, tablefmt="plain", disable_numparse=True))
    parts += [f"Note: {note}." for note in found.notes]
    hidden = len(found.changes) - len(listed)
    parts.append(counts(found) + (f" {hidden} are not listed; --all shows them." if hidden else ""))
    return "\n\n".join(parts)


def _row(one: Change) -> list[str]:
    before, after = ("-" if value is None else f"{value:.4f}" for value in (one.before, one.after))
    if one.mark in ("x", "new", "gone"):
        return [f"  {one.key}", before, after, one.reason, "", WORDS[one.mark]]
    return [f"  {one.key}", before, after, f"{one.difference:+.3f} {_interval(one)}", p_value(one.p), one.mark]


def _interval(one: Change) -> str:
    return f"[{one.low:+.3f}, {one.high:+.3f}]"


def as_markdown(found: Diff, link: str = "") -> str:
    """A comment of less than 60,000 characters; cells that are not worse or better are folded."""
    name = found.right.decision["dataset"]
    head = [f"<!-- itemvec:{name} -->", f"### itemvec: {conclusion(found)}", heading(found)]
    main = shown(found, everything=False)
    rest = [one for one in found.changes if one not in main]
    tail = [*(f"Note: {note}." for note in found.notes), f"**{counts(found)}**"]
    tail += [f"[The whole report]({link})"] if link else []
    text = "\n\n".join([*head, *([_markdown(main)] if main else []), *tail])
    kept = list(rest)
    while kept:
        left_out = len(rest) - len(kept)
        note = f"\n\n{left_out} more were left out: a comment has room for so many; run `itemvec diff --all`." * bool(
            left_out
        )
        folded = f"<details><summary>The other {len(rest)}</summary>\n\n{_markdown(kept)}{note}\n\n</details>"
        if len(text) + len(folded) + 2 < MOST:
            return f"{text}\n\n{folded}\n"
        kept = kept[: len(kept) // 2]
    return text[:MOST] + "\n"


def _markdown(changes: list[Change]) -> str:
    rows = [
        [f"**{one.task}, {_escaped(one.group)}** · {_escaped(row[0].strip())}", *row[1:5], SIGNS.get(one.mark, row[5])]
        for one, row in ((one, _row(one)) for one in changes)
    ]
    header = ["", "before", "after", "change [95 %]", "p", "verdict"]
    return tabulate(rows, header, tablefmt="github", disable_numparse=True)


def _escaped(text: str) -> str:
    """Names from data as plain text in a Markdown table."""
    signs = {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        "|": "\\|",
        "`": "\\`",
        "*": "\\*",
        "_": "\\_",
        "[": "\\[",
        "\n": " ",
        "@": "&#64;",
    }
    return "".join(signs.get(sign, sign) for sign in text)


def as_data(found: Diff) -> dict[str, Any]:
    """For programs."""
    changes = [
        vars(one) | {"difference": one.difference if None not in (one.before, one.after) else None}
        for one in found.changes
    ]
    return {
        "conclusion": conclusion(found),
        "left": found.left.label,
        "right": found.right.label,
        "tolerance": found.tolerance,
        "lost": [one.key for one in found.lost],
        "notes": found.notes,
        "changes": changes,
    }
