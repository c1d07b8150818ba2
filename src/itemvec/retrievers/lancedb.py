"""Retriever by LanceDB's own search, as in a deployed service: a vector index, a full-text index, or both."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from typing import Any, Literal, cast, get_args

import numpy as np
import pyarrow.compute as pc

from itemvec.core.arrays import Floats, Ints
from itemvec.core.errors import ParamsError
from itemvec.core.languages import Language, Stemmed
from itemvec.core.options import Positive
from itemvec.core.progress import each
from itemvec.core.top_k import TieOrder, Top, top_k
from itemvec.core.words import find_words
from itemvec.retrievers.base import RETRIEVERS, Entries, Retrieve
from itemvec.retrievers.zero_vectors import all_alike, with_zeros, zero_rows
from itemvec.store.lancedb_index import Distance, Effort, Found, IndexKind, ServedTable

UNROUNDED = (None, "IVF_FLAT", "IVF_HNSW_FLAT")  # whose scores are cosines
RQ_STEP = 8  # numbers that IVF_RQ takes together
ASKED = 4  # queries at a time; LanceDB takes them one by one


@RETRIEVERS.register("lancedb")
@dataclass(frozen=True)
class LanceDb:
    """Approximate search by vector, search by text, or both fused by reciprocal rank, all done by LanceDB.

    Compare it with ``exact`` and ``bm25`` to see how much quality a served index costs. An index is trained from random
    starts that LanceDB lets nobody choose: two runs over the same items can differ, so metrics of these rows may move a
    little when the stage runs again; those of ``mode: text`` do not. The database lies in the temporary folder while
    the stage runs. What an index takes in time and room depends on the machine: ``benchmarks/index.py`` measures it.

    Parameters
    ----------
    mode
        What to search by.
    similarity
        How vectors are compared: by cosine, or by ``dot``, the inner product. The cosine of a vector of zeros is 0, as
        in ``exact``; LanceDB alone would leave it out.
    index_type
        Index of the vectors; null compares all vectors.
    partitions
        Number of partitions of the index; by default LanceDB's choice.
    sub_vectors
        Number of parts of product quantisation; by default LanceDB's choice.
    neighbours
        Neighbours of a node of HNSW, there called ``m``; by default LanceDB's choice.
    probes
        How many partitions are searched; by default LanceDB's choice.
    candidates
        How many items HNSW keeps in sight, there called ``ef``; by default LanceDB's choice.
    refine
        Compare this many times k items again by their whole vectors; by default none.
    language
        Language whose stemmer shortens words; null leaves them as they are. LanceDB is given the words that ``bm25``
        counts, with a blank between them, and does nothing more to them.
    stop_words
        Leave out the stop words of that language, where bm25s has some.
    """

    mode: Literal["vector", "text", "hybrid"] = "vector"
    similarity: Distance = "cosine"
    index_type: IndexKind | None = "IVF_PQ"
    partitions: Positive | None = None
    sub_vectors: Positive | None = None
    neighbours: Positive | None = None
    probes: Positive | None = None
    candidates: Positive | None = None
    refine: Positive | None = None
    language: Stemmed | None = "english"
    stop_words: bool = True

    @property
    def needs_vectors(self) -> bool:
        """Whether it needs vectors: every mode except ``text`` does."""
        return self.mode != "text"

    @property
    def lowest(self) -> float | None:
        """That of BM25, of reciprocal ranks, and of the cosine; an inner product has none."""
        if self.mode != "vector":
            return 0.0
        return -1.0 if self.similarity == "cosine" else None

    def check_width(self, dim: int) -> None:
        """Refuse vectors that the kind of index cannot take."""
        if self.mode == "text":
            return
        if self.index_type == "IVF_RQ" and dim % RQ_STEP:
            raise ParamsError(
                f"retriever lancedb: index_type IVF_RQ takes widths that {RQ_STEP} divides, not {dim}; name another "
                "index_type, or a reducer with such a dim"
            )
        if "PQ" in str(self.index_type) and self.sub_vectors is not None and dim % self.sub_vectors:
            raise ParamsError(
                f"retriever lancedb: sub_vectors {self.sub_vectors} does not divide the width {dim}; name a divisor, "
                "or leave sub_vectors out"
            )

    def index(self, items: Entries) -> Retrieve:
        """Write the items into a database and build its indexes."""
        table, order = self.serve(items) if len(items) else None, TieOrder(items.ids)
        zeros, are_cosines = self._zeros(items), self.index_type in UNROUNDED or self.refine is not None

        def retrieve(queries: Entries, k: int) -> Top:
            ties = order.of(queries.ids)
            top = top_k(np.empty((len(queries), 0), dtype=np.float32), k)
            if table is None:
                return top
            blank = set(self._zeros(queries).tolist())
            with ThreadPoolExecutor(ASKED) as threads:
                answers = threads.map(lambda text, vector: self.ask(table, text, vector, k), *self._asked(queries))
                for row, answer in enumerate(each(answers, len(queries), "lancedb", "queries")):
                    known = with_zeros(answer, zeros, k, are_cosines)
                    found = all_alike(ties, row, k) if row in blank else known
                    best = np.lexsort((ties.places(np.array(row), found.positions), -found.scores))[:k]
                    top.positions[row, : len(best)] = found.positions[best]
                    top.scores[row, : len(best)] = found.scores[best]
            return top

        return retrieve

    def serve(self, items: Entries) -> ServedTable:
        """Make a table of the items, at least one, with the indexes of the mode."""
        vectors = items.blocks("lancedb") if self.needs_vectors else None
        if vectors is not None:
            self.check_width(next(iter(vectors)).shape[1])
        words = None if self.mode == "vector" else self._words(items)
        if words is not None and not pc.any(pc.not_equal(words, "")).as_py():
            raise ParamsError("retriever lancedb: no text of an item has a word to find it by; check the texts")
        table = ServedTable(len(items), words, vectors)
        if vectors is not None:
            options = {
                "num_partitions": self.partitions,
                "num_sub_vectors": self.sub_vectors,
                "m": self.neighbours,
            }
            table.index_vectors(self.index_type, self.similarity, options)
        if self.mode != "vector":
            table.index_texts()
        return table

    def ask(self, table: ServedTable, text: str, vector: Floats, k: int) -> Found:
        """What the mode finds for one query, and where no index approximates what ties with the last of them."""
        effort = Effort(self.probes, self.candidates, self.refine)
        if self.mode == "text":
            return _with_ties(lambda n: table.by_text(text, n), k)
        if self.mode == "vector" and self.index_type is None:
            return _with_ties(lambda n: table.by_vector(vector, n, effort), k)
        if self.mode == "vector":
            return table.by_vector(vector, k, effort)
        return table.by_both(text, vector, k, effort)

    def _asked(self, queries: Entries) -> tuple[list[str], Iterable[Floats]]:
        none = np.empty((len(queries), 0), dtype=np.float32)
        vectors = chain.from_iterable(queries.blocks("lancedb")) if self.needs_vectors else iter(none)
        return ([""] * len(queries) if self.mode == "vector" else self._words(queries).to_pylist()), vectors

    def _zeros(self, entries: Entries) -> Ints:
        """Positions of vectors that LanceDB cannot compare by cosine; what ``hybrid`` does with them is its own."""
        compared = self.mode == "vector" and self.similarity == "cosine"
        return zero_rows(entries.blocks("lancedb") if compared else [])

    def _words(self, entries: Entries) -> Any:
        """Words of each text with a blank between them, Arrow strings."""
        left_out = cast("Language", self.language) if self.stop_words and self.language in get_args(Language) else None
        return find_words(entries.given_texts("lancedb"), self.language, left_out).joined()


def _with_ties(ask: Callable[[int], Found], k: int) -> Found:
    """The best ``k`` and all that tie with the last of them, since LanceDB does not say which of equals it leaves."""
    n = k + 1
    while len((found := ask(n)).scores) == n and found.scores[-1] == found.scores[k - 1]:
        n *= 2
    return found
