"""Metrics: ranked gains in, one float per query out. A new one is one module here and one import below."""

from itemvec.metrics import complete_recall, hit, mrr, ndcg, recall  # noqa: F401  (each registers itself)
from itemvec.metrics.base import METRICS, Judgments, Ranked, measure, parse
from itemvec.metrics.loss import ALLOWED, loss_p
from itemvec.metrics.significance import LEVEL, holm, interval, paired_p, standard_error, widen

__all__ = [
    "ALLOWED",
    "LEVEL",
    "METRICS",
    "Judgments",
    "Ranked",
    "holm",
    "interval",
    "loss_p",
    "measure",
    "paired_p",
    "parse",
    "standard_error",
    "widen",
]
