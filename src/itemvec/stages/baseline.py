"""Baselines: systems that need no vectors, measured on their task."""

from __future__ import annotations

from pathlib import Path

from itemvec.core.columns import ITEM
from itemvec.core.engine import HERE, Engine
from itemvec.core.files import n_rows, read_parquet
from itemvec.core.params import RecommendProtocol, Row, SearchProtocol
from itemvec.protocol.attributes import Attributes
from itemvec.protocol.evaluation import Evaluation
from itemvec.recommenders import RECOMMENDERS
from itemvec.retrievers import RETRIEVERS
from itemvec.stages.recommend import check_size, recommend
from itemvec.stages.search import search
from itemvec.stages.table_digest import READ
from itemvec.stages.tasks import task_of


def measure_baseline(
    name: str,
    row: Row,
    tables: dict[str, Path],
    recommending: RecommendProtocol,
    searching: SearchProtocol,
    seed: int,
    engine: Engine = HERE,
) -> Evaluation:
    """Run row ``name`` of ``systems`` on the tables only, and evaluate it by the protocol of its task."""
    task = task_of(name, row)
    tables = {table: tables[table] for table in READ[task]}  # on others the stage does not depend
    if task == "search":
        return search(RETRIEVERS.build(name, row), tables, None, searching, seed, engine)
    system, interactions = RECOMMENDERS.build(name, row), tables["interactions"]
    check_size(system, n_rows(tables["items"]))
    items = read_parquet(tables["items"], [ITEM])[ITEM].combine_chunks()
    conditions = Attributes.read(tables["items"], items)
    return recommend(system, interactions, items, None, recommending, seed, conditions, engine=engine)
