"""Choosing a setting by validation, and what is asked of it afterwards: the curve, unseen answers, forgetting."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from itemvec.core.arrays import Doubles
from itemvec.core.progress import say
from itemvec.tuners.asked import Asked
from itemvec.tuners.base import Lesson, Setting, Tuned, Tuner, unchanged

SHARES = (0.125, 0.25, 0.5, 1.0)  # of the queries that are learnt from
FEWEST = 4  # queries that a point of the curve has
GROUPS = 5  # that forgetting is measured on, the largest


def nothing(lesson: Lesson) -> Tuned:
    """Vectors as they are: the choice that is always there."""

    def write(folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "unchanged.txt").write_text("no setting helped the validation queries: vectors are as they were\n")

    return Tuned(unchanged, float(lesson.quality().mean()), write)


@dataclass(frozen=True)
class Chosen:
    """The best of the settings that were tried, or ``nothing``.

    tried
        Mean nDCG@10 of the validation queries for each setting.
    """

    tuned: Tuned
    setting: dict[str, Any]
    changed: bool
    before: float
    tried: list[dict[str, Any]]


def choose(tuner: Tuner, lesson: Lesson, trials: int, seed: int) -> Chosen:
    """Try the first settings; the best must be above what is there without tuning."""
    base, tried = nothing(lesson), []
    best, setting = base, dict(tuner.settings()[0])
    highest = -np.inf
    for one in tuner.settings()[:trials]:
        found = tuner.fit(lesson, one, seed)
        tried.append(one | {"ndcg@10": found.reached})
        said = ", ".join(f"{name} {value:g}" for name, value in one.items())
        say(f"{said}: nDCG@10 {found.reached:.4f} on validation queries, {base.reached:.4f} untuned")
        if found.reached > highest:
            highest, setting = found.reached, dict(one)
            best = found if found.reached > base.reached else base
    return Chosen(best, setting, best is not base, base.reached, tried)


@dataclass(frozen=True)
class Exam:
    """Test queries; asked when everything is chosen, and nothing is chosen by them."""

    asked: Asked

    def gains(self, lesson: Lesson, tuned: Tuned) -> Doubles:
        """nDCG@10 of every test query with what was learnt less without, float64."""
        before = lesson.seen.setdefault("test", lesson.quality(None, self.asked))
        return np.asarray(lesson.quality(tuned, self.asked) - before)


def kept(tuner: Tuner, lesson: Lesson, setting: Setting, seed: int) -> Tuned:
    """Learn with a setting that is chosen already; nothing where it does not help the validation queries."""
    found, base = tuner.fit(lesson, setting, seed), nothing(lesson)
    return found if found.reached > base.reached else base


def repeated(tuner: Tuner, lesson: Lesson, chosen: Chosen, seeds: int, seed: int) -> dict[int, Tuned]:
    """What was chosen, by seed: the first as it was chosen, then the same setting learnt with other seeds.

    Where nothing is random, or nothing was changed, the first is all there is.
    """
    more = range(seed + 1, seed + seeds) if tuner.random and chosen.changed else ()
    return {seed: chosen.tuned} | {number: kept(tuner, lesson, chosen.setting, number) for number in more}


def curve(tuner: Tuner, lesson: Lesson, setting: Setting, exam: Exam, seeds: int, seed: int) -> dict[str, list[float]]:
    """Mean gain on test queries after learning from a share of the queries, once for each seed, which draws the share.

    The setting is that chosen on all of them.
    """
    n, found = len(lesson.train), dict[str, list[float]]()
    for share in SHARES:
        size = round(share * n)
        if size < FEWEST:
            continue
        found[f"{share:g}"] = []
        for number in range(seed, seed + seeds):
            rows = np.sort(np.random.default_rng(number).permutation(n)[:size])
            tuned = kept(tuner, lesson.only(rows), setting, number)
            found[f"{share:g}"].append(float(exam.gains(lesson, tuned).mean()))
    return found


def unseen_answers(tuner: Tuner, lesson: Lesson, setting: Setting, exam: Exam, seeds: Iterable[int]) -> Doubles | None:
    """Gain of every test query after learning from pairs whose item answers no test query; None where none is left.

    Returns
    -------
    float64 of shape (n_queries, n_seeds).
    """
    pairs = lesson.train.pairs
    asked = _only_pairs(lesson.train, ~np.isin(pairs[:, 1], exam.asked.judged.items))
    if asked is None or len(asked) < FEWEST:
        return None
    fresh = replace(lesson, train=asked)
    return np.column_stack([exam.gains(lesson, kept(tuner, fresh, setting, number)) for number in seeds])


def _only_pairs(asked: Asked, fresh: Any) -> Asked | None:
    """Some of the pairs; queries without any are left out."""
    counts = np.add.reduceat(fresh.astype(np.int64), asked.judged.offsets[:-1])
    rows = np.flatnonzero(counts)
    if not len(rows):
        return None
    judged = replace(
        asked.judged,
        items=asked.judged.items[fresh],
        gains=asked.judged.gains[fresh],
        offsets=np.concatenate([[0], np.cumsum(counts)]),
    )
    return replace(asked, judged=judged).select(rows)


def forgetting(
    tuner: Tuner, lesson: Lesson, setting: Setting, exam: Exam, seed: int
) -> dict[str, dict[str, float | int]]:
    """For each group of queries: its mean gain in the test after learning from the other groups alone."""
    groups = exam.asked.groups
    names, counts = np.unique(groups, return_counts=True)
    known = set(np.unique(lesson.train.groups).tolist())
    found = {}
    for name in names[np.argsort(-counts, kind="stable")][:GROUPS].tolist():
        others = np.flatnonzero(lesson.train.groups != name)
        if name not in known or len(others) < FEWEST:
            continue
        gains = exam.gains(lesson, kept(tuner, lesson.only(others), setting, seed))[groups == name]
        found[name] = {"queries": len(gains), "learnt": len(others), "gain": float(gains.mean())}
    return found
