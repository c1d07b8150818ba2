from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from itemvec.core.columns import DIVIDED_QUERIES, QRELS
from itemvec.core.errors import DatasetError, ParamsError
from itemvec.datasets import DATASETS, Tables
from itemvec.datasets.hash_split import places

NAME = "shopping_queries_dataset"
EXAMPLES = [
    "query",
    "query_id",
    "product_id",
    "product_locale",
    "esci_label",
    "small_version",
    "large_version",
    "split",
]
ROWS = [
    ("lamp without cord", 7, "A", "us", "E", 1, 1, "train"),
    ("lamp without cord", 7, "B", "us", "S", 1, 1, "train"),
    ("red chair", 9, "B", "us", "C", 1, 1, "test"),
    ("red chair", 9, "C", "us", "I", 1, 1, "test"),
    ("red chair", 9, "A", "us", "E", 1, 1, "test"),
    ("easy", 11, "A", "us", "E", 0, 1, "test"),
    ("silla", 20, "A", "es", "E", 1, 1, "test"),
]
PRODUCTS = ["product_id", "product_title", "product_description", "product_bullet_point", "product_brand"]
ITEMS = [
    ("A", "Lamp", "<p>Bright &amp; small.</p>", "LED\nUSB", "X", None, "us"),
    ("B", "Chair", None, None, None, "red", "us"),
    ("C", "Cord", "", None, None, None, "us"),
    ("D", "Never judged", None, None, None, None, "us"),
    ("A", "Silla", None, None, None, None, "es"),
]


def table(rows: list[tuple[Any, ...]], names: list[str]) -> pa.Table:
    return pa.table([list(column) for column in zip(*rows, strict=True)], names)


def write(root: Path, rows: list[tuple[Any, ...]] = ROWS, items: list[tuple[Any, ...]] = ITEMS) -> None:
    examples = table(rows, EXAMPLES).add_column(0, "example_id", pa.array(range(len(rows))))
    pq.write_table(examples, root / f"{NAME}_examples.parquet")
    pq.write_table(table(items, [*PRODUCTS, "product_color", "product_locale"]), root / f"{NAME}_products.parquet")
    (root / f"{NAME}_sources.csv").write_text("query_id,source\n7,negations\n9,other\n11,behavioral\n")


def load(root: Path, **options: Any) -> Tables:
    return DATASETS.build("mine", {"kind": "esci", "validation": 0.0, **options}).load(root)


def gains(tables: Tables) -> dict[tuple[str, str], float]:
    return {(row["query_id"], row["item_id"]): row["gain"] for row in tables.qrels.to_pylist()}


def test_judged_products_of_a_locale(tmp_path: Path) -> None:
    write(tmp_path)
    tables = load(tmp_path)
    assert tables.items.to_pylist() == [
        {"item_id": "A", "text": "Lamp. Bright & small."},
        {"item_id": "B", "text": "Chair"},
        {"item_id": "C", "text": "Cord"},
    ]
    assert tables.queries.to_pylist() == [
        {"query_id": "7", "text": "lamp without cord", "group": "given", "split": "train"},
        {"query_id": "9", "text": "red chair", "group": "given", "split": "test"},
    ]
    found = {("7", "A"): 1, ("7", "B"): 0.1, ("9", "A"): 1, ("9", "B"): 0.01, ("9", "C"): 0}
    assert gains(tables) == found
    assert (tables.queries.schema, tables.qrels.schema) == (DIVIDED_QUERIES, QRELS)


@pytest.mark.parametrize(
    ("options", "queries", "items"),
    [
        ({"version": "large"}, ["11", "7", "9"], ["A", "B", "C"]),
        ({"catalogue": "all"}, ["7", "9"], ["A", "B", "C", "D"]),
        ({"splits": ["train"]}, ["7"], ["A", "B"]),
        ({"locale": "es"}, ["20"], ["A"]),
    ],
)
def test_options_choose_queries_and_products(
    tmp_path: Path, options: dict[str, Any], queries: list[str], items: list[str]
) -> None:
    write(tmp_path)
    tables = load(tmp_path, **options)
    assert tables.queries["query_id"].to_pylist() == queries
    assert tables.items["item_id"].to_pylist() == items


def test_texts_of_several_columns(tmp_path: Path) -> None:
    write(tmp_path)
    texts = load(tmp_path, text=["product_title", "product_brand", "product_color", "product_bullet_point"]).items
    assert texts["text"].to_pylist() == ["Lamp. X. LED USB", "Chair. red", "Cord"]


