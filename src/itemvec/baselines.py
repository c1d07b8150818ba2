"""A system that needs no vectors, measured on the task it is for."""

from __future__ import annotations

from pathlib import Path

from itemvec.columns import ITEM
from itemvec.evaluation import Evaluation
from itemvec.files import read_parquet
from itemvec.params import Params
from itemvec.recommendation import recommend
from itemvec.recommenders import RECOMMENDERS
from itemvec.retrievers import RETRIEVERS
from itemvec.search import search
from itemvec.tasks import task_of


def measure_baseline(name: str, params: Params, tables: dict[str, Path]) -> Evaluation:
    """Run the row ``name`` of ``systems`` on the tables alone."""
    row = params.systems[name]
    if task_of(name, row) == "search":
        return search(RETRIEVERS.build(name, row), tables, None, params.search, params.seed)
    items = read_parquet(tables["items"], [ITEM])[ITEM].combine_chunks()
    recommender = RECOMMENDERS.build(name, row)
    return recommend(recommender, tables["interactions"], items, None, params.recommend, params.seed)
