"""A race of models: looks at more and more queries on a pool of items, and after each the worse ones leave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from itemvec.commands.race_course import Course
from itemvec.commands.race_record import Look, Race
from itemvec.core.arrays import Floats, Ints
from itemvec.core.errors import ParamsError
from itemvec.decision.values import Values
from itemvec.metrics import best_set
from itemvec.metrics.joint_maximum import DRAWS

LEVEL = 0.05  # of races that drop the best model, at most
LEAST = 2  # models that a look is worth
SHARES = (1 / 8, 1 / 4, 1 / 2, 1.0)  # of the queries, at each look
Encode = Callable[[Ints, Ints], tuple[Floats, Floats]]  # rows of items and of queries -> their vectors


@dataclass(frozen=True)
class Racer:
    """A model that takes part.

    cost
        What decides between models that serve as well, the cheapest first, as in the leaderboard.
    encode
        Vectors of some items and of some queries, float32 of shape (n, dim).
    item_tokens, query_tokens
        Tokens of each text, int64 of shape (n_items,) and (n_queries,).
    """

    name: str
    cost: tuple[float, ...]
    encode: Encode
    item_tokens: Ints
    query_tokens: Ints

    @property
    def tokens(self) -> int:
        """Of all texts."""
        return int(self.item_tokens.sum() + self.query_tokens.sum())

    def of(self, items: Ints, queries: Ints) -> int:
        """Tokens of some texts."""
        return int(self.item_tokens[items].sum() + self.query_tokens[queries].sum())


def race(
    racers: list[Racer],
    course: Course,
    budget: float,
    finish: bool = True,
    say: Callable[[str], object] = lambda _: None,
    draws: int = DRAWS,
) -> Race:
    """Find the model that the leaderboard would choose, from a part of the encoding.

    The best model leaves too early in at most ``LEVEL`` of all races: each look tests at that level divided by the
    number of looks (Bonferroni).

    Parameters
    ----------
    budget
        Share of the tokens of all models in full that may be used.
    finish
        Whether the winner will be encoded in full, which then counts.
    say
        Takes a line at each look.

    Raises
    ------
    ParamsError
        The budget is too small for the first look.
    """
    found = Race(tokens={one.name: 0 for one in racers}, whole=sum(one.tokens for one in racers))
    left = sorted(racers, key=lambda one: (one.cost, one.name))
    pool, asked = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    for number, share in enumerate(SHARES, 1):
        queries = course.first(share)
        start = _start(left, found, course, pool, queries, budget, finish)
        if start is None and number == 1:
            raise ParamsError(_too_small(left, course, queries, found.whole, finish))
        if start is None:
            found.ended = f"the next look would exceed the budget of {budget:.0%}"
            break
        fewer, plan = start
        found.aside += [one.name for one in left if one not in fewer]
        left, pool, asked = fewer, plan, queries
        say(f"look {number} of {len(SHARES)}: {len(asked):,} queries, {len(pool):,} items, {len(left)} models")
        for one in left:
            found.tokens[one.name] = one.of(pool, asked)
        found.looks.append(_look(number, left, course, pool, asked, draws))
        shown, kept = found.looks[-1].shown, found.looks[-1].kept
        stays = shown.may_be_best
        say(_told(found.looks[-1]))
        found.sure = bool(kept[np.flatnonzero(stays)[0]])
        left = [one for one, is_in in zip(left, stays, strict=True) if is_in]
        if len(left) == 1 or found.sure:
            found.sure, found.ended = True, "the winner is shown"
            break
    else:
        found.ended = "all queries are asked"
    _choose(found, left)
    if finish:
        found.tokens[found.winner] = next(one.tokens for one in racers if one.name == found.winner)
    return found


def _look(number: int, left: list[Racer], course: Course, pool: Ints, asked: Ints, draws: int) -> Look:
    columns = []
    for one in left:
        items, queries = one.encode(pool, asked)
        columns.append(course.values(pool, asked, items, queries)[:, None])
    judged = course.judged(asked)
    ids = course.test.judgments.ids.filter(pa.array(judged))
    values = Values(columns, course.test.owners.filter(pa.array(judged)), ids, None)
    each = values.independent(values.means)
    shown = best_set(each, values.seeds, course.seed, LEVEL / len(SHARES), values.bound, draws)
    means = values.means.mean(axis=0)
    kept = shown.low > -course.tolerance * means.max()
    return Look(number, [one.name for one in left], len(asked), len(pool), means, shown, kept)


def _start(
    left: list[Racer], found: Race, course: Course, before: Ints, queries: Ints, budget: float, finish: bool
) -> tuple[list[Racer], Ints] | None:
    """Who takes part in the next look, and the deepest pool for it; None if the budget does not carry two models.

    A look may take an equal part of what is left for each of the looks to come. Where that does not carry all, models
    leave by their means (sequential halving; Karnin, Koren and Somekh, 2013), unless all looks at all of them fit.
    """
    number, every = len(found.looks), course.first(1.0)
    fewer, shallow = left, course.depths[-1]
    while True:
        gone = sum(tokens for name, tokens in found.tokens.items() if name not in {one.name for one in fewer})
        allowed, spent = budget * found.whole - gone, _tokens(fewer, before, queries[:0], finish)
        no_choice = not number or len(fewer) == LEAST
        may_all = no_choice or _tokens(fewer, course.pool(before, every, shallow), every, finish) <= allowed
        for depth in course.depths:
            pool = course.pool(before, queries, depth)
            part = 1.0 if depth == shallow and may_all else 1.0 / (len(SHARES) - number)
            if _tokens(fewer, pool, queries, finish) <= spent + part * (allowed - spent):
                return fewer, pool
        if no_choice:
            return None
        last = found.looks[-1]
        lowest = min((one.name for one in fewer), key=lambda name: last.means[last.names.index(name)])
        fewer = [one for one in fewer if one.name != lowest]


def _tokens(left: list[Racer], pool: Ints, queries: Ints, finish: bool) -> int:
    """Tokens of a look, and the most that it may take to encode one of these models in full after it."""
    each = [one.of(pool, queries) for one in left]
    rest = max(one.tokens - some for one, some in zip(left, each, strict=True))
    return sum(each) + (rest if finish else 0)


def _too_small(left: list[Racer], course: Course, queries: Ints, whole: int, finish: bool) -> str:
    pool = course.pool(np.empty(0, dtype=np.int64), queries, course.depths[-1])
    least = np.ceil(100 * _tokens(left, pool, queries, finish) / max(whole, 1)) / 100
    end = " and the winner in full" if finish else ""
    return (
        f"race: the first look at {len(left)} models{end} takes {least:.0%} of all tokens; give at least --budget "
        f"{least:.2f}, or more models"
    )


def _choose(found: Race, left: list[Racer]) -> None:
    """The rule of the leaderboard: the cheapest that is shown to lose little; else the highest mean, undecided."""
    last, names = found.looks[-1], [one.name for one in left]
    proven = [name for name, is_kept in zip(last.names, last.kept, strict=True) if is_kept and name in names]
    found.sure = found.sure or bool(proven)
    found.winner = proven[0] if proven else max(names, key=lambda name: last.means[last.names.index(name)])


def _told(look: Look) -> str:
    gone = [name for name, is_in in zip(look.names, look.shown.may_be_best, strict=True) if not is_in]
    best = look.names[int(look.means.argmax())]
    return f"  highest {best} {look.means.max():.4f}; " + (f"worse: {', '.join(gone)}" if gone else "none is worse")
