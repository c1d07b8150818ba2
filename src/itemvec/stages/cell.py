"""One system measured on any vectors, as the stages search and recommend would, for whom a table is enough."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from itemvec.core.errors import TableError
from itemvec.core.params import Params
from itemvec.recommenders import RECOMMENDERS
from itemvec.retrievers import RETRIEVERS
from itemvec.stages.recommend import recommend_on
from itemvec.stages.search import search


def measure_cell(task: str, system: str, params: Params, tables: Path, digest: Path) -> Any:
    """The values per query or user of row ``system``, an Arrow table as ``artifacts/measures`` has them.

    Parameters
    ----------
    tables
        Folder of the tables.
    digest
        Of the vectors.

    Raises
    ------
    TableError
        The system is a recommender that is trained at random, which would take long.
    """
    row = params.systems[system]
    if task == "search":
        files = {name: tables / f"{name}.parquet" for name in ("items", "queries", "qrels")}
        return search(RETRIEVERS.build(system, row), files, digest, params.search, params.seed).measures
    recommender = RECOMMENDERS.build(system, row)
    if recommender.random:
        raise TableError(f"{system}: would have to be trained")
    interactions, items = (tables / f"{name}.parquet" for name in ("interactions", "items"))
    return recommend_on(recommender, interactions, items, digest, params.recommend, params.seed).measures
