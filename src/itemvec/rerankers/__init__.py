"""Rerankers, which reorder the first items of a run. A new kind is one module here and one import below."""

from itemvec.rerankers import cross_encoder, llm, yes_no  # noqa: F401  (each registers its kind)
from itemvec.rerankers.base import RERANKERS, Rerank, Reranker

__all__ = ["RERANKERS", "Rerank", "Reranker"]
