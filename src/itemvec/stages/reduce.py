"""Reduction of vectors to one variant: fitted on the items, applied to items and queries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from itemvec.core.arrays import Ids
from itemvec.core.columns import QUERY
from itemvec.core.engine import HERE, Engine
from itemvec.core.files import read_parquet
from itemvec.core.progress import progress
from itemvec.protocol.judged_queries import Asked
from itemvec.protocol.judgments import choose
from itemvec.protocol.query_split import TEST, places, query_parts
from itemvec.protocol.training_interactions import training_interactions
from itemvec.reducers import Reducer, Sample, Transform, Trial
from itemvec.reducers.base import Role
from itemvec.stages.decompose import read_moments
from itemvec.store import Block, VectorTable, open_vectors, write_database

QuerySplit = Literal["given"] | Mapping[Any, float]
ROLES: dict[str, Role] = {"items": "item", "queries": "query"}


class Judging(NamedTuple):
    """Parquet files of queries and qrels, and the split of the queries, as in ``search.split``."""

    queries: Path
    qrels: Path
    split: QuerySplit = "given"


class Interactions(NamedTuple):
    """Parquet file of interactions, and their split, as in ``recommend.split``."""

    path: Path
    split: str | dict[str, Any] = "leave-one-out"


def reduce_vectors(
    reducer: Reducer,
    source: Path,
    database: Path,
    seed: int,
    moments: Path | None = None,
    judging: Judging | None = None,
    interactions: Interactions | None = None,
    engine: Engine = HERE,
) -> dict[str, Any]:
    """Fit ``reducer`` on the items of the database that ``source`` describes and write the reduced tables.

    Parameters
    ----------
    moments
        Digest that ``decompose`` wrote for the same source; without it, a reduction that needs moments computes them.
    judging
        Judgments for a reduction that needs them; it sees only the queries of ``deciding``.
    interactions
        For a reduction that learns from histories; it sees only their training part.
    engine
        Where the vectors are mapped; the fit is here.

    Returns
    -------
    Number of dimensions, bytes per item in an index, and what the fit found.
    """
    tables = {name: open_vectors(source, name) for name in ROLES}
    transform = fit(reducer, source, seed, moments, judging, interactions)
    dim = transform(np.zeros((1, tables["items"].dim), dtype=np.float32)).shape[1]
    write_database(database, {name: (dim, _reduced(table, transform, engine)) for name, table in tables.items()})
    return {"dim": dim, "bytes_per_item": transform.bytes_per_item, **transform.facts}


def fit(
    reducer: Reducer,
    source: Path,
    seed: int,
    moments: Path | None = None,
    judging: Judging | None = None,
    interactions: Interactions | None = None,
) -> Transform:
    """Fit ``reducer`` as ``reduce_vectors`` does, without writing anything."""
    items, queries = (open_vectors(source, name).vectors for name in ROLES)
    known = None if moments is None else read_moments(moments, source)
    trial = None if judging is None else partial(_trial, source, judging)
    had = None if interactions is None else partial(_had, source, interactions)
    return reducer.fit(Sample(items, known, queries, trial, had), np.random.default_rng(seed))


def _had(source: Path, interactions: Interactions) -> Any:
    return training_interactions(interactions.path, interactions.split, open_vectors(source, "items").ids())


def _trial(source: Path, judging: Judging) -> Trial:
    asked = Asked.load(source, judging.queries, judging.qrels, open_vectors(source, "items").ids())
    queries = read_parquet(judging.queries)
    may = deciding(queries, asked.judgments.ids, judging.split)
    parts = query_parts(queries, judging.split)
    rows = pc.index_in(asked.judgments.ids, value_set=queries[QUERY].combine_chunks()).to_numpy()
    if (parts[rows] != TEST).any():  # a query that is asked in the test too would be learnt by heart
        tested = {vector.tobytes() for vector in open_vectors(source, "queries").load().vectors[parts == TEST]}
        may &= np.array([vector.tobytes() not in tested for vector in asked.vectors], dtype=np.bool_)
    hidden = None if asked.hidden is None else asked.hidden[may]
    return Trial(asked.vectors[may], choose(asked.judgments, may), hidden)


def deciding(queries: Any, judged: Ids, split: QuerySplit) -> NDArray[np.bool_]:
    """Which of the ``judged`` queries, ids of shape (n,), a reduction may learn from, bool of shape (n,).

    Those that are not test queries; if all are, the half that ``split: {validation: 0.5}`` would take for validation.
    """
    rows = pc.index_in(judged, value_set=queries[QUERY].combine_chunks()).to_numpy()
    may = query_parts(queries, split)[rows] != TEST
    return may if may.any() else places(judged) < 0.5


def _reduced(table: VectorTable, transform: Transform, engine: Engine) -> Iterator[Block]:
    with progress(len(table), f"reduce {table.name}", "vectors") as shown:
        for block in engine.map(_mapped, (transform, ROLES[table.name]), table):
            yield block
            shown.update(len(block.ids))


def _mapped(how: tuple[Transform, Role], block: Block) -> Block:
    transform, role = how
    return Block(block.ids, transform(block.vectors, role))
