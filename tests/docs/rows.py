"""Which row, or part of params.yaml, a block of YAML shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from itemvec.core.registry import Registry
from itemvec.datasets import DATASETS
from itemvec.encoders import ENCODERS
from itemvec.protocol.splits import SPLITS
from itemvec.recommenders import RECOMMENDERS
from itemvec.reducers import REDUCERS
from itemvec.rerankers import RERANKERS
from itemvec.retrievers import RETRIEVERS
from itemvec.tuners import TUNERS
from tests.conftest import ROOT
from tests.docs.blocks import Block, blocks

TABLES: dict[str, tuple[Registry[Any], ...]] = {
    "datasets": (DATASETS,),
    "models": (ENCODERS,),
    "reducers": (REDUCERS,),
    "tunings": (TUNERS,),
    "systems": (RECOMMENDERS, RETRIEVERS, RERANKERS),
    "split": (SPLITS,),
}
KEYS = set(YAML(typ="safe", pure=True).load(ROOT / "params.yaml"))


def rows(block: Block) -> dict[str, dict[str, Any]]:
    """Rows that a block shows, by table; the mark ``row: TABLE`` says which, else the kind of each row does."""
    loaded = YAML(typ="safe", pure=True).load(block.text)
    assert isinstance(loaded, dict), f"{block.where}: not keys and values"
    if loaded.keys() <= KEYS:  # a part of params.yaml
        return {table: loaded[table] for table in TABLES if table in loaded}
    found: dict[str, dict[str, Any]] = {}
    for name, row in loaded.items():
        assert isinstance(row, dict), f"{block.where}: {name!r} is neither a key of params.yaml nor a row"
        found.setdefault(_table(block, row), {})[name] = row
    return found


def _table(block: Block, row: dict[str, Any]) -> str:
    if block.mark.startswith("row: "):
        return block.mark.removeprefix("row: ")
    fitting = [table for table, registries in TABLES.items() if any(row.get("kind") in one for one in registries)]
    assert len(fitting) == 1, f"{block.where}: kind {row.get('kind')!r} is in {fitting}; mark it as <!-- row: TABLE -->"
    return fitting[0]


def build(table: str, name: str, row: dict[str, Any]) -> None:
    """Fail if no registry of the table takes the row."""
    fitting = [registry for registry in TABLES[table] if row.get("kind") in registry]
    assert fitting, f"{table} has no kind {row.get('kind')!r}"
    fitting[0].build(name, row)


def part_of_params(block: Block) -> dict[str, Any]:
    """The keys of params.yaml that a block shows, if it shows those and no rows alone."""
    loaded = YAML(typ="safe", pure=True).load(block.text)
    return loaded if loaded.keys() <= KEYS else {}


def rows_of(page: Path) -> dict[str, dict[str, Any]]:
    """All rows that a page adds: its commands may name them."""
    found: dict[str, dict[str, Any]] = {}
    for block in blocks(page):
        if block.language == "yaml":
            for table, shown in rows(block).items():
                found.setdefault(table, {}).update(shown)
    return found
