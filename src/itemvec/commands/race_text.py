"""How a race went, in words and a table."""

from __future__ import annotations

from textwrap import fill

from tabulate import tabulate

from itemvec.commands.race_record import Look, Race
from itemvec.commands.racing import LEVEL, SHARES

WIDTH = 110
HEADER = [
    "model",
    "at the end",
    "look",
    "mean in the pool",
    f"against the best [{1 - LEVEL / len(SHARES):.2%}]",
    "tokens",
]
NOTE = (
    "Means are over the pool of that look, and higher than over the whole catalogue: compare differences, of one look. "
    "worse: shown worse than the best of its look; set aside: lowest mean when the budget did not carry all."
)


def as_text(found: Race, finished: bool) -> str:
    """The winner, how sure that is and what it took; then a row for each model, the winner first."""
    rows = sorted((_row(found, name) for name in found.tokens), key=lambda row: (row[1] != "winner", -int(row[2])))
    table = tabulate([[*row[:-1], f"{found.tokens[row[0]]:,}"] for row in rows], HEADER, disable_numparse=True)
    return f"{_sentence(found, finished)}\n\n{table}\n\n{fill(NOTE, WIDTH)}"


def _sentence(found: Race, finished: bool) -> str:
    last, n_models = found.looks[-1], len(found.tokens)
    used = f"{found.share:.1%} of the tokens of all {n_models} models in full"
    if found.sure and found.aside:
        sure = "shown among those that the budget carried to the end"
    elif found.sure:
        sure = "the only one left" if last.shown.may_be_best.sum() == 1 else "the cheapest shown to lose little"
    else:
        left = [name for name, is_in in zip(last.names, last.shown.may_be_best, strict=True) if is_in]
        sure = f"undecided between {', '.join(left)}: the highest mean is taken"
    whole = " It is encoded in full." if finished else ""
    return fill(
        f"Race: use {found.winner}, {sure}; {used}, {last.n_queries:,} queries.{whole} {found.ended.capitalize()}.",
        WIDTH,
        subsequent_indent="  ",
    )


def _row(found: Race, name: str) -> list[str]:
    look = next(one for one in reversed(found.looks) if name in one.names)
    place, best = look.names.index(name), int(look.means.argmax())
    ending = "winner" if name == found.winner else _ending(found, look, name, place)
    against = "highest"
    if place != best:
        low, high = -look.shown.upper[best, place], look.shown.upper[place, best]
        against = f"{look.means[place] - look.means[best]:+.4f} [{low:+.3f}, {high:+.3f}]"
    return [name, ending, str(look.number), f"{look.means[place]:.4f}", against, ""]


def _ending(found: Race, look: Look, name: str, place: int) -> str:
    if not look.shown.may_be_best[place]:
        return "worse"
    return "set aside" if name in found.aside else "left"
