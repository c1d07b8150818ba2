"""Recommenders: histories in, scores out. A new kind is one module here and one import below."""

from itemvec.recommenders import ease, itemknn, popular, profile, recbole, sasrec, text_ease  # noqa: F401  (each registers its kind)
from itemvec.recommenders.base import RECOMMENDERS, Recommender, Score, Training

__all__ = ["RECOMMENDERS", "Recommender", "Score", "Training"]
