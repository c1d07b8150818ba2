"""Storage of vectors: LanceDB tables with a digest, and the cache of encoded rows."""

from itemvec.store.cache import RowCache
from itemvec.store.cache_rows import LAYOUT, CachedRows
from itemvec.store.digest import Digest
from itemvec.store.vectors import ROWS, Block, VectorTable, further_seeds, open_vectors, write_database

__all__ = [
    "LAYOUT",
    "ROWS",
    "Block",
    "CachedRows",
    "Digest",
    "RowCache",
    "VectorTable",
    "further_seeds",
    "open_vectors",
    "write_database",
]
