"""Raw files as people have them become the row of a data set that reads them."""

import gzip
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from itemvec.commands.setup.questions import ask_column, ask_gains
from itemvec.commands.setup.raw_files import Given, columns_of
from itemvec.commands.setup.trial_reading import read_once
from itemvec.commands.setup.understanding import Understanding, understand
from itemvec.core.errors import DatasetError, ParamsError
from itemvec.datasets import Tables

HOME_DEPOT = """"id","product_uid","product_title","search_term","relevance"
2,100001,"Angle \xbd in.","angle bracket",3
3,100001,"Angle \xbd in.","l bracket",2.5
9,100002,"DeckOver","deck over",1
16,100005,"Shower","deck over",2.33
"""
CROWDFLOWER = """"id","query","product_title","product_description","median_relevance","relevance_variance"
"1","lamp","Desk Lamp","A lamp
for desks","4","0"
"2","lamp","Chair","","1","0.4"
"3","wooden chair","Chair","","3","0.2"
"""


def understood(**given: Any) -> Understanding:
    return understand(Given(**given), ask_column, ask_gains)


def tables_of(found: Understanding) -> Tables:
    return read_once("mine", found, strict=True).tables


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_text(text, encoding=encoding)
    return path


def test_a_file_of_home_depot_in_latin_1(tmp_path: Path) -> None:
    found = understood(items=write(tmp_path / "train.csv", HOME_DEPOT, "latin-1"))
    assert found.files == {"judgments.csv": tmp_path / "train.csv"}
    assert found.row == {
        "kind": "tables",
        "judgments": "judgments.csv",
        "columns": {"query": "search_term", "item_id": "product_uid", "gain": "relevance", "text": "product_title"},
        "gain": 2.0,
    }
    tables = tables_of(found)
    assert tables.items["text"].to_pylist() == ["Angle \xbd in.", "DeckOver", "Shower"]
    assert sorted(tables.queries["text"].to_pylist()) == ["angle bracket", "deck over", "l bracket"]
    assert sorted(tables.qrels["gain"].to_pylist()) == [0, 2.33, 2.5, 3]
    assert [line for line in found.parts[0].sheet.remarks if "read as cp1252" in line]


def test_a_file_of_crowdflower(tmp_path: Path) -> None:
    found = understood(judgments=write(tmp_path / "train.csv", CROWDFLOWER))
    assert found.row["columns"] == {"gain": "median_relevance", "text": ["product_title", "product_description"]}
    assert found.row["gain"] == 3.0  # the first grade that is not below 2.5, the middle of 1 and 4
    tables = tables_of(found)
    assert sorted(tables.items["text"].to_pylist()) == ["Chair", "Desk Lamp. A lamp\nfor desks"]
    assert sorted(tables.qrels["gain"].to_pylist()) == [0, 3, 4]


def test_files_of_esci(tmp_path: Path) -> None:
    products = {
        "product_id": ["a", "b", "c"],
        "product_title": ["Lamp", "Chair", "Desk"],
        "product_brand": ["X", "", ""],
    }
    pq.write_table(pa.table(products), tmp_path / "products.parquet")
    examples = {"query": ["light", "light", "seat"], "query_id": [1, 1, 2], "product_id": ["a", "b", "b"]}
    examples |= {"esci_label": ["E", "I", "S"], "split": ["train", "train", "test"]}
    pq.write_table(pa.table(examples), tmp_path / "examples.parquet")
    found = understood(items=tmp_path / "products.parquet", judgments=tmp_path / "examples.parquet")
    assert found.row["gain"] == {"E": 1.0, "S": 0.1, "I": 0.0}
    assert found.row["columns"] == {
        "item_id": "product_id",
        "text": ["product_title", "product_brand"],
        "gain": "esci_label",
    }
    tables = tables_of(found)
    assert tables.items["text"].to_pylist() == ["Lamp. X", "Chair", "Desk"]
    assert [tuple(row.values()) for row in tables.qrels.to_pylist()] == [("1", "a", 1), ("1", "b", 0), ("2", "b", 0.1)]
    assert tables.queries["split"].to_pylist() == ["train", "test"]


def test_semicolons_and_names_that_differ_between_files(tmp_path: Path) -> None:
    items = write(tmp_path / "Artikel.csv", "Artikelnummer;Name;Preis\n17;R\xf6hre;1,5\n18;Stuhl;2\n", "cp1252")
    clicks = write(tmp_path / "log.csv", "customer,product_id,date\nu,17,2024-02-28 21:00\nu,18,2024-03-01 08:00\n")
    found = understood(items=items, interactions=clicks)
    assert found.row["columns"] == {
        "items": {"item_id": "Artikelnummer"},
        "interactions": {"item_id": "product_id"},
        "text": "Name",
        "user_id": "customer",
        "timestamp": "date",
    }
    tables = tables_of(found)
    assert tables.items["text"].to_pylist() == ["R\xf6hre", "Stuhl"]
    assert tables.interactions["timestamp"].to_pylist() == [1709154000, 1709280000]


