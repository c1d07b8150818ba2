"""Queries that are nearly those of the test: they are found, and not learnt from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from itemvec.core.arrays import Floats
from itemvec.core.words import find_words


@dataclass(frozen=True)
class Duplicates:
    """Which queries say what a test query says, bool of shape (n,).

    words
        In the same words, whatever their order, case and signs.
    near
        In other words, with a vector that is near.
    """

    words: NDArray[np.bool_]
    near: NDArray[np.bool_]

    @property
    def either(self) -> NDArray[np.bool_]:
        """Those that are left out."""
        return self.words | self.near

    def counts(self) -> dict[str, int]:
        """How many there are of each, for the results."""
        return {"same_words": int(self.words.sum()), "near": int(self.near.sum())}


def duplicates(
    texts: Sequence[str], vectors: Floats, tested: Sequence[str], tested_vectors: Floats, cosine: float
) -> Duplicates:
    """Compare queries with those of the test.

    Parameters
    ----------
    vectors, tested_vectors
        Of unit length, float32 of shape (n, dim), as the model gives them untuned.
    cosine
        From which two queries count as near.
    """
    known = set(_normalised(tested))
    words = np.array([one in known for one in _normalised(texts)], dtype=np.bool_)
    near = np.zeros(len(texts), dtype=np.bool_)
    for start in range(0, len(texts) if len(tested) else 0, 1024):
        some = slice(start, start + 1024)
        near[some] = (vectors[some] @ tested_vectors.T).max(axis=1) >= cosine
    return Duplicates(words, near & ~words)


def _normalised(texts: Sequence[str]) -> list[Any]:
    """The words of each text, sorted; of a text without any, the text itself."""
    found = find_words(texts)
    return [tuple(sorted(codes)) or text for codes, text in zip(_named(found), texts, strict=True)]


def _named(found: Any) -> list[list[str]]:
    names = found.vocabulary.to_pylist()
    return [[names[code] for code in codes] for codes in found.lists()]
