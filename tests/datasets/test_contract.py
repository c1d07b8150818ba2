"""What every data set kind must do: fit the schemas, in an order that depends on content alone."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from itemvec.columns import DIVIDED, DIVIDED_QUERIES, INTERACTIONS, ITEMS, QRELS, QUERIES
from itemvec.datasets import DATASETS
from itemvec.datasets.fetch import fetch

ROWS: dict[str, dict[str, Any]] = {
    "movielens": {},
    "beir": {},
    "tables": {},
    "recbole": {},
    "amazon-reviews-2023": {"category": "X"},
    "crowdflower": {},
}


def files(kind: str, root: Path) -> None:
    """Put a data set of the kind below ``root``."""
    if kind == "movielens":
        fetch("movielens-100k", root)
        for path in (root / "movielens-100k").iterdir():
            shutil.move(path, root / path.name)
    elif kind == "beir":
        (root / "corpus.jsonl").write_text('{"_id": "b", "text": "x"}\n{"_id": "a", "text": "y"}\n')
        (root / "queries.jsonl").write_text('{"_id": "q", "text": "x"}\n')
        (root / "qrels.jsonl").write_text('{"query-id": "q", "corpus-id": "b", "score": 1}\n')
    elif kind == "recbole":
        (root / "x.item").write_text("item_id:token\ttext:token_seq\nb\tx\na\ty\n")
        (root / "x.inter").write_text("user_id:token\titem_id:token\ttimestamp:float\nu\tb\t2\nu\ta\t1\n")
    elif kind == "amazon-reviews-2023":
        (root / "meta_X.jsonl").write_text('{"parent_asin": "b", "title": "x"}\n{"parent_asin": "a", "title": "y"}\n')
        (root / "X.csv").write_text("user_id,parent_asin,rating,timestamp\nu,b,5.0,2\nu,a,5.0,1\n")
    elif kind == "crowdflower":
        header = "id,query,product_title,product_description,median_relevance,relevance_variance"
        (root / "train.csv").write_text(f"{header}\n1,q,x,,4,0\n2,q,y,,1,0\n")
    else:
        (root / "items.csv").write_text("item_id,text\nb,x\na,y\n")
        (root / "interactions.csv").write_text("user_id,item_id,timestamp\nu,b,2\nu,a,1\n")


def test_every_kind_has_an_example() -> None:
    assert set(ROWS) == set(DATASETS.kinds())


@pytest.mark.parametrize("kind", ROWS)
def test_tables_fit_their_schemas_and_are_sorted(kind: str, tmp_path: Path) -> None:
    files(kind, tmp_path)
    tables = DATASETS.build("mine", {"kind": kind, **ROWS[kind]}).load(tmp_path)
    expected = {"items": ITEMS, "interactions": INTERACTIONS, "queries": QUERIES, "qrels": QRELS}
    for name, table in vars(tables).items():
        divided = DIVIDED_QUERIES if name == "queries" else DIVIDED
        assert table.schema == (divided if "split" in table.column_names else expected[name])
    ids = tables.items["item_id"].to_pylist()
    assert ids == sorted(ids)
    rows = [(row["user_id"], row["timestamp"]) for row in tables.interactions.to_pylist()]
    assert rows == sorted(rows)