def test_gains_may_be_others_or_of_exact_matches_alone(tmp_path: Path) -> None:
    write(tmp_path)
    relevant = {pair for pair, gain in gains(load(tmp_path, exact_only=True)).items() if gain}
    assert relevant == {("7", "A"), ("9", "A")}
    other = gains(load(tmp_path, gains={"E": 3, "S": 2, "C": 1, "I": 0}))
    assert [other[pair] for pair in (("7", "A"), ("7", "B"), ("9", "B"), ("9", "C"))] == [3, 2, 1, 0]


def test_a_share_of_the_training_queries_is_set_aside(tmp_path: Path) -> None:
    texts = [f"lamp {number}" for number in range(200)]
    write(tmp_path, [(text, row, "A", "us", "E", 1, 1, "train") for row, text in enumerate(texts)])
    queries = load(tmp_path, validation=0.2).queries
    aside = set(queries["text"].filter(pa.compute.equal(queries["split"], "validation")).to_pylist())
    assert aside == {text for text in texts if places(pa.array([text]))[0] < 0.2}
    assert len(aside) / len(texts) == pytest.approx(0.2, abs=5 * (0.2 * 0.8 / 200) ** 0.5)


def test_the_same_words_are_one_query_and_of_the_test_if_any_is(tmp_path: Path) -> None:
    write(tmp_path, [*ROWS, ("red chair", 10, "B", "us", "E", 1, 1, "train")])
    tables = load(tmp_path)
    assert tables.queries["split"].to_pylist() == ["train", "test"]
    assert gains(tables)["9", "B"] == max(0.01, 1)


def test_groups_by_source(tmp_path: Path) -> None:
    write(tmp_path)
    assert load(tmp_path, groups="source").queries["group"].to_pylist() == ["negations", "other"]
    (tmp_path / f"{NAME}_sources.csv").write_text("query_id,source\n7,negations\n")
    with pytest.raises(DatasetError, match=r"sources\.csv: has no line for query '9'; add it"):
        load(tmp_path, groups="source")


def test_a_product_without_a_text_is_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, items=[("A", None, " ", None, None, None, "us"), *ITEMS[1:]])
    assert load(tmp_path).queries["query_id"].to_pylist() == ["7", "9"]
    assert load(tmp_path).items["item_id"].to_pylist() == ["B", "C"]
    assert "1 row left out: the item has no text" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("x", 1, "A", "us", "Exact", 1, 1, "test"), r"examples\.parquet: 1 rows have a label like 'Exact'"),
        (("x", 1, "A", "us", "E", 1, 1, None), "split is 'None'"),
        (("x", 1, "A", "us", "E", 1, 1, "dev"), r"split is 'dev'; choose from test, train"),
    ],
)
def test_rows_that_do_not_fit_are_named(tmp_path: Path, row: tuple[Any, ...], said: str) -> None:
    write(tmp_path, [*ROWS, row])
    with pytest.raises(DatasetError, match=said):
        load(tmp_path)


def test_files_that_do_not_fit_are_named(tmp_path: Path) -> None:
    write(tmp_path)
    with pytest.raises(DatasetError, match="no row of locale 'jp' is in the small version"):
        load(tmp_path, locale="jp")
    examples, products = (tmp_path / f"{NAME}_{name}.parquet" for name in ("examples", "products"))
    raw = pq.read_table(examples)
    pq.write_table(raw.set_column(6, "small_version", pa.array([True] * len(raw))), examples)
    with pytest.raises(DatasetError, match="column 'small_version' is of type bool; expected strings or whole numbers"):
        load(tmp_path)
    pq.write_table(raw, examples)
    whole = products.read_bytes()
    products.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DatasetError, match=r"products\.parquet cannot be read: Parquet magic bytes not found"):
        load(tmp_path)
    pq.write_table(table([("A", "us")], ["product_id", "product_locale"]), products)
    with pytest.raises(DatasetError, match=r"products\.parquet: column 'product_title' is missing"):
        load(tmp_path)
    products.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:25\nsize 1108857465\n")
    with pytest.raises(
        DatasetError, match=r"products\.parquet is a pointer of Git LFS to the file; run `git lfs pull`"
    ):
        load(tmp_path)
    products.unlink()
    with pytest.raises(DatasetError, match=r"products\.parquet is missing; put it there, or run `itemvec fetch`"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"gains": {"E": 1.0, "S": 0.5, "I": 0.0}}, "gains lack the label 'C'"),
        ({"gains": {"Exact": 1.0}}, "'E', 'S', 'C' or 'I'"),
        ({"text": []}, "text names none"),
        ({"splits": []}, "splits names none"),
        ({"locale": "de"}, "'us', 'es' or 'jp'"),
    ],
)
def test_options_that_do_not_fit_are_refused(tmp_path: Path, options: dict[str, Any], said: str) -> None:
    with pytest.raises(ParamsError, match=said):
        load(tmp_path, **options)
