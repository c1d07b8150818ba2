"""Attributes of items and events of interactions: off by default, kept as they are, refused where they are torn."""

import json
from pathlib import Path
from typing import Any

import pytest

from itemvec.core.errors import DatasetError, ParamsError
from itemvec.datasets import DATASETS, Tables

ITEMS = [
    {"item_id": "b", "text": "boots", "category": ["Shoes", " Winter ", "Shoes", ""], "brand": "Acme"},
    {"item_id": "a", "text": "a hat", "category": None, "brand": " "},
    {"item_id": "b", "text": "boots", "category": ["Other"], "brand": "Other"},
]
CLICKS = "user_id,item_id,timestamp,rating,bought\nu,b,2,4.5,yes\nu,a,1,,No\n"


def load(root: Path, **options: Any) -> Tables:
    return DATASETS.build("mine", {"kind": "tables", **options}).load(root)


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    (tmp_path / "items.jsonl").write_text("\n".join(map(json.dumps, ITEMS)))
    (tmp_path / "interactions.csv").write_text(CLICKS)
    return tmp_path


def test_columns_that_are_named_are_kept(raw: Path) -> None:
    """In the order of ids; of two rows of an item the first counts; each value once, without blanks around it."""
    found = load(raw, attributes=["category", "brand"], events=["rating", "bought"])
    assert found.items.to_pylist() == [
        {"item_id": "a", "text": "a hat", "category": [], "brand": []},
        {"item_id": "b", "text": "boots", "category": ["Shoes", "Winter"], "brand": ["Acme"]},
    ]
    rows = found.interactions.to_pylist()
    assert [(row["item_id"], row["rating"], row["bought"]) for row in rows] == [("a", None, 0.0), ("b", 4.5, 1.0)]
    assert load(raw).items.column_names == ["item_id", "text"]
    assert load(raw).interactions.column_names == ["user_id", "item_id", "timestamp"]


def test_they_survive_what_leaves_rows_out(raw: Path) -> None:
    (raw / "interactions.csv").write_text(CLICKS + "v,b,3,2,no\nv,c,4,1,no\nv,b,5,1,no\n")
    options: dict[str, Any] = {"attributes": ["brand"], "events": ["rating"], "on_error": "drop"}
    found = load(raw, **options, min_interactions=2)
    assert found.items.to_pylist() == [{"item_id": "b", "text": "boots", "brand": ["Acme"]}]
    assert found.interactions["rating"].to_pylist() == [2.0, 1.0]


def test_one_file_of_judgments_has_them_too(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text(
        "query,title,relevance,brand\nhat,red hat,1,Acme\nhat,cap,0,\ncap,cap,1,Late\n"
    )
    found = load(tmp_path, judgments="labels.csv", attributes=["brand"])
    assert dict(zip(found.items["text"].to_pylist(), found.items["brand"].to_pylist(), strict=True)) == {
        "red hat": ["Acme"],
        "cap": [],
    }


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"attributes": ["brnd"]}, "items.jsonl: column 'brnd' is missing; did you mean 'brand'"),
        ({"events": ["stars"]}, "interactions.csv: column 'stars' is missing"),
        ({"events": ["timestamp"]}, "dataset tables: events: the name 'timestamp' is taken; name other columns"),
        ({"attributes": ["brand", "brand"]}, "dataset tables: attributes: the name 'brand' stands twice"),
    ],
)
def test_names_that_cannot_be_kept_are_refused(raw: Path, options: dict[str, Any], said: str) -> None:
    with pytest.raises((DatasetError, ParamsError), match=said):
        load(raw, **options)


def test_values_that_cannot_be_read_are_refused(raw: Path) -> None:
    (raw / "interactions.csv").write_text(CLICKS.replace("4.5", "much"))
    with pytest.raises(DatasetError, match=r"interactions.csv: rating is no number: 'much' in row 1"):
        load(raw, events=["rating"])
    (raw / "items.jsonl").write_text('{"item_id": "b", "text": "boots", "brand": 1.5}')
    with pytest.raises(DatasetError, match="column 'brand' is of type double; expected strings or whole numbers"):
        load(raw, attributes=["brand"])


def test_movielens_has_genres_decade_and_rating(tmp_path: Path) -> None:
    films = "1\tUsual Suspects, The\t1995\tCrime Thriller\n2\tunkonwn\tunkonwn\tunknown\n"
    header = "item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq\n"
    (tmp_path / "ml-100k.item").write_text(header + films)
    ratings = "user_id:token\titem_id:token\trating:float\ttimestamp:float\na\t2\t3\t20\na\t1\t5\t10\n"
    (tmp_path / "ml-100k.inter").write_text(ratings)
    row = {"kind": "movielens", "attributes": ["genres", "decade"], "events": ["rating"]}
    found = DATASETS.build("movielens-100k", row).load(tmp_path)
    assert found.items["genres"].to_pylist() == [["Crime", "Thriller"], []]
    assert found.items["decade"].to_pylist() == [["1990s"], []]
    assert found.interactions["rating"].to_pylist() == [5.0, 3.0]
