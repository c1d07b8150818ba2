"""Recommenders: histories in, scores out. A new kind is one module here and one import below."""

from itemvec.recommenders import (  # noqa: F401  (each registers its kind)
    conditional,
    denserec,
    ease,
    gru4rec,
    itemknn,
    objectives,
    personas,
    popular,
    profile,
    recbole,
    sasrec,
    semantic_id,
    text_ease,
    unisrec,
    vq_attention,
    vqrec,
)
from itemvec.recommenders.base import RECOMMENDERS, Explains, Limited, Measures, Recommender, Score, Training

__all__ = ["RECOMMENDERS", "Explains", "Limited", "Measures", "Recommender", "Score", "Training"]