def test_excel(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in [("SKU", "Title", "Brand", "Price"), (7, "Lamp", "Acme", 1.5), (8, "Chair", None, 2)]:
        book.active.append(row)
    book.save(tmp_path / "catalogue.xlsx")
    judged = write(tmp_path / "labels.tsv", "keyword\tsku\tgrade\nlight\t7\t1\nseat\t8\t1\nseat\t7\t0\n")
    found = understood(items=tmp_path / "catalogue.xlsx", judgments=judged)
    assert found.files == {"items.xlsx": tmp_path / "catalogue.xlsx", "judgments.tsv": judged}
    tables = tables_of(found)
    assert tables.items.to_pylist() == [{"item_id": "7", "text": "Lamp. Acme"}, {"item_id": "8", "text": "Chair"}]
    assert len(tables.qrels) == 3


def test_json_lines_packed_by_gzip_with_fields_that_are_no_texts(tmp_path: Path) -> None:
    lines = '{"asin": "a", "title": "Lamp", "images": [{"url": "x"}]}\n{"asin": "b", "title": "Chair", "images": []}\n'
    (tmp_path / "meta.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    reviews = '{"reviewerID": "u", "asin": "a", "overall": 5.0, "unixReviewTime": 1394496000}\n'
    (tmp_path / "reviews.json.gz").write_bytes(gzip.compress(reviews.encode()))
    found = understood(items=tmp_path / "meta.jsonl.gz", interactions=tmp_path / "reviews.json.gz")
    assert set(found.files) == {"items.jsonl.gz", "interactions.jsonl.gz"}
    assert found.parts[0].sheet.unusable == ["images"]
    assert found.row["columns"]["timestamp"] == "unixReviewTime"
    assert tables_of(found).interactions.to_pylist() == [{"user_id": "u", "item_id": "a", "timestamp": 1394496000}]


def test_clicks_are_judgments_without_a_grade(tmp_path: Path) -> None:
    items = write(tmp_path / "items.csv", "item_id,text\n1,Lamp\n2,Chair\n")
    clicks = write(tmp_path / "clicks.csv", "query,item_id,position\nlight,1,3\nlight,1,1\nseat,2,1\n")
    found = understood(items=items, clicks=clicks)
    assert found.row["columns"] == {"gain": []}
    assert tables_of(found).qrels["gain"].to_pylist() == [1, 1]


def test_the_ids_of_the_items_tell_which_column_names_them(tmp_path: Path) -> None:
    items = write(tmp_path / "items.csv", "item_id,text\np1,Lamp\np2,Chair\n")
    log = write(tmp_path / "log.csv", "user,item,what\nu,order-1,p1\nu,order-2,p2\nv,order-3,p1\n")
    found = understood(items=items, interactions=log)
    assert found.row["columns"]["interactions"] == {"item_id": "what"}
    assert found.row["columns"]["timestamp"] == []
    assert tables_of(found).interactions["timestamp"].to_pylist() == [0, 1, 2]


def test_atomic_files_of_recbole_are_taken_together(tmp_path: Path) -> None:
    write(tmp_path / "S.text", "item_id:token\ttext:token_seq\na\tLamp\nb\tChair\nc\tDesk\n")
    write(tmp_path / "S.inter", "user_id:token\titem_id:token\nu\ta\nu\tb\nu\tc\n")
    found = understood(items=tmp_path / "S.text")
    assert found.row == {"kind": "recbole"} == understood(interactions=tmp_path / "S.inter").row
    with pytest.raises(ParamsError, match="leave out --on-error"):
        understood(items=tmp_path / "S.text", row={"on_error": "drop"})
    with pytest.raises(ParamsError, match="no file of items"):
        understood(interactions=write(tmp_path / "log.csv", "user_id,item_id\nu,a\n"))
    assert set(found.files) == {"S.text", "S.inter"}
    assert len(tables_of(found).interactions) == 3


@pytest.mark.parametrize(
    ("text", "given", "said"),
    [
        ("a,b\n1,2\n1,2\n", {}, "write --columns items.item_id=NAME, one of a, b"),
        ("query,title,label\nx,Lamp,warm\nx,Chair,cold\n", {}, "--gain 'cold=0,warm=1'"),
        ("id,title\n1,Lamp\n", {"columns": {"text": ["titel"]}}, "there is no such column; did you mean 'title'?"),
    ],
)
def test_what_only_the_user_knows_is_one_line(tmp_path: Path, text: str, given: dict[str, Any], said: str) -> None:
    with pytest.raises(DatasetError) as caught:
        understood(items=write(tmp_path / "products.csv", text), **given)
    assert said in caught.value.message
    assert "\n" not in caught.value.message


def test_named_columns_win(tmp_path: Path) -> None:
    path = write(tmp_path / "products.csv", "id,sku,title,maker\n1,a,Lamp,X\n2,b,Chair,Y\n")
    found = understood(items=path, columns=columns_of(("item_id=sku,text=title+maker",)))
    assert found.row["columns"] == {"item_id": "sku", "text": ["title", "maker"]}
    for wrong in ("sku", "item_idd=sku", "item_id=", "products.item_id=sku"):
        with pytest.raises(ParamsError, match="--columns"):
            columns_of((wrong,))
