import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.columns import DIVIDED
from itemvec.core.errors import DatasetError, ParamsError
from itemvec.datasets import DATASETS, Tables
from itemvec.datasets.encoded_ids import decoded
from itemvec.datasets.product_text import product_text, product_texts
from itemvec.protocol.histories import Histories
from itemvec.protocol.splits import split

HEADER = "user_id,parent_asin,rating,timestamp,history\n"
META: list[dict[str, Any]] = [
    {
        "main_category": "All Beauty",
        "title": "Pok\u00e9mon &amp; <b>friends</b>",
        "features": ["soft", ""],
        "description": [],
        "price": "\u2014",
        "images": [{"thumb": "https://a", "variant": "MAIN"}],
        "categories": ["Beauty", "Toys"],
        "details": {"Brand": "x", "Is Discontinued": False},
        "parent_asin": "A",
    },
    {"title": "Comb", "features": [], "description": ["A\ncomb."], "price": 3.5, "details": {}, "parent_asin": "B"},
    {"title": None, "features": [], "description": [], "categories": [], "price": None, "parent_asin": "C"},
    {"title": "Soap", "features": [], "description": [], "categories": [], "parent_asin": "D"},
    {"title": "Never reviewed", "features": [], "description": [], "categories": [], "parent_asin": "E"},
]
# user, item, time; cuts at 30 and 40, C has no text, and ann reviews A twice.
REVIEWS = [("ann", "B", 20), ("ann", "A", 10), ("ann", "A", 35), ("ann", "C", 30), ("ann", "D", 40), ("bob", "A", 50)]


def load(root: Path, **options: Any) -> Tables:
    return DATASETS.build("mine", {"kind": "amazon-reviews-2023", "category": "X", **options}).load(root)


def rows(tables: Tables) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in tables.interactions.to_pylist()]


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """Metadata, packed."""
    lines = "".join(f"{json.dumps(one)}\n" for one in META)
    (tmp_path / "meta_X.jsonl.gz").write_bytes(gzip.compress(lines.encode(), mtime=0))
    return tmp_path


@pytest.fixture
def divided(raw: Path) -> Path:
    """Files of the benchmark: a row with what came before for each first review of a user and an item."""
    (raw / "X.train.csv").write_text(f"{HEADER}ann,A,5.0,10,\nann,B,4.0,20,A\n")
    (raw / "X.valid.csv").write_text(f"{HEADER}ann,C,4.0,30,A B\n")
    (raw / "X.test.csv.gz").write_bytes(gzip.compress(f"{HEADER}ann,D,4.0,40,A B C\nbob,A,1.0,50,\n".encode(), mtime=0))
    return raw


