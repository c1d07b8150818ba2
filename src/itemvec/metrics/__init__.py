"""Metrics: ranked gains in, one float per query out. A new one is one module here and one import below."""

from itemvec.metrics import complete_recall, hit, mrr, ndcg, recall  # noqa: F401  (each registers itself)
from itemvec.metrics.base import METRICS, Judgments, Ranked, measure, parse
from itemvec.metrics.best_set import against_best
from itemvec.metrics.dependent_queries import by_owner
from itemvec.metrics.family import Family, compare_family
from itemvec.metrics.non_inferiority import ALLOWED, loss_p
from itemvec.metrics.power import units_needed
from itemvec.metrics.significance import LEVEL, holm, interval, paired_p, widen
from itemvec.metrics.standard_error import Spread

__all__ = [
    "ALLOWED",
    "LEVEL",
    "METRICS",
    "Family",
    "Judgments",
    "Ranked",
    "Spread",
    "against_best",
    "by_owner",
    "compare_family",
    "holm",
    "interval",
    "loss_p",
    "measure",
    "paired_p",
    "parse",
    "units_needed",
    "widen",
]
