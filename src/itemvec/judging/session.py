"""A session of judging: who is asked what next, what was answered, and what is decided by now."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from itemvec.core.arrays import Doubles, Ids, Ints
from itemvec.core.text import visible
from itemvec.datasets.judgment_log import SKIP, UNDO, Line, Pair
from itemvec.judging.contrasts import Contrast, contrasts, leading, unfinished
from itemvec.judging.estimate import Estimate, estimate
from itemvec.judging.judge_file import now
from itemvec.judging.measured import Rule
from itemvec.judging.order import next_pairs, priorities
from itemvec.judging.people import People, UnknownPairError
from itemvec.judging.pool import Pool
from itemvec.judging.sentences import sentences

LEASE = 600.0  # seconds for which a pair that is shown in one tab is shown in no other
MOST = 10  # items of a query that are shown together
EVERY = 10  # judgments between two looks at what is decided
TOKEN = range(8, 65)  # letters of a token

Tab = tuple[str, str]  # a person, and one of their tabs


@dataclass
class Session:
    """Everything that the page asks for. Its methods may be called from several threads.

    people
        What was judged so far, and the pool.
    texts
        Of the queries and the items of the pool, Arrow strings in the order of their ids.
    rule
        How `dvc repro` measures.
    whole
        Finish each query before the next one; also done once the rest will hardly change what is shown.
    """

    people: People
    texts: tuple[Ids, Ids]
    rule: Rule
    whole: bool = False
    clock: Callable[[], float] = time.monotonic
    leases: dict[int, tuple[Tab, float]] = field(default_factory=dict)  # pair -> where it is shown, until
    current: dict[Tab, int] = field(default_factory=dict)  # the query that each tab saw last
    said: tuple[int, list[str]] = (-EVERY, [])
    last: tuple[Doubles, Estimate, list[Contrast]] | None = None  # gains, and what follows from them
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def pool(self) -> Pool:
        """What is judged."""
        return self.people.pool

    def answer(self, path: str, who: str, tab: str, body: dict[str, Any]) -> dict[str, Any]:
        """Answer a request of the page: ``next``, ``judge``, ``undo`` or ``leave``."""
        undone = None
        if path == "leave":
            self.leave(who, tab)
            return {}
        if path == "judge":
            self.judge(who, tab, (body["query"], body["item"]), body["grade"], body["token"])
            if not body.get("next", True):
                with self.lock:
                    return self._progress(who)
        elif path == "undo":
            undone = self.undo(who, tab, body["token"])
        elif path != "next":
            raise UnknownPairError("no request of this page")
        return self.next(who, tab, undone) | {"undone": undone is not None}

    def next(self, who: str, tab: str, first: Pair | None = None) -> dict[str, Any]:
        """What the page shows next: a query, some of its items, how far it is and what is decided.

        Parameters
        ----------
        first
            A pair that was withdrawn, to be asked before all others.
        """
        with self.lock:
            self.people.look()
            _, found, states = self._state()
            values, lead = priorities(found, self.pool, states), leading(states, len(self.pool.systems))
            values = np.where(found.variance > 0, values, values.max(initial=0) + 1)  # first what shows agreement
            free, current = self._free((who, tab)), self.current.get((who, tab))
            some = next_pairs(self.pool, values, free, current, MOST, self.whole or len(lead) < 2)
            if first is not None:
                place = self.people.places[first]
                some = np.array([place, *(one for one in some if one != place)])
                some = some[self.pool.query[some] == self.pool.query[place]]
            self._release((who, tab))
            self.leases |= {int(place): ((who, tab), self.clock() + LEASE) for place in some}
            return self._shown((who, tab), some) | self._progress(who)

    def leave(self, who: str, tab: str) -> None:
        """A tab was closed: what it showed may be asked elsewhere."""
        with self.lock:
            self._release((who, tab))

    def judge(self, who: str, tab: str, pair: Pair, grade: str, token: str) -> None:
        """Keep one answer: a grade, or ``skip``.

        Raises
        ------
        UnknownPairError
            The pair is not in the pool, or there is no such grade.
        ItemvecError
            It cannot be written.
        """
        with self.lock:
            gains = self.people.gains
            known = grade == SKIP or (grade.isascii() and grade.isdecimal() and int(grade) < len(gains))
            if pair not in self.people.places or not known or not _is_token(token):
                raise UnknownPairError("no judgment of a pair of this pool; load the page anew")
            gain = None if grade == SKIP else gains[int(grade)]
            plain = SKIP if grade == SKIP else str(int(grade))
            self.people.of(who).add(Line(now(), token, *pair, plain, gain))
            self.leases.pop(self.people.places[pair], None)
            self.current[who, tab] = int(self.pool.query[self.people.places[pair]])

    def undo(self, who: str, tab: str, token: str) -> Pair | None:
        """Withdraw the last answer of a person that counts; None where there is none."""
        with self.lock:
            own, places = self.people.of(who), self.people.places
            if not _is_token(token):
                raise UnknownPairError("no request of this page")
            own.look()
            if token in own.tokens:  # it was sent before
                return next(one.pair for one in own.lines if one.token == token)
            known = [pair for pair in own.last if pair in places]
            if not known:
                return None
            own.add(Line(now(), token, *known[-1], UNDO, None))
            self.current[who, tab] = int(self.pool.query[places[known[-1]]])
            return known[-1]

    def states(self) -> list[Contrast]:
        """What is decided by now, with how many more judgments the rest takes."""
        gains, found, states = self._state()
        order = np.argsort(-priorities(found, self.pool, states), kind="stable")
        return contrasts(found, self.pool, gains, self.rule, order[np.isnan(gains[order])])

    def _state(self) -> tuple[Doubles, Estimate, list[Contrast]]:
        gains = self.people.known()
        if self.last is None or not np.array_equal(gains, self.last[0], equal_nan=True):
            found = estimate(self.pool, gains, self.rule.k)
            self.last = gains, found, contrasts(found, self.pool, gains, self.rule)
        return self.last

    def _free(self, where: Tab) -> Ints:
        """Pairs that may be shown in a tab."""
        asked, moment = self.people.asked(where[0]), self.clock()
        self.leases = {place: one for place, one in self.leases.items() if one[1] > moment}
        for place, (other, _) in self.leases.items():
            if other != where and (other[0] == where[0] or not self.people.shared[place]):
                asked[place] = True
        return np.flatnonzero(~asked)

    def _release(self, where: Tab) -> None:
        self.leases = {place: one for place, one in self.leases.items() if one[0] != where}

    def _shown(self, where: Tab, some: Ints) -> dict[str, Any]:
        if not len(some):
            return {"query": None, "items": []}
        query = self.current[where] = int(self.pool.query[some[0]])
        queries, items = self.pool.queries, self.pool.items
        places = self.pool.item[some].tolist()
        return {
            "query": {"id": queries[query].as_py(), "text": visible(self.texts[0][query].as_py())},
            "items": [{"id": items[one].as_py(), "text": visible(self.texts[1][one].as_py())} for one in places],
        }

    def _progress(self, who: str) -> dict[str, Any]:
        gains, found, states = self._state()
        asked = np.isnan(self.people.own)
        judged = int(np.count_nonzero(~np.isnan(gains) & asked))
        if judged - self.said[0] >= EVERY or judged < self.said[0]:
            self.said = (judged - judged % EVERY, sentences(self.states(), self.pool.systems, judged))
        useful = int(np.count_nonzero(priorities(found, self.pool, states) > 1e-9))
        if len(leading(states, len(self.pool.systems))) < 2:  # what begins to be judged is to be finished
            useful = 0 if all(one.decided for one in states) else unfinished(self.pool, gains)
        counts = {"judged": judged, "mine": self.people.count(who), "pool": int(np.count_nonzero(asked))}
        return counts | {"useful": useful, "decided": self.said[1], "at": self.said[0]}


def _is_token(token: str) -> bool:
    return len(token) in TOKEN and token.isascii() and token.isalnum()
