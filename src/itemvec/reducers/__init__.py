"""Reductions of vectors. A new kind is one module here and one import below."""

from itemvec.reducers import identity, pca  # noqa: F401  (each registers its kind)
from itemvec.reducers.base import REDUCERS, Reducer, Transform
from itemvec.reducers.moments import Moments
from itemvec.reducers.pca import dims_for

__all__ = ["REDUCERS", "Moments", "Reducer", "Transform", "dims_for"]
