"""Data sets: raw files in, tables out. A new kind is one module here and one import below."""

from itemvec.datasets import amazon_c4, amazon_reviews, beir, crowdflower, esci, movielens, recbole, tables, wands  # noqa: F401  (each registers its kind)
from itemvec.datasets.base import DATASETS, Dataset, Tables

__all__ = ["DATASETS", "Dataset", "Tables"]
