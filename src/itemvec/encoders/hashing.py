"""Encoder by feature hashing of words: no weights, nothing fitted, the same result everywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np

from itemvec.core.arrays import Floats
from itemvec.core.options import Width
from itemvec.core.words import find_words, library_versions
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

    dim: Width

    def identity(self, corpus: Corpus) -> Mapping[str, Any]:  # noqa: ARG002  (nothing is fitted)
        """The libraries that find words and hash them."""
        return {"libraries": {"scikit-learn": version("scikit-learn"), **library_versions()}}

    def load(self, corpus: Corpus) -> LoadedEncoder:  # noqa: ARG002
        """Nothing to load."""
        from sklearn.feature_extraction import FeatureHasher
        from sklearn.preprocessing import normalize

        hasher = FeatureHasher(n_features=self.dim, input_type="string", dtype=np.float32)

        def encode(texts: Sequence[str], role: Role) -> Floats:  # noqa: ARG001  (both roles are words)
            words = find_words(texts)
            if not len(words.codes):  # which the hasher does not take
                return np.zeros((len(texts), self.dim), dtype=np.float32)
            buckets = hasher.transform([word] for word in words.vocabulary.to_pylist())  # (n_words, dim), sparse
            return np.asarray(normalize(words.counts(words.vocabulary) @ buckets).toarray(), dtype=np.float32)

        return Plain(encode)
