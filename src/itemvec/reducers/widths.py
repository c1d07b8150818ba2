"""How wide a reduction leaves vectors, and what it refuses, known from its options before anything is fitted."""

from __future__ import annotations

from itemvec.core.errors import ParamsError
from itemvec.reducers.all_but_the_top import AllButTheTop
from itemvec.reducers.base import REDUCERS, Reducer
from itemvec.reducers.chain import Chain
from itemvec.reducers.drop_degrading import DropDegrading
from itemvec.reducers.graph_pca import GraphPca
from itemvec.reducers.product_quantize import ProductQuantize
from itemvec.reducers.whiten import Whiten


def width_after(reducer: Reducer, width: int | None) -> int | None:
    """Width of what ``reducer`` makes of vectors of ``width``; None where the data decides.

    Raises
    ------
    ParamsError
        The reducer cannot take vectors of this width.
    """
    if isinstance(reducer, Chain):
        for number, link in enumerate(reducer.reducers, 1):
            try:
                width = width_after(link, width)
            except ParamsError as error:
                raise ParamsError(f"link {number}: {error.message}") from None
        return width
    dim: int | None = getattr(reducer, "dim", None)
    if width is not None:
        _check(reducer, width, dim)
    if dim is not None:
        return dim
    chooses = isinstance(reducer, DropDegrading) or getattr(reducer, "variance", None) is not None
    return None if chooses else width


def least_items(reducer: Reducer) -> int:
    """How many items a reduction needs."""
    if isinstance(reducer, Chain):
        return max(least_items(link) for link in reducer.reducers)
    return 1 << reducer.bits if isinstance(reducer, ProductQuantize) else 1


def needs_interactions(reducer: Reducer) -> bool:
    """Whether a reduction learns from histories."""
    if isinstance(reducer, Chain):
        return any(map(needs_interactions, reducer.reducers))
    return isinstance(reducer, GraphPca)


def _check(reducer: Reducer, width: int, dim: int | None) -> None:
    where = f"reducer {REDUCERS.kind_of(reducer)}"
    if dim is not None and dim > width:
        raise ParamsError(f"{where}: dim {dim} is more than the {width} the vectors have")
    if isinstance(reducer, Whiten) and width % reducer.groups:
        raise ParamsError(f"{where}: groups {reducer.groups} does not divide the {width} dimensions")
    if isinstance(reducer, ProductQuantize) and width % reducer.parts:
        raise ParamsError(f"{where}: parts {reducer.parts} does not divide {width} dimensions")
    if isinstance(reducer, AllButTheTop) and (reducer.directions or 0) > width:
        raise ParamsError(f"{where}: directions {reducer.directions} is more than the {width} the vectors have")
