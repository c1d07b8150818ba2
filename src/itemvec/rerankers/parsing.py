"""Parsing of a language model's answers; every answer is accepted."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from itemvec.core.arrays import Ints

THOUGHT = re.compile(r"<think>.*?(</think>|\Z)", re.DOTALL)
BRACKETED = re.compile(r"[\[【]\s*(\d+)\s*[\]】]")
NUMBER = re.compile(r"\d+")
LETTER = re.compile(r"(?<![^\W_])([AB])(?![^\W_])")
DIGITS = 6  # longer numbers name nothing; int() refuses those of thousands of digits


def permutation(answer: str, n: int) -> list[int]:
    """Places 0 to n - 1 in the order of the numbers 1 to n in ``answer``, as ``[2] > [1]``.

    Bracketed numbers count, or all numbers if none is bracketed; each counts once. Numbers out of range are ignored,
    and places that are not named follow in their former order.
    """
    said = THOUGHT.sub(" ", answer)
    numbers = [int(word) - 1 for word in BRACKETED.findall(said) or NUMBER.findall(said) if len(word) <= DIGITS]
    return list(dict.fromkeys([*(place for place in numbers if 0 <= place < n), *range(n)]))


def rating(answer: str, highest: int) -> int | None:
    """The first number of ``answer`` from 0 to ``highest``; None where it has none."""
    numbers = (int(word) for word in NUMBER.findall(THOUGHT.sub(" ", answer)) if len(word) <= DIGITS)
    return next((number for number in numbers if number <= highest), None)


def preference(answer: str) -> str | None:
    """The first ``A`` or ``B`` that stands alone in ``answer``; None where there is none."""
    found = LETTER.search(THOUGHT.sub(" ", answer))
    return found[1] if found else None


def by_rating(ratings: Sequence[int | None]) -> Ints:
    """Places in the order of their ratings, equal ones in their former order; a place without one keeps its rank."""
    values = np.array([-1 if one is None else one for one in ratings], dtype=np.int64)
    order, rated = np.arange(len(values)), np.flatnonzero(values >= 0)
    order[rated] = rated[np.argsort(-values[rated], kind="stable")]
    return order
