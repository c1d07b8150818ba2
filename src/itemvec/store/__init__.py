"""Vectors on disk: tables with a digest, and the cache of encoded rows."""

from itemvec.store.cache import CachedRows, RowCache
from itemvec.store.digest import Digest
from itemvec.store.vectors import ROWS, Block, VectorTable, open_vectors, write_database

__all__ = ["ROWS", "Block", "CachedRows", "Digest", "RowCache", "VectorTable", "open_vectors", "write_database"]
