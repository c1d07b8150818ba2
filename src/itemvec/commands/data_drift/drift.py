"""What of the data is new since a decision, and whether the new texts are like those it was made on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from itemvec.commands.data_drift.languages import language
from itemvec.commands.data_drift.sources import TABLES, Version, lost
from itemvec.commands.data_drift.two_samples import LEVEL, Shift, energy_shift, holm, share_shift
from itemvec.commands.data_drift.vectors import Encode
from itemvec.core.arrays import Floats, Ints

MOST = 1000  # texts of a sample
FEWEST = 20  # new texts: of fewer, nothing is tested
SHOWN = 3  # of the new texts that are furthest from the known ones


@dataclass(frozen=True)
class Test:
    """One comparison of new texts with known ones.

    subject
        ``lengths``, ``languages`` or ``vectors``.
    p
        Adjusted for all comparisons.
    known, new
        What is compared, in words.
    """

    table: str
    subject: str
    shift: Shift
    p: float
    known: str
    new: str

    @property
    def shown(self) -> bool:
        """Whether there is more than chance."""
        return self.p < LEVEL


@dataclass(frozen=True)
class Part:
    """What became of items or of queries.

    rows
        Of today.
    covered
        Share of today's distinct texts that the decision's data had.
    new, gone, changed
        Numbers of ids.
    compared
        New and known texts that were compared; zero where there are too few.
    cut
        Share of the new and of the known texts that the model does not see to the end; None where it has no limit.
    odd
        New texts furthest from the known ones.
    """

    table: str
    rows: int
    covered: float
    new: int
    gone: int
    changed: int
    new_texts: int
    compared: tuple[int, int] = (0, 0)
    cut: tuple[float, float] | None = None
    odd: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Drift:
    """Everything that was found."""

    old: str
    new: str
    decided: str
    parts: dict[str, Part]
    tests: list[Test]

    @property
    def shifted(self) -> list[Test]:
        """The comparisons that show a difference."""
        return [test for test in self.tests if test.shown]

    def drifted(self, least: float) -> bool:
        """Whether new texts differ, or less than the share ``least`` of today's queries or items was known."""
        return bool(self.shifted) or any(part.rows and part.covered < least for part in self.parts.values())


def drift(old: Version, new: Version, encode: Encode | None, seed: int) -> Drift:
    """Compare two versions of the data.

    New texts are compared with all known ones: if they were drawn alike, a permutation of them is as likely. Texts
    that both versions have would only hide a difference. Samples hold at most 1,000 texts each.

    Parameters
    ----------
    encode
        From texts and their table to vectors and lengths in tokens; None leaves vectors out.
    """
    rng = np.random.default_rng(seed)
    parts, tests = {}, []
    for table in TABLES:
        before, after = old.by_text(table), new.by_text(table)
        fresh = [text for key, text in after.items() if key not in before]
        known = list(before.values())
        covered = 1 - len(fresh) / len(after) if after else 1.0
        part = Part(table, len(getattr(new, table)), covered, *lost(old, new, table), len(fresh))
        if min(len(fresh), len(known)) >= FEWEST:
            samples = _sample(known, rng), _sample(fresh, rng)
            found, part = _compare(part, *samples, encode, seed)
            tests += found
        parts[table] = part
    adjusted = holm([test.shift.p for test in tests])
    tests = [replace(test, p=p) for test, p in zip(tests, adjusted, strict=True)]
    return Drift(old.name, new.name, old.decided, parts, tests)


def _sample(texts: list[str], rng: np.random.Generator) -> list[str]:
    if len(texts) <= MOST:
        return texts
    chosen: Ints = np.sort(rng.choice(len(texts), MOST, replace=False))
    return [texts[place] for place in chosen]


def _compare(
    part: Part, known: list[str], fresh: list[str], encode: Encode | None, seed: int
) -> tuple[list[Test], Part]:
    words = [np.array([len(text.split()) for text in some]) for some in (known, fresh)]
    logs: list[Floats] = [np.log1p(some)[:, None].astype(np.float32) for some in words]
    medians = [f"median {np.median(some):.0f} words" for some in words]
    kinds = [[language(text) for text in some] for some in (known, fresh)]
    tests = [
        Test(part.table, "lengths", energy_shift(logs[0], logs[1], seed), 1.0, *medians),
        Test(part.table, "languages", share_shift(kinds[0], kinds[1], seed), 1.0, *map(_commonest, kinds)),
    ]
    part = replace(part, compared=(len(fresh), len(known)))
    if encode is None:
        return tests, part
    (before, cut_before), (after, cut_after) = (encode(some, part.table) for some in (known, fresh))
    shift = energy_shift(before, after, seed)
    nearest = [f"{np.median(some):.2f}" for some in (_nearest(before, before), _nearest(after, before))]
    said = [f"median cosine to the nearest known text {one}" for one in nearest]
    tests.append(Test(part.table, "vectors", shift, 1.0, *said))
    odd = [fresh[place] for place in np.argsort(_nearest(after, before), kind="stable")[:SHOWN]]
    cut = None if cut_before is None or cut_after is None else (cut_after, cut_before)
    return tests, replace(part, cut=cut, odd=odd)


def _nearest(some: Floats, known: Floats) -> Floats:
    """Cosine of each vector to the nearest known one, itself left out where it is among them."""
    cosines = some @ known.T
    if some is known:
        np.fill_diagonal(cosines, -1)
    found: Floats = cosines.max(axis=1)
    return found


def _commonest(kinds: list[str]) -> str:
    names, counts = np.unique(np.array(kinds), return_counts=True)
    order = np.argsort(-counts, kind="stable")[:2]
    return " and ".join(f"{counts[place] / len(kinds):.0%} {names[place]}" for place in order)
