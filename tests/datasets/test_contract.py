"""What every data set kind must do: fit the schemas, in an order that depends on content alone."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from itemvec.core.columns import DIVIDED, DIVIDED_QUERIES, INTERACTIONS, ITEMS, QRELS, QUERIES
from itemvec.datasets import DATASETS
from itemvec.datasets.encoded_ids import decoded
from itemvec.datasets.fetch import fetch
from itemvec.datasets.table_files import write_tables
from itemvec.stages.validate import validate
from tests.conftest import ROOT
from tests.datasets.test_esci import write

ROWS: dict[str, dict[str, Any]] = {
    "movielens": {},
    "beir": {},
    "tables": {},
    "recbole": {},
    "amazon-reviews-2023": {"category": "X"},
    "crowdflower": {},
    "esci": {},
    "amazon-c4": {},
    "wands": {},
}


FILES: dict[str, dict[str, str]] = {
    "beir": {
        "corpus.jsonl": '{"_id": "b", "text": "x"}\n{"_id": "a", "text": "y"}\n',
        "queries.jsonl": '{"_id": "q", "text": "x"}\n',
        "qrels.jsonl": '{"query-id": "q", "corpus-id": "b", "score": 1}\n',
    },
    "recbole": {
        "x.item": "item_id:token\ttext:token_seq\nb\tx\na\ty\n",
        "x.inter": "user_id:token\titem_id:token\ttimestamp:float\nu\tb\t2\nu\ta\t1\n",
    },
    "amazon-reviews-2023": {
        "meta_X.jsonl": '{"parent_asin": "b", "title": "x"}\n{"parent_asin": "a", "title": "y"}\n',
        "X.csv": "user_id,parent_asin,rating,timestamp\nu,b,5.0,2\nu,a,5.0,1\n",
    },
    "crowdflower": {
        "train.csv": "id,query,product_title,product_description,median_relevance,relevance_variance\n"
        "1,q,x,,4,0\n2,q,y,,1,0\n",
    },
    "amazon-c4": {
        "test.csv": "qid,query,item_id,user_id,ori_rating,ori_review\n0,q,b,u,5,fine\n",
        "sampled_item_metadata_1M.jsonl": '{"item_id": "b", "category": "P", "metadata": "x"}\n'
        '{"item_id": "a", "category": "P", "metadata": "y"}\n',
    },
    "wands": {
        "product.csv": "product_id\tproduct_name\tproduct_description\nb\tx\t\na\ty\t\n",
        "query.csv": "query_id\tquery\tquery_class\nq\tx\tP\n",
        "label.csv": "id\tquery_id\tproduct_id\tlabel\n0\tq\tb\tExact\n",
    },
    "tables": {
        "items.csv": "item_id,text\nb,x\na,y\n",
        "interactions.csv": "user_id,item_id,timestamp\nu,b,2\nu,a,1\n",
    },
}


def files(kind: str, root: Path) -> None:
    """Put a data set of the kind below ``root``."""
    if kind == "movielens":
        fetch("movielens-100k", root)
        for path in (root / "movielens-100k").iterdir():
            shutil.move(path, root / path.name)
    elif kind == "esci":
        write(root)
    for name, content in FILES.get(kind, {}).items():
        (root / name).write_text(content)


def test_every_kind_has_an_example() -> None:
    assert set(ROWS) == set(DATASETS.kinds())


@pytest.mark.parametrize("kind", ROWS)
def test_tables_fit_their_schemas_and_are_sorted(kind: str, tmp_path: Path) -> None:
    files(kind, tmp_path)
    tables = DATASETS.build("mine", {"kind": kind, **ROWS[kind]}).load(tmp_path)
    expected = {"items": ITEMS, "interactions": INTERACTIONS, "queries": QUERIES, "qrels": QRELS}
    for name, table in vars(tables).items():
        divided = DIVIDED_QUERIES if name == "queries" else DIVIDED
        assert decoded(table).schema == (divided if "split" in table.column_names else expected[name])
    ids = tables.items["item_id"].to_pylist()
    assert ids == sorted(ids)
    rows = [(row["user_id"], row["timestamp"]) for row in tables.interactions.to_pylist()]
    assert rows == sorted(rows)


@pytest.mark.parametrize("kind", ["esci", "amazon-c4", "wands", "crowdflower", "beir"])
def test_judged_files_become_tables_that_meet_their_expectations(kind: str, tmp_path: Path) -> None:
    files(kind, tmp_path)
    tables = DATASETS.build("mine", {"kind": kind}).load(tmp_path)
    paths = {name: tmp_path / "tables" / f"{name}.parquet" for name in vars(tables)}
    write_tables(tmp_path / "tables", tables)
    met = validate(paths, ROOT / "expectations")
    assert all(met[name]["rows"] > 0 for name in ("items", "queries", "qrels"))
