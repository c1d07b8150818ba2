"""A session in which people say which of two rankings is better, without knowing whose each is."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from itemvec.core.arrays import Ids, Ints
from itemvec.core.text import visible
from itemvec.datasets.judgment_log import UNDO, WHO, Line, last_lines, parsed
from itemvec.judging.interleaving import EQUAL, FIRST, SECOND, better, team_draft
from itemvec.judging.judge_file import JudgeFile, now
from itemvec.judging.people import UnknownPairError

FOLDER = "preferences"  # within the folder of a data set: a file for each person, in the form of judgments
SHOWN = 10  # items of a list


@dataclass
class Contest:
    """Two systems on the same queries.

    names
        Of the systems. In the files, ``NAME / NAME`` stands in place of an item; the grade is 0 where the first is
        better, 1 for equal and 2 where the second is.
    runs
        Ranked items, int64 of shape (n_queries, depth) each.
    queries, texts
        Ids of the queries; texts of the queries and of the items.
    side_by_side
        Show both lists, left and right by chance; else one list, interleaved, of which people pick what they like.
    """

    names: tuple[str, str]
    runs: tuple[Ints, Ints]
    queries: Ids
    texts: tuple[Ids, Ids]
    root: Path
    side_by_side: bool = False
    files: dict[str, JudgeFile] = field(default_factory=dict)
    shown: dict[int, tuple[str, str]] = field(default_factory=dict)  # query -> person and tab that see it
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def name(self) -> str:
        """What stands in place of an item."""
        return " / ".join(self.names)

    @cached_property
    def order(self) -> list[int]:
        """Queries for which the lists differ, in an order that is random and always the same."""
        first, second = (run[:, :SHOWN] for run in self.runs)
        rows = np.flatnonzero((first != second).any(axis=1)).tolist()
        return sorted(rows, key=lambda row: self._chance(row).random())

    def _chance(self, row: int, who: str = "") -> np.random.Generator:
        words = "\0".join((self.name, self.queries[row].as_py(), who))
        return np.random.default_rng(int.from_bytes(hashlib.sha256(words.encode()).digest()[:8], "big"))

    def answer(self, path: str, who: str, tab: str, body: dict[str, Any]) -> dict[str, Any]:
        """Answer a request of the page: ``next``, ``judge``, ``undo`` or ``leave``."""
        with self.lock:
            own = self._file(who)
            own.look()
            undone = False
            self.shown = {row: one for row, one in self.shown.items() if one != (who, tab)}
            if path == "leave":
                return {}
            if path == "judge":
                self._judge(own, who, body)
            elif path == "undo":
                known = [pair for pair in own.last if pair[1] == self.name]
                undone = bool(known)
                if known and body["token"] not in own.tokens:
                    own.add(Line(now(), body["token"], *known[-1], UNDO, None))
            elif path != "next":
                raise UnknownPairError("no request of this page")
            return self._next(own, who, tab) | {"undone": undone}

    def _file(self, who: str) -> JudgeFile:
        if not WHO.fullmatch(who):
            raise UnknownPairError("a name may hold letters, digits, '_' and '-' alone, 40 at most")
        if who not in self.files:
            self.files[who] = JudgeFile(self.root / FOLDER / f"{who}.csv")
        return self.files[who]

    def _judge(self, own: JudgeFile, who: str, body: dict[str, Any]) -> None:
        token = body["token"]
        rows = {self.queries[row].as_py(): row for row in self.order}
        if body["query"] not in rows or not (token.isascii() and token.isalnum() and 8 <= len(token) <= 64):
            raise UnknownPairError("no list of this contest; load the page anew")
        row = rows[body["query"]]
        if self.side_by_side:
            found = self._side(row, who, body["choice"])
        else:
            teams = self._draft(row, who)[1]
            if any(not isinstance(one, int) or not 0 <= one < len(teams) for one in body["picks"]):
                raise UnknownPairError("a pick is not in the list; load the page anew")
            found = better(teams, sorted(set(body["picks"])))
        own.add(Line(now(), token, body["query"], self.name, str(found), float(found)))

    def _side(self, row: int, who: str, choice: str) -> int:
        if choice not in ("left", "right", "same"):
            raise UnknownPairError("no choice; load the page anew")
        if choice == "same":
            return EQUAL
        return SECOND if (choice == "left") == self._turned(row, who) else FIRST

    def _turned(self, row: int, who: str) -> bool:
        """Whether the second system stands on the left."""
        return bool(self._chance(row, who).integers(2))

    def _draft(self, row: int, who: str) -> tuple[Ints, Ints]:
        return team_draft(self.runs[0][row], self.runs[1][row], self._chance(row, who), SHOWN)

    def _next(self, own: JudgeFile, who: str, tab: str) -> dict[str, Any]:
        done = {pair[0] for pair in own.last if pair[1] == self.name}
        elsewhere = {row for row, one in self.shown.items() if one[0] == who}
        left = [row for row in self.order if self.queries[row].as_py() not in done]
        row = next((one for one in left if one not in elsewhere), None)
        progress = {"judged": len(self.order) - len(left), "pool": len(self.order)}
        if row is None:
            return {"query": None, "lists": []} | progress
        self.shown[row] = (who, tab)
        lists = [self._words(self._draft(row, who)[0])]
        if self.side_by_side:
            both = [self._words(run[row, :SHOWN]) for run in self.runs]
            lists = both[::-1] if self._turned(row, who) else both
        query = {"id": self.queries[row].as_py(), "text": visible(self.texts[0][row].as_py())}
        return {"query": query, "lists": lists} | progress

    def _words(self, ranking: Ints) -> list[str]:
        return [visible(self.texts[1][int(one)].as_py()) for one in ranking if one >= 0]

    def outcomes(self) -> list[int]:
        """Of all people, the last word of each on each query."""
        found = []
        for path in sorted((self.root / FOLDER).glob("*.csv")):
            last = last_lines(parsed(path.read_bytes(), path)[0])
            found += [int(one.grade) for pair, one in last.items() if pair[1] == self.name]
        return found
