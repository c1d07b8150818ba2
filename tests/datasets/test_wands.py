from pathlib import Path
from typing import Any

import pytest

from itemvec.core.columns import DIVIDED_QUERIES, QUERIES
from itemvec.core.errors import DatasetError, ParamsError
from itemvec.datasets import DATASETS, Tables
from itemvec.datasets.hash_split import divided

PRODUCTS = (
    "product_id\tproduct_name\tproduct_class\tcategory hierarchy\tproduct_description\tproduct_features\t"
    "rating_count\taverage_rating\treview_count\n"
    '0\tplatform bed\tBeds\tFurniture / Beds\t"a ""solid""\nbed"\tcolor:red|size:64.7\t15.0\t4.5\t15.0\n'
    "1\t27.5 '' armchair\tAccent Chairs\t\t\t\t\t\t\n"
)
QUERY_LINES = 'query_id\tquery\tquery_class\n3\t"48"" bed"\tBeds\n4\tdull chair\t\n5\tnothing\tBeds\n'
LABELS = "id\tquery_id\tproduct_id\tlabel\n0\t3\t0\tExact\n1\t3\t1\tIrrelevant\n2\t4\t1\tPartial\n3\t5\t1\tIrrelevant\n"


def load(root: Path, labels: str = LABELS, **options: Any) -> Tables:
    for name, content in (("product", PRODUCTS), ("query", QUERY_LINES), ("label", labels)):
        (root / f"{name}.csv").write_text(content)
    return DATASETS.build("mine", {"kind": "wands", **options}).load(root)


def gains(tables: Tables) -> dict[tuple[str, str], float]:
    return {(row["query_id"], row["item_id"]): row["gain"] for row in tables.qrels.to_pylist()}


def test_the_files_become_tables(tmp_path: Path) -> None:
    tables = load(tmp_path)
    assert tables.items.to_pylist() == [
        {"item_id": "0", "text": 'platform bed. a "solid" bed'},
        {"item_id": "1", "text": "27.5 '' armchair"},
    ]
    assert tables.queries.schema == QUERIES
    assert tables.queries["text"].to_pylist() == ['48" bed', "dull chair"]
    assert gains(tables) == {("3", "0"): 1, ("3", "1"): 0, ("4", "1"): 0.5}


def test_options(tmp_path: Path) -> None:
    tables = load(tmp_path, exact_only=True, text=["product_name", "category hierarchy", "product_features"])
    assert tables.items["text"][0].as_py() == "platform bed. Furniture / Beds. color:red|size:64.7"
    assert gains(tables) == {("3", "0"): 1, ("3", "1"): 0}
    assert gains(load(tmp_path, gains={"Exact": 2, "Partial": 1, "Irrelevant": 0}))["4", "1"] == 1
    queries = load(tmp_path, divided=True).queries
    assert queries.schema == DIVIDED_QUERIES
    assert queries["split"].to_pylist() == divided(queries["text"]).to_pylist()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("9\t3\t0\tExakt\n", r"label\.csv: 1 rows have a label like 'Exakt'; did you mean 'Exact'\?"),
        ("9\t7\n", r"label\.csv: row 5 \(line 6\) has 2 fields, the header has 4"),
    ],
)
def test_lines_that_do_not_fit_are_named(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(DatasetError, match=said):
        load(tmp_path, LABELS + line)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("9\t3\t8\tExact\n", "1 row left out: the judgment has an unknown item_id, as '8'"),
        ("9\t7\t0\tExact\n", "1 row left out: the judgment has an unknown query_id, as '7'"),
    ],
)
def test_a_judgment_of_what_is_not_there_is_counted(
    tmp_path: Path, line: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert load(tmp_path, LABELS + line).qrels.equals(load(tmp_path, LABELS).qrels)
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "said"), [({"gains": {"Exact": 1}}, "gains lack the label 'Irrelevant'"), ({"text": []}, "no column")]
)
def test_options_that_do_not_fit_are_refused(tmp_path: Path, options: dict[str, Any], said: str) -> None:
    with pytest.raises(ParamsError, match=said):
        load(tmp_path, **options)


def test_classes_and_levels_of_the_hierarchy_are_attributes(tmp_path: Path) -> None:
    items = load(tmp_path, attributes=["product_class", "category hierarchy"]).items
    assert items["product_class"].to_pylist() == [["Beds"], ["Accent Chairs"]]
    assert items["category hierarchy"].to_pylist() == [["Furniture", "Beds"], []]
    assert items["text"].to_pylist() == load(tmp_path).items["text"].to_pylist()
