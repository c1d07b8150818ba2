"""Whether the selected rows fit the data: its number of items, its splits, its validation queries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow.compute as pc

from itemvec.core.columns import PART
from itemvec.core.errors import ParamsError
from itemvec.core.params import Params
from itemvec.encoders import ENCODERS
from itemvec.encoders.lsa import LsaEncoder
from itemvec.recommenders.item_item import too_many
from itemvec.reducers import REDUCERS
from itemvec.reducers.graph_pca import GraphPca
from itemvec.reducers.pca import Pca
from itemvec.reducers.widths import least_items, needs_interactions
from itemvec.retrievers import RETRIEVERS
from itemvec.retrievers.hybrid import Hybrid
from itemvec.retrievers.query_policy import QueryPolicy
from itemvec.stages.tasks import task_of

DENSE = ("ease", "text-ease")  # kinds that look at all pairs of items


def check_items(params: Params, n_items: int, whole: bool = True) -> None:
    """Refuse rows that this number of items does not allow.

    Parameters
    ----------
    whole
        Whether these are all items; else there are more, and only what is too many already is refused.

    Raises
    ------
    ParamsError
        A line for each row.
    """
    found = list(_too_many(params, n_items)) + (list(_too_few(params, n_items)) if whole else [])
    if found:
        raise ParamsError("\n".join(found))


def _too_many(params: Params, n_items: int) -> Iterator[str]:
    for selector, names in (("recommenders", params.recommenders), ("baselines", params.baselines)):
        for name in names:
            row = params.systems[name]
            if row.get("kind") in DENSE and (why := too_many(n_items, row.get("neighbours"))):
                yield f"{selector}: {name!r}: {why}, or take it out of {selector}"


def _too_few(params: Params, n_items: int) -> Iterator[str]:
    encoder = ENCODERS.build(params.model, params.models[params.model])
    if isinstance(encoder, LsaEncoder) and encoder.dim > n_items:
        yield f"model {params.model!r}: dim {encoder.dim} is more than the {n_items:,} items; lower it"
    for name in params.variants:
        reducer = REDUCERS.build(name, params.reducers[name])
        if least_items(reducer) > n_items:
            yield (
                f"reducer {name!r}: {n_items:,} items are too few for {least_items(reducer):,} centroids; lower bits"
            )
        if isinstance(reducer, Pca | GraphPca) and (reducer.dim or 0) > max(n_items - 1, 1):
            yield (
                f"reducer {name!r}: dim {reducer.dim} is more than the {max(n_items - 1, 1):,} directions that "
                f"{n_items:,} items span; lower it"
            )


def check_tables(params: Params, interactions: Any, queries: Any) -> None:
    """Refuse a split that the data does not bring, and weights to be chosen without validation queries.

    Raises
    ------
    ParamsError
        A line for each.
    """
    found, split = [], params.recommend.split
    asked = PART in queries.column_names and pc.any(pc.not_equal(queries[PART], "test")).as_py()
    kind = split if isinstance(split, str) else split.get("kind")
    if kind == "given" and len(interactions) and PART not in interactions.column_names:
        found.append("recommend: split is 'given', the interactions have no column split; set it to another kind")
    if not len(interactions):
        found += [
            f"reducer {name!r}: there are no interactions to learn from; take it out of variants"
            for name in params.variants
            if needs_interactions(REDUCERS.build(name, params.reducers[name]))
        ]
        if params.tuners and params.search.split == "given" and not asked:
            found.append(
                f"tuners: nothing to learn from for {', '.join(params.tuners)}: there are no interactions, and no "
                "query is for training; write search.split: {validation: 0.5}, or tuners: []"
            )
    chosen = PART in queries.column_names and pc.any(pc.equal(queries[PART], "validation")).as_py()
    if len(queries) and params.search.split == "given" and not chosen:
        searching = [name for name in params.baselines if task_of(name, params.systems[name]) == "search"]
        built = {name: RETRIEVERS.build(name, params.systems[name]) for name in [*params.retrievers, *searching]}
        found += [
            f"retriever {name!r}: there are no validation queries to choose weights by; set search.split to "
            "{validation: 0.2}, or give weights"
            for name, retriever in built.items()
            if _must_choose(retriever)
        ]
        found += [
            f"retriever {name!r}: there are no training or validation queries to learn from; set search.split to "
            "{validation: 0.2}, or take it out"
            for name, retriever in built.items()
            if isinstance(retriever, QueryPolicy) and retriever.weights is None and not asked
        ]
    if found:
        raise ParamsError("\n".join(found))


def _must_choose(retriever: Any) -> bool:
    if isinstance(retriever, QueryPolicy):
        return _must_choose(retriever.inner)
    if not isinstance(retriever, Hybrid):
        return False
    own = retriever.fusion == "convex" and retriever.weights is None
    return own or any(map(_must_choose, retriever.retrievers))