def test_files_of_the_benchmark_bring_their_split(divided: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tables = load(divided)
    assert decoded(tables.interactions).schema == DIVIDED
    assert rows(tables) == [
        ("ann", "A", 10, "train"),
        ("ann", "B", 20, "train"),
        ("ann", "D", 40, "test"),
        ("bob", "A", 50, "test"),
    ]
    assert tables.items.to_pylist() == [
        {"item_id": "A", "text": "Pok\u00e9mon & friends soft. Beauty, Toys."},
        {"item_id": "B", "text": "Comb A comb.."},
        {"item_id": "D", "text": "Soap"},
    ]
    assert (
        "1 row left out: the interaction is with an item that has no text or is not there, as 'C'"
        in capsys.readouterr().out
    )


def test_raw_reviews_split_at_the_same_times_are_the_same(divided: Path) -> None:
    given = load(divided)
    for path in divided.glob("X.*"):
        path.unlink()
    lines = [{"user_id": user, "parent_asin": item, "timestamp": time, "text": "?"} for user, item, time in REVIEWS]
    (divided / "X.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in lines))
    found = load(divided)
    assert found.interactions.equals(given.interactions.drop_columns(["split"]))
    assert found.items.equals(given.items)
    whole = Histories.of(decoded(given.interactions), given.items["item_id"].combine_chunks())
    row = {"kind": "timestamp", "validation_from": 30, "test_from": 40}
    by_time, as_given = split(row, whole, found.interactions), split("given", whole, decoded(given.interactions))
    assert by_time.train.items.tolist() == as_given.train.items.tolist() == [0, 1]
    for part in (by_time, as_given):  # of bob nothing is known before
        assert part.test.judgments.items.tolist() == [2]
        assert part.test.histories.items.tolist() == [0, 1]
    assert by_time.audit(whole, np.asarray(found.interactions["timestamp"]))["test"] == 1


def test_ratings_before_the_split(raw: Path) -> None:
    (raw / "X.csv").write_text("user_id,parent_asin,rating,timestamp\nann,B,5.0,20\nann,A,5.0,10\n")
    assert rows(load(raw)) == [("ann", "A", 10), ("ann", "B", 20)]


def test_the_catalogue_can_be_all_and_the_core_less(divided: Path) -> None:
    assert load(divided, catalogue="all").items["item_id"].to_pylist() == ["A", "B", "D", "E"]
    assert load(divided, min_interactions=2).items["item_id"].to_pylist() == []
    (divided / "X.valid.csv").write_text(f"{HEADER}bob,B,4.0,30,\n")
    assert [row[:2] for row in rows(load(divided, min_interactions=2))] == [
        ("ann", "A"),
        ("ann", "B"),
        ("bob", "B"),
        ("bob", "A"),
    ]


def test_fields_are_chosen_and_ordered(divided: Path) -> None:
    tables = load(divided, text=["categories", "main_category"])
    assert tables.items["text"].to_pylist() == ["Beauty, Toys. All Beauty"]  # the others have neither
    with pytest.raises(ParamsError, match="option 'text' is"):
        load(divided, text=["titel"])
    with pytest.raises(ParamsError, match="text names no field"):
        load(divided, text=[])


def test_the_text_of_blair_letter_for_letter() -> None:
    """Worked out by hand from clean_text and feature_process."""
    product: list[Any] = ["Pok\u00e9mon &amp; <b>friends</b>", ["soft", ""], [], ["two  words\tand\nmore"]]
    assert product_text(product, ascii_only=True) == "Pok mon & friends soft, .  two words and more."
    fields = pa.table({name: [value] for name, value in zip("abd", [*product[:2], product[3]], strict=True)})
    assert product_texts(fields, ["a", "b", "d"], ascii_only=False).to_pylist() == [
        "Pok\u00e9mon & friends soft. two words and more."
    ]
    assert (
        product_text(["Pok\u00e9mon & friends", ["soft", ""], [], product[3]], ascii_only=False)
        == "Pok\u00e9mon & friends soft. two words and more."
    )
    assert product_text([None, None], ascii_only=False) == ""


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("X.valid.csv", None, r"X\.valid\.csv is missing; put it there, or run `itemvec fetch`"),
        ("meta_X.jsonl.gz", None, r"meta_X\.jsonl is missing"),
        ("meta_X.jsonl", "{}", r"meta_X\.jsonl and meta_X\.jsonl\.gz both exist"),
        ("X.csv", "user_id\n", r"X\.train\.csv and X\.csv both exist; keep one"),
        ("X.train.csv", "user_id,asin\n", r"X\.train\.csv: column 'parent_asin' is missing"),
        (
            "X.train.csv",
            HEADER + "ann,A,5.0,soon,\n",
            r"X\.train\.csv: timestamp is neither a whole number nor a date: 'soon' in row 1",
        ),
        (
            "X.train.csv",
            HEADER + "ann,A,5.0,,\n",
            r"X\.train\.csv: timestamp is missing: '' in row 1; give every row a time",
        ),
        (
            "X.test.csv.gz",
            gzip.compress(HEADER.encode(), mtime=0)[:-9].decode("latin-1"),
            r"X\.test\.csv\.gz cannot be read",
        ),
    ],
)
def test_bad_files_are_named(divided: Path, name: str, content: str | None, said: str) -> None:
    (divided / name).unlink(missing_ok=True)
    if content is not None:
        (divided / name).write_bytes(content.encode("latin-1"))
    with pytest.raises(DatasetError, match=said) as error:
        load(divided)
    assert "\n" not in error.value.message


def test_fields_of_products_and_reviews_are_kept(divided: Path) -> None:
    options: dict[str, Any] = {"attributes": ["categories", "main_category"], "events": ["rating"]}
    found = load(divided, **options)
    assert found.items["categories"].to_pylist() == [["Beauty", "Toys"], [], []]
    assert found.items["main_category"].to_pylist() == [["All Beauty"], [], []]
    assert found.interactions["rating"].to_pylist() == [5, 4, 4, 1]
    with pytest.raises(DatasetError, match="column 'verified_purchase' is missing"):
        load(divided, events=["verified_purchase"])
    for path in divided.glob("X.*.csv*"):
        path.unlink()
    review = {"user_id": "ann", "parent_asin": "A", "timestamp": 10, "verified_purchase": True}
    (divided / "X.jsonl").write_text(json.dumps(review))
    raw = load(divided, events=["verified_purchase", "rating"]).interactions.to_pylist()
    assert [(row["verified_purchase"], row["rating"]) for row in raw] == [(1.0, None)]
