"""The ways that benchmarks/search.py compares: from a table and queries to positions, int64 of shape (n_queries, k)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.arrays import Floats, Ints
from itemvec.retrievers import Entries
from itemvec.retrievers.exact import Exact
from itemvec.retrievers.inner_products import Precision
from itemvec.retrievers.truncated_search import search_prefixes

ROWS = 8192
FIFTHS, TWELFTHS = (32, 64, 128, 256, 384), tuple(range(32, 385, 32))


@dataclass(frozen=True)
class Table:
    """Vectors on disk, in one file and in LanceDB; ``small`` is the beginning of the file."""

    folder: Path
    source: str

    def __iter__(self) -> Iterator[Floats]:
        if self.source == "lancedb":
            from itemvec.store import open_vectors

            yield from open_vectors(self.folder / "vectors.digest", "items").vectors
        else:
            items = self.file()
            for start in range(0, len(items), ROWS):
                yield np.asarray(items[start : start + ROWS])

    def file(self) -> Floats:
        """The file, mapped into memory; a page written to would be copied, as torch warns of what is read-only."""
        items: Floats = np.load(self.folder / "items.npy", mmap_mode="c")
        return items[:ROWS] if self.source == "small" else items

    def __len__(self) -> int:
        return len(self.file())

    def load(self) -> Floats:
        """All of it in memory, for those that must have it there; a file that is mapped is there as it is."""
        return np.concatenate(list(self)) if self.source == "lancedb" else np.asarray(self.file())


def ours(table: Table, queries: Floats, k: int, precision: Precision = "float32") -> Ints:
    """Exact as the pipeline runs it, by inner product, as all peers here."""
    retrieve = Exact("dot", precision).index(Entries(names(len(table)), vectors=table))
    return retrieve(Entries(names(len(queries)), vectors=[queries]), k).positions


def names(n: int) -> Any:
    """Ids of ``n`` items or queries."""
    return pc.cast(pa.array(np.arange(n)), pa.string())


def prefixes(
    table: Table, queries: Floats, k: int, dims: tuple[int, ...], similarity: Literal["cosine", "dot"]
) -> Ints:
    """All prefixes in one pass; the positions are those of the longest."""
    return search_prefixes(queries, table, dims, k, similarity)[dims[-1]].positions


def one_by_one(table: Table, queries: Floats, k: int, dims: tuple[int, ...]) -> Ints:
    """A run for each prefix."""
    for dim in dims:
        cut = [np.ascontiguousarray(block[:, :dim]) for block in table]
        retrieve = Exact("cosine").index(Entries(names(len(table)), vectors=cut))
        found = retrieve(Entries(names(len(queries)), vectors=[queries[:, :dim]]), k).positions
    return found


def faiss(table: Table, queries: Floats, k: int) -> Ints:
    """IndexFlatIP, which takes the items into memory."""
    import faiss as library

    index = library.IndexFlatIP(queries.shape[1])
    for block in table:
        index.add(block)
    found: Ints = index.search(queries, k)[1]
    return found


def sentence_transformers(table: Table, queries: Floats, k: int) -> Ints:
    """semantic_search with its chunks of 100 queries and 500,000 items."""
    import torch
    from sentence_transformers.util import dot_score, semantic_search

    items = torch.from_numpy(table.load())
    hits = semantic_search(torch.from_numpy(queries), items, top_k=k, score_function=dot_score)
    return np.array([[hit["corpus_id"] for hit in one] for one in hits])


def torch(table: Table, queries: Floats, k: int) -> Ints:
    """A product and topk for each block of the stream, and topk of their results."""
    import torch as library

    asked, best, places, start = library.from_numpy(queries), [], [], 0
    for block in table:
        found = library.topk(asked @ library.from_numpy(np.array(block)).T, min(k, len(block)), dim=1)
        best.append(found.values)
        places.append(found.indices + start)
        start += len(block)
    order = library.topk(library.cat(best, 1), k, dim=1).indices
    found_places: Ints = library.cat(places, 1).gather(1, order).numpy()
    return found_places


def usearch(table: Table, queries: Floats, k: int) -> Ints:
    """Its exact search over an array."""
    from usearch.index import search

    found: Ints = search(table.load(), queries, k, "ip", exact=True).keys.astype(np.int64)
    return found


def lancedb(table: Table, queries: Floats, k: int) -> Ints:
    """The table without an index, asked with 50 queries at a time, which is faster than one by one."""
    from itemvec.store import lance

    items = lance.connect(table.folder / "vectors").open_table("items")
    found: list[Any] = []
    for start in range(0, len(queries), 50):
        some = queries[start : start + 50]
        query = items.search(some, vector_column_name="vector").distance_type("dot").limit(k)
        rows = (
            query.select(["item_id", "_distance"])
            .to_arrow()
            .sort_by([("query_index", "ascending"), ("_distance", "ascending")])
        )
        found += [int(name[1:]) for name in rows["item_id"].to_pylist()]
    return np.array(found).reshape(len(queries), -1)


WAYS: dict[str, Callable[[Table, Floats, int], Ints]] = {
    "itemvec": ours,
    "itemvec bfloat16": lambda table, queries, k: ours(table, queries, k, "bfloat16"),
    "itemvec int8": lambda table, queries, k: ours(table, queries, k, "int8"),
    "faiss": faiss,
    "torch": torch,
    "sentence-transformers": sentence_transformers,
    "usearch": usearch,
    "lancedb": lancedb,
    "itemvec cosine": lambda table, queries, k: prefixes(table, queries, k, (384,), "cosine"),
    "itemvec 5 prefixes": lambda table, queries, k: prefixes(table, queries, k, FIFTHS, "cosine"),
    "itemvec 12 prefixes": lambda table, queries, k: prefixes(table, queries, k, TWELFTHS, "cosine"),
    "itemvec 5 runs": lambda table, queries, k: one_by_one(table, queries, k, FIFTHS),
}
