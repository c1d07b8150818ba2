import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from itemvec.core.columns import DIVIDED
from itemvec.core.errors import DatasetError
from itemvec.datasets import DATASETS, Tables
from itemvec.datasets.encoded_ids import decoded
from itemvec.protocol.histories import Histories
from itemvec.protocol.splits import split

SHARED = os.environ.get("ITEMVEC_SHARED_DATA")
INTER = "user_id:token\titem_id:token\trating:float\ttimestamp:float\n"
PREFIXES = "user_id:token\titem_id_list:token_seq\titem_id:token\n"


def load(root: Path, **options: Any) -> Tables:
    return DATASETS.build("mine", {"kind": "recbole", **options}).load(root)


def rows(tables: Tables) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in tables.interactions.to_pylist()]


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    (tmp_path / "x.item").write_text("item_id:token\ttitle:token_seq\tprice:float\n1\tA hat\t3.50\n2\tA cap\t\n")
    (tmp_path / "x.inter").write_text(INTER + "u\t2\t5\t20\nu\t1\t5\t10\n")
    return tmp_path


def test_columns_of_any_type_make_the_text(raw: Path) -> None:
    tables = load(raw, text=["title", "price"])
    assert tables.items["text"].to_pylist() == ["A hat. 3.50", "A cap"]
    assert rows(tables) == [("u", "1", 10), ("u", "2", 20)]


def test_without_times_interactions_are_in_order(raw: Path) -> None:
    (raw / "x.inter").write_text("item_id:token\tuser_id:token\n2\tv\n1\tu\n2\tu\n")
    assert rows(load(raw, text=["title"])) == [("u", "1", 1), ("u", "2", 2), ("v", "2", 0)]


def test_files_of_interactions_can_be_a_split(raw: Path) -> None:
    (raw / "x.inter").unlink()
    for word, line in (("train", "u\t1\t5\t10\n"), ("valid", "u\t2\t5\t20\n"), ("test", "u\t1\t5\t30\n")):
        (raw / f"x.{word}.inter").write_text(INTER + line)
    tables = load(raw, text=["title"])
    assert decoded(tables.interactions).schema == DIVIDED
    assert rows(tables) == [("u", "1", 10, "train"), ("u", "2", 20, "validation"), ("u", "1", 30, "test")]


def prefixes(root: Path, **lines: list[str]) -> None:
    """Files of prefixes over two users and six items, whose interactions name indices."""
    (root / "x.item2index").write_text("".join(f"item{i}\t{i}\n" for i in range(6)))
    (root / "x.user2index").write_text("ann\t0\nbob\t1\n")
    (root / "x.text").write_text(
        "item_id:token\ttext:token_seq\n" + "".join(f"item{i}\ttext {i}\n" for i in range(5, -1, -1))
    )
    for word in ("train", "valid", "test"):
        body = "".join(f"{line}\n" for line in lines.get(word, []))
        (root / f"x.{word}.inter").write_text(PREFIXES + body.replace(",", "\t"))


@pytest.mark.parametrize("forward", [True, False])
def test_prefixes_become_histories(tmp_path: Path, forward: bool) -> None:
    """Ann did 0 1 2 3 4 5, of which a prefix shows two; Bob did 5 4 3, of which nothing was trained on."""
    train = ["0,0,1", "0,0 1,2", "0,1 2,3"]
    prefixes(
        tmp_path,
        train=train if forward else train[::-1],
        valid=["0,2 3,4", "1,5,4"],
        test=["0,3 4,5", "1,5 4,3"],
    )
    parts = ["train"] * 4 + ["validation", "test"]
    ann = [("ann", f"item{i}", i, part) for i, part in enumerate(parts)]
    bob = [("bob", "item5", 0, "history"), ("bob", "item4", 1, "validation"), ("bob", "item3", 2, "test")]
    tables = load(tmp_path)
    assert rows(tables) == ann + bob
    assert tables.items["item_id"].to_pylist() == [f"item{i}" for i in range(6)]


def test_an_empty_prefix_is_no_item(tmp_path: Path) -> None:
    prefixes(tmp_path, train=["0,,1"], valid=["0,1,2"], test=["0,1 2,3"])
    assert [row[1:3] for row in rows(load(tmp_path))] == [("item1", 1), ("item2", 2), ("item3", 3)]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ({"train": ["0,0,1", "0,0 1 2,3"]}, "in 1 rows the item_id_list does not end with .* first for user '0'"),
        ({"train": ["2,0,1"]}, "x.user2index: has no line for index 2"),
    ],
)
def test_what_does_not_fit_together_is_said(tmp_path: Path, lines: dict[str, list[str]], said: str) -> None:
    prefixes(tmp_path, **lines)
    with pytest.raises(DatasetError, match=said):
        load(tmp_path)


def test_files_that_do_not_fit_are_named(raw: Path) -> None:
    with pytest.raises(DatasetError, match=r"x\.item: column 'titel' is missing; did you mean 'title'"):
        load(raw, text=["titel"])
    (raw / "x.test.inter").write_text(INTER)
    with pytest.raises(DatasetError, match=r"x\.inter and x\.test\.inter both exist"):
        load(raw, text=["title"])
    (raw / "x.test.inter").rename(raw / "y.inter")
    with pytest.raises(DatasetError, match="of one name, found x, y; say which in the option 'name'"):
        load(raw, text=["title"])
    assert len(load(raw, text=["title"], name="x").interactions) == 2
    with pytest.raises(DatasetError, match=r"z\.inter is missing"):
        load(raw, text=["title"], name="z")


@pytest.mark.shared_data
@pytest.mark.skipif(not SHARED, reason="ITEMVEC_SHARED_DATA does not say where the data is")
def test_the_given_split_of_scientific_comes_out_exactly() -> None:
    """59,427 interactions, as published; the rows show 59,384, since a prefix is cut at 50 items."""
    tables = load(Path(SHARED or "") / "scientific")
    assert (len(tables.items), len(tables.interactions)) == (4385, 59_427)
    interactions = decoded(tables.interactions)
    whole = Histories.of(interactions, tables.items["item_id"].combine_chunks())
    parts = split({"kind": "given", "max_history": 50}, whole, interactions)
    assert parts.audit(whole) == {"train": 59_427 - 2 * 8442, "validation": 8442, "test": 8442}
    assert len(set(parts.test.judgments.ids.to_pylist())) == len(parts.train) == 8442
    last = split({"kind": "leave-one-out", "max_history": 50}, whole)
    for given, left in ((parts.validation, last.validation), (parts.test, last.test)):
        assert np.array_equal(given.histories.items, left.histories.items)
        assert np.array_equal(given.judgments.items, left.judgments.items)
    names, asked = tables.items["item_id"].to_pylist(), {}
    index = dict(line.split("\t") for line in _lines("item2index"))
    users = dict(line.split("\t") for line in _lines("user2index"))
    for user, block in zip(parts.test.histories.users.to_pylist(), parts.test.histories.blocks(1), strict=True):
        asked[users[user]] = " ".join(index[names[item]] for item in block.items)
    assert asked == dict(line.split("\t")[:2] for line in _lines("test.inter")[1:])


def _lines(kind: str) -> list[str]:
    return (Path(SHARED or "") / "scientific" / f"Scientific.{kind}").read_text().splitlines()
