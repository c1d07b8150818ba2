"""What the people who judge a data set have said of a pool, and what is still free to be asked."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from itemvec.core.arrays import Doubles
from itemvec.core.errors import ItemvecError
from itemvec.datasets.judgment_log import FOLDER, SKIP, WHO, Pair, logs
from itemvec.judging.judge_file import JudgeFile
from itemvec.judging.pool import Pool


class UnknownPairError(ItemvecError):
    """A judgment of a pair that is not in the pool, or that is no judgment."""


@dataclass
class People:
    """The files of all people.

    root
        Folder of the data set.
    gains
        Of each grade, from 0.
    own
        Gain of the pairs that the data set judges itself, float64 of shape (n_pairs,), else NaN; they are not asked.
    overlap
        Share of the pairs that everybody is asked, by which agreement is measured.
    """

    pool: Pool
    root: Path
    gains: tuple[float, ...]
    own: Doubles
    overlap: float = 0.1
    files: dict[str, JudgeFile] = field(default_factory=dict)

    @cached_property
    def places(self) -> dict[Pair, int]:
        """Position of each pair."""
        return {pair: place for place, pair in enumerate(self.pool.pairs())}

    @cached_property
    def shared(self) -> NDArray[np.bool_]:
        """Whether each pair is asked of everybody: the same ones in every session, by a hash."""
        digests = [hashlib.sha256("\0".join(one).encode()).digest()[:6] for one in self.places]
        parts = np.array([int.from_bytes(one, "big") for one in digests], dtype=np.int64)
        found: NDArray[np.bool_] = parts < self.overlap * 2**48
        return found

    def of(self, who: str) -> JudgeFile:
        """The file of a person.

        Raises
        ------
        UnknownPairError
            The name cannot be that of a file.
        """
        if not WHO.fullmatch(who):
            raise UnknownPairError("a name may hold letters, digits, '_' and '-' alone, 40 at most")
        if who not in self.files:
            self.files[who] = JudgeFile(self.root / FOLDER / f"{who}.csv")
        return self.files[who]

    def look(self) -> None:
        """Read what anybody judged since, in this process or another."""
        for who in logs(self.root):
            self.of(who)
        for one in self.files.values():
            one.look()

    def known(self) -> Doubles:
        """Gain of each pair as a share of the highest, the mean of all people; NaN where nobody judged it."""
        sums, counts = np.zeros(len(self.pool)), np.zeros(len(self.pool))
        for one in self.files.values():
            for pair, line in one.last.items():
                if line.gain is not None and (place := self.places.get(pair)) is not None:
                    sums[place] += line.gain
                    counts[place] += 1
        judged = np.divide(sums, counts, out=self.own.copy(), where=counts > 0)
        found: Doubles = np.clip(judged / max(self.gains), 0, 1)
        return found

    def asked(self, who: str) -> NDArray[np.bool_]:
        """Pairs that need not be asked of a person: answered by them, by others, or by the data set."""
        found: NDArray[np.bool_] = ~np.isnan(self.own)
        for name, one in self.files.items():
            for pair, line in one.last.items():
                place = self.places.get(pair)
                if place is not None and (name == who or (line.grade != SKIP and not self.shared[place])):
                    found[place] = True
        return found

    def count(self, who: str) -> int:
        """Judgments of a person that count, skipped ones left out."""
        return sum(line.grade != SKIP for line in self.of(who).last.values())
