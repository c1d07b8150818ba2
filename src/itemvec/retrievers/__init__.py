"""Retrievers: queries in, ranked items out. A new kind is one module here and one import below."""

from itemvec.retrievers import bm25, colbert, exact, hybrid, lancedb  # noqa: F401  (each registers its kind)
from itemvec.retrievers.base import RETRIEVERS, Entries, Retrieve, Retriever, TakesWidths, Tunable, Tuning, prepare

__all__ = ["RETRIEVERS", "Entries", "Retrieve", "Retriever", "TakesWidths", "Tunable", "Tuning", "prepare"]
