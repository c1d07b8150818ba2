"""Encoder by latent semantic analysis, fitted on the items: a baseline from word counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
import pyarrow.compute as pc

from itemvec.core.arrays import Floats
from itemvec.core.errors import ParamsError
from itemvec.core.languages import Language, Stemmed
from itemvec.core.options import Natural, Width
from itemvec.core.words import find_words, library_versions
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
    stemmer
        Language whose stemmer shortens words; null leaves them as they are.
    seed
        Seed of the randomised SVD.
    """

    dim: Width
    stop_words: Language | None = "english"
    stemmer: Stemmed | None = None
    seed: Natural = 0

    def identity(self, corpus: Corpus) -> Mapping[str, Any]:
        """The items it is fitted on, and the libraries that find words and fit it."""
        return {
            "corpus": corpus.digest,
            "libraries": {"scikit-learn": version("scikit-learn"), **library_versions()},
        }

    def load(self, corpus: Corpus) -> LoadedEncoder:
        """Fit on the item texts."""
        from sklearn.decomposition import TruncatedSVD
        from sklearn.feature_extraction.text import TfidfTransformer
        from sklearn.preprocessing import normalize

        words = find_words(corpus, self.stemmer, self.stop_words)
        if not len(words.codes):
            raise ParamsError("model lsa: no words to learn from in the items; every text is empty or of stop words")
        known = words.vocabulary.take(pc.sort_indices(words.vocabulary))  # so that the order of items does not matter
        counts = words.counts(known)  # (n_items, n_words), sparse
        if self.dim > min(counts.shape) or counts.shape[1] < 2:
            raise ParamsError(f"model lsa: dim {self.dim} is more than the items have, {counts.shape} texts x words")
        weigh = TfidfTransformer(sublinear_tf=True)
        svd = TruncatedSVD(self.dim, random_state=self.seed).fit(weigh.fit_transform(_summed(counts)))

        def encode(texts: Sequence[str], role: Role) -> Floats:  # noqa: ARG001  (both roles are words)
            found = find_words(texts, self.stemmer, self.stop_words).counts(known)
            return np.asarray(normalize(svd.transform(weigh.transform(_summed(found)))), dtype=np.float32)

        return Plain(encode)


def _summed(counts: Any) -> Any:
    """Counts in which a word that stands twice in a text is one number."""
    counts.sum_duplicates()
    return counts
