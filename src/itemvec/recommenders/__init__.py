"""Recommenders: histories in, scores out. A new kind is one module here and one import below."""

from itemvec.recommenders import (  # noqa: F401  (each registers its kind)
    denserec,
    ease,
    gru4rec,
    itemknn,
    personas,
    popular,
    profile,
    recbole,
    sasrec,
    semantic_id,
    text_ease,
    unisrec,
    vqrec,
)
from itemvec.recommenders.base import RECOMMENDERS, Explains, Recommender, Score, Training

__all__ = ["RECOMMENDERS", "Explains", "Recommender", "Score", "Training"]
