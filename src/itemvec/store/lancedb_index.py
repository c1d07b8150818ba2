"""A LanceDB table with a vector index, a full-text index, or both, as in a deployed search service."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import pyarrow as pa

from itemvec.core.arrays import Floats, Ints
from itemvec.core.columns import TEXT, VECTOR
from itemvec.core.temporary import TemporaryFolder, temporary_files_inside
from itemvec.store import lance

POSITION = "position"
ROWS = 8192  # written at a time, where there are no blocks of vectors
CLASSES = {  # classes of lancedb.index
    "IVF_FLAT": "IvfFlat",
    "IVF_SQ": "IvfSq",
    "IVF_PQ": "IvfPq",
    "IVF_RQ": "IvfRq",
    "IVF_HNSW_FLAT": "HnswFlat",
    "IVF_HNSW_SQ": "HnswSq",
    "IVF_HNSW_PQ": "HnswPq",
}
IndexKind = Literal["IVF_FLAT", "IVF_SQ", "IVF_PQ", "IVF_RQ", "IVF_HNSW_FLAT", "IVF_HNSW_SQ", "IVF_HNSW_PQ"]
Distance = Literal["cosine", "dot"]


class Found(NamedTuple):
    """Items of one query, the best first: positions int64 and scores float32, both of shape (at most k,)."""

    positions: Ints
    scores: Floats


@dataclass(frozen=True)
class Effort:
    """Search effort in a vector index; None leaves the choice to LanceDB.

    probes
        Partitions that are searched.
    candidates
        Size of HNSW's candidate list, called ``ef``.
    refine
        ``refine * k`` items are compared again by their full vectors.
    """

    probes: int | None = None
    candidates: int | None = None
    refine: int | None = None


class ServedTable:
    """Items and their indexes, in a LanceDB database in a temporary folder that is removed with this object.

    Parameters
    ----------
    texts
        Words with a blank between them, Arrow strings of shape (n,), to index texts.
    vectors
        float32 blocks of shape (any, dim), n rows in all, to index vectors.
    """

    def __init__(self, n_items: int, texts: Any | None, vectors: Iterable[Floats] | None) -> None:
        self._folder = TemporaryFolder()
        folder = Path(self._folder.name)
        self._distance: Distance = "cosine"
        fields = [pa.field(POSITION, pa.int64())]
        fields += [] if texts is None else [pa.field(TEXT, pa.string())]
        if vectors is not None:
            width = next(iter(vectors)).shape[1]
            fields.append(pa.field(VECTOR, pa.list_(pa.float32(), width)))
        schema = pa.schema(fields)
        lance.create(folder, "items", schema, _batches(schema, n_items, texts, vectors))
        self._table = lance.connect(folder).open_table("items")

    def bytes(self) -> int:
        """Size on disk of the items and their indexes."""
        return sum(path.stat().st_size for path in Path(self._folder.name).rglob("*") if path.is_file())

    def index_vectors(self, kind: IndexKind | None, distance: Distance, options: dict[str, int | None]) -> None:
        """Build a vector index; with ``kind`` None there is no index, and a search compares all items.

        With fewer than 256 items to train product quantisation, LanceDB leaves the index empty and compares all items.
        """
        self._distance = distance
        if kind is not None:
            index_vectors(self._table, kind, distance, options)

    def index_texts(self) -> None:
        """Build a full-text index of the words between blanks, as they are."""
        import lancedb.index

        config = lancedb.index.FTS(
            base_tokenizer="whitespace",
            max_token_length=None,
            lower_case=False,
            stem=False,
            remove_stop_words=False,
            ascii_folding=False,
        )
        with temporary_files_inside():
            self._table.create_index(TEXT, config=config)

    def by_vector(self, vector: Floats, k: int, effort: Effort) -> Found:
        """The items nearest to a vector; without ``refine``, scores are the index's approximations."""
        query = self._table.search(vector, vector_column_name=VECTOR)
        found = self._eased(query, effort).limit(k).select([POSITION, "_distance"]).to_arrow()
        return _found(found, 1 - found["_distance"].to_numpy())

    def by_text(self, text: str, k: int) -> Found:
        """The best items for a text by LanceDB's BM25; items that share no word with it are not found."""
        from lancedb.query import MatchQuery

        match: Any = MatchQuery  # its defaults are hidden from mypy
        query = self._table.search(match(text, TEXT), query_type="fts")
        found = query.limit(k).select([POSITION, "_score"]).to_arrow()
        return _found(found, found["_score"].to_numpy())

    def by_both(self, text: str, vector: Floats, k: int, effort: Effort) -> Found:
        """LanceDB's hybrid search: the best ``k`` by vector and by text, fused by reciprocal rank."""
        from lancedb.rerankers import RRFReranker

        if not text.strip():  # which LanceDB refuses
            return self.by_vector(vector, k, effort)
        query = self._table.search(query_type="hybrid", vector_column_name=VECTOR, fts_columns=TEXT)
        query = self._eased(query.vector(vector).text(text), effort).rerank(RRFReranker())
        found = query.limit(k).select([POSITION]).to_arrow()
        return _found(found, found["_relevance_score"].to_numpy())

    def _eased(self, query: Any, effort: Effort) -> Any:
        query = query.distance_type(self._distance)
        if effort.probes is not None:
            query = query.nprobes(effort.probes)
        if effort.candidates is not None:
            query = query.ef(effort.candidates)
        return query if effort.refine is None else query.refine_factor(effort.refine)


def index_vectors(table: Any, kind: IndexKind, distance: Distance, options: dict[str, int | None]) -> None:
    """Build a vector index on a table; an option that is None is LanceDB's choice."""
    import lancedb.index

    given = {name: value for name, value in options.items() if value is not None}
    config = getattr(lancedb.index, CLASSES[kind])(distance_type=distance, **given)
    with temporary_files_inside():
        table.create_index(VECTOR, config=config)


def index_texts(table: Any) -> None:
    """Build a full-text index with LanceDB's own tokenizer, for texts as people write them."""
    import lancedb.index

    with temporary_files_inside():
        table.create_index(TEXT, config=lancedb.index.FTS())


def _batches(schema: Any, n_items: int, texts: Any | None, vectors: Iterable[Floats] | None) -> Iterator[Any]:
    start = 0
    for block in vectors if vectors is not None else (None for _ in range(0, n_items, ROWS)):
        n = min(ROWS, n_items - start) if block is None else len(block)
        columns = [pa.array(np.arange(start, start + n))]
        if texts is not None:
            columns.append(texts.slice(start, n))
        if block is not None:
            flat = pa.array(np.ascontiguousarray(block, dtype=np.float32).ravel())
            columns.append(pa.FixedSizeListArray.from_arrays(flat, block.shape[1]))
        yield pa.record_batch(columns, schema=schema)
        start += n


def _found(table: Any, scores: Floats) -> Found:
    """Put equal scores in order of position, which LanceDB does not promise."""
    positions = table[POSITION].to_numpy()
    order = np.lexsort((positions, -scores))
    return Found(positions[order], scores[order].astype(np.float32))
