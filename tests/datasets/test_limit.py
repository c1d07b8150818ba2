from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from itemvec.commands.main import main
from itemvec.core.errors import DatasetError
from itemvec.core.options import Pattern
from itemvec.datasets.beir import Beir
from itemvec.datasets.limit import make_limit
from itemvec.metrics import Judgments
from itemvec.protocol.judgments import judge
from itemvec.studies.judgment_graph import entanglement


def made(folder: Path, items: int, queries: int, k: int, pattern: Pattern) -> Judgments:
    make_limit(folder, items, queries, k, pattern, likes=6, seed=0)
    tables = Beir().load(folder)
    assert (len(tables.items), len(tables.queries)) == (items, queries)
    return judge(tables.qrels, tables.queries["query_id"].combine_chunks(), tables.items["item_id"].combine_chunks())


@pytest.mark.parametrize("pattern", ["dense", "random", "cycle", "disjoint"])
def test_every_query_wants_k_items_that_no_other_wants_together(tmp_path: Path, pattern: Pattern) -> None:
    found = made(tmp_path / "data", 40, 12, 3, pattern)
    sets = {tuple(found.items[start : start + 3]) for start in range(0, 36, 3)}
    assert np.array_equal(found.offsets, np.arange(13) * 3)
    assert len(sets) == 12
    assert all(len(set(one)) == 3 for one in sets)


def test_patterns_by_hand(tmp_path: Path) -> None:
    dense = made(tmp_path / "dense", 20, 10, 2, "dense")  # of five items all ten pairs
    assert set(zip(dense.items[::2], dense.items[1::2], strict=True)) == set(combinations(np.unique(dense.items), 2))
    assert len(np.unique(dense.items)) == 5
    assert entanglement(made(tmp_path / "cycle", 10, 10, 2, "cycle"))["degree"] == 2
    assert entanglement(made(tmp_path / "disjoint", 20, 10, 2, "disjoint"))["query_strength"] == 0


def test_a_person_likes_what_the_queries_that_want_them_ask_for(tmp_path: Path) -> None:
    make_limit(tmp_path / "data", 8, 20, 2, "dense", likes=6, seed=0)
    tables = Beir().load(tmp_path / "data")
    texts = dict(zip(tables.items["item_id"].to_pylist(), tables.items["text"].to_pylist(), strict=True))
    wanted = {(row["query_id"], row["item_id"]) for row in tables.qrels.to_pylist()}
    for row in tables.queries.to_pylist():
        like = row["text"].removeprefix("Who likes ").removesuffix("?")
        for item, text in texts.items():
            likes = text.removesuffix(".").split(" likes ")[1].split(", ")
            assert len(likes) == len(set(likes)) >= 6
            assert (like in likes) == ((row["query_id"], item) in wanted)


def test_equal_arguments_are_equal_bytes(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        make_limit(tmp_path / name, 30, 10, 2, "random", likes=5, seed=seed)
    a, b, c = ([(tmp_path / name / f"{one}.jsonl").read_bytes() for one in ("corpus", "qrels")] for name in "abc")
    assert a == b
    assert a[0] != c[0]
    assert a[1] != c[1]


def test_more_than_there_are_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="46 queries for 2 of 10 items, dense, are more than the 45 there are"):
        make_limit(tmp_path / "data", 10, 46, 2, "dense", likes=5, seed=0)
    with pytest.raises(DatasetError, match="take more than the 13,786 likes there are"):
        make_limit(tmp_path / "data", 200, 14_000, 2, "dense", likes=5, seed=0)
    done = CliRunner().invoke(main, ["make-limit", str(tmp_path / "data"), "--items", "3", "--k", "5"])
    assert done.output.startswith("Error: make-limit: 1000 queries for 5 of 3 items")


def test_the_command_writes(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["make-limit", str(tmp_path / "data"), "--items", "50", "--queries", "30"])
    assert done.exit_code == 0, done.output
    assert len((tmp_path / "data" / "corpus.jsonl").read_text().splitlines()) == 50


def test_a_folder_that_holds_something_else_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("mine")
    done = CliRunner().invoke(main, ["make-limit", str(tmp_path)])
    assert "exists and holds no data in BEIR layout" in done.output
    assert (tmp_path / "mine.csv").exists()
