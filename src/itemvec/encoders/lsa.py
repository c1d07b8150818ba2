"""Encoder by latent semantic analysis, fitted on the items: a baseline from word counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Literal

import numpy as np

from itemvec.core.arrays import Floats
from itemvec.core.errors import ParamsError
from itemvec.core.options import Natural, Positive
from itemvec.encoders.base import ENCODERS, Corpus, LoadedEncoder, Plain, Role


@ENCODERS.register("lsa")
@dataclass(frozen=True)
class LsaEncoder:
    """TF-IDF with sublinear counts, truncated SVD, unit length (Deerwester et al., 1990). It is fitted on the items.

    Parameters
    ----------
    dim
        Number of singular vectors to keep, which is the width of the vectors.
    stop_words
        Language whose stop words are left out; null keeps all words.
    seed
        Seed of the randomised SVD.
    """

    dim: Positive
    stop_words: Literal["english"] | None = "english"
    seed: Natural = 0

    def identity(self, corpus: Corpus) -> Mapping[str, Any]:
        """Digest of the items it is fitted on, and the version of the library."""
        return {"corpus": corpus.digest, "libraries": {"scikit-learn": version("scikit-learn")}}

    def load(self, corpus: Corpus) -> LoadedEncoder:
        """Fit on the item texts."""
        from sklearn.decomposition import TruncatedSVD
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.preprocessing import normalize

        words = TfidfVectorizer(sublinear_tf=True, stop_words=self.stop_words, dtype=np.float32)
        try:
            counts = words.fit_transform(corpus)  # (n_items, n_words), sparse
        except ValueError as error:
            raise ParamsError(f"model lsa: no words to learn from in the items ({error})") from None
        if self.dim > min(counts.shape) or counts.shape[1] < 2:
            raise ParamsError(f"model lsa: dim {self.dim} is more than the items have, {counts.shape} texts x words")
        svd = TruncatedSVD(self.dim, random_state=self.seed).fit(counts)

        def encode(texts: Sequence[str], role: Role) -> Floats:  # noqa: ARG001  (both roles are words)
            vectors = normalize(svd.transform(words.transform(texts)))
            return np.asarray(vectors, dtype=np.float32)

        return Plain(encode)
