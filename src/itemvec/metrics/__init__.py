"""Metrics: ranked gains in, one float per query out. A new one is one module here and one import below."""

from itemvec.metrics import complete_recall, hit, mrr, ndcg, recall  # noqa: F401  (each registers itself)
from itemvec.metrics.base import METRICS, Judgments, Ranked, measure, parse
from itemvec.metrics.best_set import BestSet, best_set
from itemvec.metrics.dependent_queries import by_owner
from itemvec.metrics.family import LEVEL, Family, compare_family
from itemvec.metrics.intervals import mean_interval
from itemvec.metrics.non_inferiority import ALLOWED, Kept, compare_with_reference
from itemvec.metrics.power import units_needed
from itemvec.metrics.standard_error import DETERMINISTIC, Spread

__all__ = [
    "ALLOWED",
    "DETERMINISTIC",
    "LEVEL",
    "METRICS",
    "BestSet",
    "Family",
    "Judgments",
    "Kept",
    "Ranked",
    "Spread",
    "best_set",
    "by_owner",
    "compare_family",
    "compare_with_reference",
    "mean_interval",
    "measure",
    "parse",
    "units_needed",
]
