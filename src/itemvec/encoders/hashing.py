"""Encoder by feature hashing of words: no weights, nothing fitted, the same result everywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np

from itemvec.core.arrays import Floats
from itemvec.core.options import Positive
from itemvec.encoders.base import ENCODERS, Corpus, LoadedEncoder, Plain, Role


@ENCODERS.register("hashing")
@dataclass(frozen=True)
class HashingEncoder:
    """Count words into signed buckets, then scale to unit length (Weinberger et al., 2009).

    Parameters
    ----------
    dim
        Number of buckets, which is the width of the vectors.
    """

    dim: Positive

    def identity(self, corpus: Corpus) -> Mapping[str, Any]:  # noqa: ARG002  (nothing is fitted)
        """The library that hashes."""
        return {"libraries": {"scikit-learn": version("scikit-learn")}}

    def load(self, corpus: Corpus) -> LoadedEncoder:  # noqa: ARG002
        """Nothing to load."""
        from sklearn.feature_extraction.text import HashingVectorizer

        words = HashingVectorizer(n_features=self.dim, norm="l2", dtype=np.float32)

        def encode(texts: Sequence[str], role: Role) -> Floats:  # noqa: ARG001  (both roles are words)
            return np.asarray(words.transform(texts).toarray(), dtype=np.float32)

        return Plain(encode)
