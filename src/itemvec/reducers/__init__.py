"""Reductions of vectors. A new kind is one module here and one import below."""

from itemvec.reducers import (  # noqa: F401  (each registers its kind)
    all_but_the_top,
    chain,
    drop_degrading,
    graph_pca,
    identity,
    noise,
    pca,
    product_quantize,
    quantize,
    random_drop,
    random_projection,
    truncate,
    whiten,
)
from itemvec.reducers.base import REDUCERS, Reducer, Sample, Transform, Trial
from itemvec.reducers.moments import Decomposition, Moments
from itemvec.reducers.pca import dims_for

__all__ = ["REDUCERS", "Decomposition", "Moments", "Reducer", "Sample", "Transform", "Trial", "dims_for"]
