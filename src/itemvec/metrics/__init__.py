"""Metrics: ranked gains in, one float per query out. A new one is one module here and one import below."""

from itemvec.metrics import complete_recall, hit, mrr, ndcg, recall  # noqa: F401  (each registers itself)
from itemvec.metrics.base import METRICS, Judgments, Ranked, measure, parse
from itemvec.metrics.loss import ALLOWED, loss_p
from itemvec.metrics.owners import by_owner
from itemvec.metrics.significance import LEVEL, holm, interval, paired_p, widen
from itemvec.metrics.spread import Spread

__all__ = [
    "ALLOWED",
    "LEVEL",
    "METRICS",
    "Judgments",
    "Ranked",
    "Spread",
    "by_owner",
    "holm",
    "interval",
    "loss_p",
    "measure",
    "paired_p",
    "parse",
    "widen",
]
