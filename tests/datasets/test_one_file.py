"""A file with a query, a product and its relevance in each row becomes three tables."""

import os
from pathlib import Path
from typing import Any

import pytest

from itemvec.core.errors import DatasetError, ParamsError
from itemvec.datasets import DATASETS, Tables
from itemvec.datasets.reading import recorded

SHARED = os.environ.get("ITEMVEC_SHARED_DATA")
HOME_DEPOT = """"id","product_uid","product_title","search_term","relevance"
2,100001,"Simpson Strong-Tie 12-Gauge Angle","angle bracket",3
3,100001,"Simpson Strong-Tie 12-Gauge Angle","l bracket",2.5
9,100002,"BEHR Premium Textured DeckOver","deck over",1
16,100005,"Delta Vero 1-Handle Shower","deck over",2.33
17,100005,"Delta Vero 1-Handle Shower","deck over",2
"""


def load(root: Path, content: str, **options: Any) -> Tables:
    (root / "train.csv").write_text(content, encoding="latin-1")
    return DATASETS.build("mine", {"kind": "tables", "judgments": "train.csv", **options}).load(root)


def judged(tables: Tables) -> set[tuple[str, str, float]]:
    names = {row["query_id"]: row["text"] for row in tables.queries.to_pylist()}
    return {(names[row["query_id"]], row["item_id"], row["gain"]) for row in tables.qrels.to_pylist()}


def test_the_form_of_home_depot(tmp_path: Path) -> None:
    with recorded() as reading:
        tables = load(tmp_path, HOME_DEPOT, gain=2.0)
    assert tables.items.to_pylist() == [
        {"item_id": "100001", "text": "Simpson Strong-Tie 12-Gauge Angle"},
        {"item_id": "100002", "text": "BEHR Premium Textured DeckOver"},
        {"item_id": "100005", "text": "Delta Vero 1-Handle Shower"},
    ]
    assert judged(tables) == {
        ("angle bracket", "100001", 3),
        ("l bracket", "100001", 2.5),
        ("deck over", "100002", 0),
        ("deck over", "100005", 2.33),
    }
    assert reading.lines == [
        "train.csv: guessed: column 'search_term' is read as query; `columns: {query: ...}` names another",
        "train.csv: guessed: column 'product_uid' is read as item_id; `columns: {item_id: ...}` names another",
        "train.csv: guessed: column 'product_title' is read as text; `columns: {text: ...}` names another",
        "train.csv: guessed: column 'relevance' is read as gain; `columns: {gain: ...}` names another",
        "train.csv: not read: columns 'id'",
        "train.csv: 1 row left out: the query and item are judged more than once, and the highest counts",
    ]


def test_all_columns_can_be_named(tmp_path: Path) -> None:
    content = "q;p;name;maker;r\nr\u00f6d sko;7;Sko;Acme;E\nr\u00f6d sko;8;Hatt;;I\n"
    columns = {"query": "q", "item_id": "p", "text": ["name", "maker"], "gain": "r"}
    tables = load(tmp_path, content, columns=columns, gain={"E": 1.0, "I": 0.0}, encoding="latin-1")
    assert judged(tables) == {("r\u00f6d sko", "7", 1), ("r\u00f6d sko", "8", 0)}
    assert tables.items["text"].to_pylist() == ["Sko. Acme", "Hatt"]


def test_without_ids_the_same_text_is_one_item(tmp_path: Path) -> None:
    tables = load(tmp_path, "query,title,grade\na,Lamp,1\nb,Lamp,2\nb,Chair,0\n")
    assert sorted(tables.items["text"].to_pylist()) == ["Chair", "Lamp"]
    assert [len(table) for table in vars(tables).values()] == [2, 0, 2, 3]
    again = load(tmp_path, "query,title,grade\nb,Chair,0\nb,Lamp,2\na,Lamp,1\n")
    assert again.items.equals(tables.items)
    assert again.queries.equals(tables.queries)


def test_an_item_of_two_texts_has_the_first_and_it_is_counted(tmp_path: Path) -> None:
    with recorded() as reading:
        tables = load(tmp_path, "query,item_id,text,gain\na,1,Lamp,1\nb,1,Lamp!,1\n")
    assert tables.items.to_pylist() == [{"item_id": "1", "text": "Lamp"}]
    said = "the product stands there before, and the first counts; 1 have another text there"
    assert f"train.csv: 1 row left out: {said}" in reading.lines


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        ("words,item_id,text,gain\na,1,b,1\n", {}, "train.csv: column 'query' is missing"),
        ("query,item_id,gain\na,1,1\n", {}, "train.csv: column 'text' is missing"),
        ("query,item_id,text,y\na,1,b,1\n", {}, "column 'y' would go unread"),
        ("query,item_id,text,gain\na,1,b,E\n", {}, "gain is no number: 'E' in row 1"),
        (
            "query,item_id,text,gain\na,1,b,1\n",
            {"judgments": "trian.csv"},
            "trian.csv is missing; .*did you mean 'train.csv'",
        ),
    ],
)
def test_what_is_missing_is_named(tmp_path: Path, content: str, options: dict[str, Any], said: str) -> None:
    with pytest.raises(DatasetError, match=said):
        load(tmp_path, content, **options)


@pytest.mark.shared_data
@pytest.mark.skipif(not SHARED, reason="ITEMVEC_SHARED_DATA does not say where the data is")
def test_the_file_of_crowdflower_as_published() -> None:
    """As its own kind reads it, but for words that its reader mends."""
    row = {
        "kind": "tables",
        "judgments": "train.csv",
        "columns": {"text": ["product_title", "product_description"]},
        "gain": {1: 0.0, 2: 1.0, 3: 2.0, 4: 3.0},
        "markup": "remove",
    }
    root = Path(SHARED or "") / "crowdflower"
    tables, own = (DATASETS.build("x", one).load(root) for one in (row, {"kind": "crowdflower"}))
    assert [len(table) for table in vars(tables).values()] == [len(table) for table in vars(own).values()]
    assert tables.qrels["gain"].to_pylist()
    assert sum(tables.qrels["gain"].to_pylist()) == sum(own.qrels["gain"].to_pylist())


def test_items_of_their_own_and_interactions_beside_the_judgments(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text("id,title\n1,Lamp\n2,Chair\n3,Desk\n")
    (tmp_path / "interactions.csv").write_text("user_id,product\nu,3\nu,1\nv,9\n")
    columns = {
        "items": {"item_id": "id", "text": "title"},
        "interactions": {"item_id": "product", "timestamp": []},
        "judgments": {"item_id": "product_id", "query": "words", "gain": "label"},
    }
    content = "words,product_id,title,label\nlight,1,LAMP,2\nseat,2,CHAIR,1\nseat,7,SOFA,1\n"
    with recorded() as reading:
        tables = load(tmp_path, content, columns=columns, on_error="drop")
    assert tables.items["text"].to_pylist() == ["Lamp", "Chair", "Desk"]
    assert judged(tables) == {("light", "1", 2), ("seat", "2", 1)}
    assert [tuple(row.values()) for row in tables.interactions.to_pylist()] == [("u", "3", 0), ("u", "1", 1)]
    assert [line for line in reading.lines if "unknown" in line or "not there" in line]


def test_a_table_takes_names_of_roles_and_a_role_no_table(tmp_path: Path) -> None:
    for columns in ({"items": "id"}, {"item_id": {"text": "title"}}):
        with pytest.raises(ParamsError, match="below a table"):
            load(tmp_path, HOME_DEPOT, columns=columns)
