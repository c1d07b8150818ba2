"""A diff as one comment of a pull request."""

from __future__ import annotations

import re

from itemvec.decision.change import Change, Diff, Mark
from itemvec.decision.diff_text import conclusion, heading, plain, row, short, shown

SIGNS: dict[Mark, str] = {"worse": "❌ worse", "better": "✅ better"}
MOST = 60_000  # characters of a comment; GitHub takes 65,536
NAMES = 60  # characters of a name
NOTES = 10  # listed
PLAIN = r"[A-Za-z0-9(][A-Za-z0-9 ,.:;()>%+@-]*"
ACTIVE = r"(?<![A-Za-z0-9])@|:\S|\.[A-Za-z]"  # a mention, an emoji or an address, a name of a host


def as_markdown(found: Diff, link: str = "", first: str = "") -> str:
    """A comment of less than 60,000 characters; cells that say nothing new are folded.

    Parameters
    ----------
    link
        Address of the whole report.
    first
        Markdown that comes before everything else that is seen.
    """
    main = shown(found, everything=False)
    listed = {id(one) for one in main}
    parts = [marker(found), *([first] if first else []), f"### itemvec: {_conclusion(found)}"]
    parts += [safe(line, 4 * NAMES) for line in heading(found)]
    parts += [_table(found, main)] if main else []
    parts += _notes([("Not comparable", *one) for one in found.reasons] + [("Note", *one) for one in found.remarks])
    parts += [f"**{found.counts}**", *([f"[The whole report]({link})"] if link else [])]
    text = "\n\n".join(parts)
    folded = _folded(found, [one for one in found.changes if id(one) not in listed], MOST - len(text) - 3)
    return f"{text}\n\n{folded}\n" if folded else f"{text}\n"


def marker(found: Diff) -> str:
    """A remark that nobody sees: by it the comment of last time is found again."""
    name = re.sub(r"[^\w.]+", "-", found.right.decision["dataset"], flags=re.ASCII)
    return f"<!-- itemvec:{name} -->"


def _conclusion(found: Diff) -> str:
    """That of a terminal, with a sign in front and room for more names."""
    sign = "❌ " if found.marked("worse") else "✅ " if found.marked("better") else ""
    return sign + safe(conclusion(found, width=4 * NAMES), 4 * NAMES)


def _notes(said: list[tuple[str, str, str]]) -> list[str]:
    lines = [f"- {what}: {safe(place)}: {safe(words, 2 * NAMES)}." for what, place, words in said[:NOTES]]
    more = [f"- and {len(said) - NOTES} more: `itemvec diff` lists them."] if len(said) > NOTES else []
    return ["\n".join(lines + more)] if lines else []


def _table(found: Diff, changes: list[Change]) -> str:
    rows = [["", safe(found.left.name), safe(found.right.name), "change [95 %]", "p", "verdict"]]
    rows.append([":--", "--:", "--:", ":--", ":--", ":--"])
    for one in changes:
        _, *numbers, mark = (cell.replace("<", "&lt;") for cell in row(one))
        rows.append([f"**{safe(one.place)}** · {safe(one.key)}", *numbers, SIGNS.get(one.mark, mark)])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)


def _folded(found: Diff, rest: list[Change], room: int) -> str:
    """The other cells, as many as there is room for."""
    kept = rest
    while kept:
        left_out = len(rest) - len(kept)
        note = f"\n\n{left_out} more have no room here; `itemvec diff --all` lists them." if left_out else ""
        text = f"<details><summary>The other {len(rest)}</summary>\n\n{_table(found, kept)}{note}\n\n</details>"
        if len(text) < room:
            return text
        kept = kept[: len(kept) // 2]
    return ""


def safe(text: str, width: int = NAMES) -> str:
    """Text from data as it stands: no sign of it is Markdown or HTML, and nobody is mentioned.

    GitHub looks for names of people, numbers of issues and addresses in the finished page as well, but not within
    ``code``.
    """
    text = short(plain(text), width)
    if re.fullmatch(PLAIN, text) and not re.search(ACTIVE, text):
        return text.replace(">", "&gt;")
    return f"<code>{re.sub(r'[^A-Za-z0-9 ,;()-]', lambda sign: f'&#{ord(sign[0])};', text)}</code>"
