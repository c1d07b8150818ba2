"""Prompts, sieve, negatives and margins, on cases that are counted by hand."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.errors import ParamsError
from itemvec.core.top_k import Top
from itemvec.language_models.language_model import read
from itemvec.synthetic import (
    Shot,
    Sieve,
    by_text,
    margins,
    negatives,
    pairs_table,
    prompt,
    round_trip,
    sieved,
    write_all,
)
from tests.language_models import tiny


def test_a_prompt_shows_examples_and_ends_with_the_item() -> None:
    said = prompt("A red\nhat", [Shot("lamp", "Desk lamp")], 2)
    assert said.startswith("Write 2 different search queries")
    assert said.endswith("Item: Desk lamp\nQuery: lamp\n\nItem: A red hat\nQuery:")


def test_each_query_that_is_thrown_out_has_a_reason() -> None:
    texts = ["Red hat", "Blue hat", "Hose"]
    written = [["hat", "red  HAT", "red one", "Red one"], ["hat", "!", "lamp"], ["word " * 33, "water"]]
    found = sieved(written, [0, 1, 5], texts, {"lamp"})
    assert (found.queries, found.items) == (["red one", "water"], [0, 5])
    assert found.thrown == {
        "no word": 1,
        "more than 32 words": 1,
        "the text of the item itself": 1,
        "asked by people already": 1,
        "written twice for the item": 1,
        "written for several items": 2,
    }


def test_a_query_must_find_its_own_item() -> None:
    top = Top(np.array([[3, 1], [2, 0], [4, -1]]), np.zeros((3, 2), dtype=np.float32))
    found = Sieve(["a", "b", "c"], [3, 0, 7])
    assert round_trip(found, top, 1).queries == ["a"]
    kept = round_trip(found, top, 2)
    assert (kept.queries, kept.items, kept.thrown) == (["a", "b"], [3, 0], {"own item not among the first 2": 1})


def test_negatives_are_what_any_retriever_found_but_the_own_item() -> None:
    zeros = np.zeros((2, 2), dtype=np.float32)
    tops = [Top(np.array([[3, 1], [2, -1]]), zeros), Top(np.array([[1, 4], [2, -1]]), zeros)]
    rows, items = negatives(Sieve(["a", "b"], [3, 2]), tops, 5, np.random.default_rng(0))
    assert (rows.tolist(), items.tolist()) == ([0, 0], [1, 4])


def test_margins_are_differences_of_scores() -> None:
    """A scorer that counts letters: 5 - 2 and 5 - 3 of the first query, 2 - 3 of the third; the second has none."""
    texts = pa.array(["aaaaa", "bb", "ccc"])
    found = Sieve(["x", "y", "z"], [0, 2, 1])
    rows, mined = np.array([0, 0, 2]), np.array([1, 2, 2])

    def count(queries: Sequence[str], words: Sequence[Sequence[str]]) -> list[np.ndarray]:
        assert len(queries) == 3
        return [np.array([len(text) for text in some], dtype=np.float32) for some in words]

    margin = margins(count, found, rows, mined, texts)
    assert margin.tolist() == [3, 2, -1]
    table = pairs_table(
        found, pa.array(["q0", "q1", "q2"]), pa.array(["A", "B", "C"]), rows, mined, margin, "synthetic"
    )
    assert list(
        zip(*(table[name].to_pylist() for name in ("query", "item_id", "negative_id", "margin")), strict=True)
    ) == [
        ("x", "A", "B", 3),
        ("x", "A", "C", 2),
        ("y", "C", None, None),
        ("z", "B", "C", -1),
    ]
    assert set(table["gain"].to_pylist()) == {1}


def test_a_writer_that_was_stopped_goes_on(tmp_path: Path) -> None:
    """It ends with the same queries, also where a line was cut off, and asks for no item that is done."""
    ids, texts = [str(n) for n in range(70)], [f"text {n}" for n in range(70)]
    asked: list[str] = []
    stop = 40

    def write(names: Sequence[str], some: Sequence[str], seed: int) -> list[list[str]]:
        if "40" in names and len(asked) < stop:
            raise KeyboardInterrupt
        asked.extend(names)
        return [[f"{text} {seed}"] for text in some]

    with pytest.raises(KeyboardInterrupt):
        write_all(tmp_path / "w.jsonl", {"seed": 1}, ids, texts, write)
    with (tmp_path / "w.jsonl").open("a") as file:
        file.write('{"item_id": "32", "quer')
    stop = 0
    found = write_all(tmp_path / "w.jsonl", {"seed": 1}, ids, texts, write)
    assert asked == ids
    assert found == write_all(tmp_path / "whole.jsonl", {"seed": 1}, ids, texts, write)
    assert (tmp_path / "w.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    assert (
        len({json.loads(line)["queries"][0].split()[-1] for line in (tmp_path / "w.jsonl").open() if "item_id" in line})
        == 3
    )
    with pytest.raises(ParamsError, match="was written by another writer, or for other items"):
        write_all(tmp_path / "w.jsonl", {"seed": 2}, ids, texts, write)


def test_an_encoder_decoder_draws_by_its_seed(tmp_path: Path) -> None:
    tiny.t5(tmp_path / "t5")
    write = by_text(read("writer", str(tmp_path / "t5"), None, "float32"), 3)
    first, same, other = (write(["a", "b"], ["red hat", "a long green garden hose"], seed) for seed in (1, 1, 2))
    assert [len(some) for some in first] == [3, 3]
    assert first == same != other
