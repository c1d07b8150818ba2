"""Retrievers: queries in, ranked items out. A new kind is one module here and one import below."""

from itemvec.retrievers import bm25, colbert, exact, hybrid, lancedb, query_policy  # noqa: F401  (each registers its kind)
from itemvec.retrievers.base import (
    RETRIEVERS,
    Chooses,
    Entries,
    Judged,
    Learns,
    Retrieve,
    Retriever,
    TakesWidths,
    Tunable,
    Tuning,
    prepare,
)

__all__ = [
    "RETRIEVERS",
    "Chooses",
    "Entries",
    "Judged",
    "Learns",
    "Retrieve",
    "Retriever",
    "TakesWidths",
    "Tunable",
    "Tuning",
    "prepare",
]
