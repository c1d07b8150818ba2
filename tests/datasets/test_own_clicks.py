"""A click log beside judgments: it trains, corrected for position, and changes nothing that is measured."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from itemvec.core.errors import DatasetError, ParamsError
from itemvec.datasets import DATASETS, Tables
from itemvec.datasets.reading import recorded

# Of ten impressions each: (item, position, clicks). Position 2 is looked at half as often as position 1.
SHOWN = [("a", 1, 8), ("b", 2, 2), ("b", 1, 4), ("a", 2, 4)]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "items.csv").write_text("item_id,text\na,Lamp\nb,Chair\nc,Hose\n")
    (tmp_path / "queries.csv").write_text("query_id,text\nq,Garden hose\n")
    (tmp_path / "qrels.csv").write_text("query_id,item_id\nq,c\n")
    write(tmp_path, rows("light"))
    return tmp_path


def rows(query: str, shown: list[tuple[str, int, int]] = SHOWN) -> list[str]:
    return [f"{query},{item},{k},{int(n < clicks)}" for item, k, clicks in shown for n in range(10)]


def write(root: Path, lines: list[str], header: str = "query,item_id,position,clicked") -> None:
    (root / "clicks.csv").write_text("\n".join([header, *lines]) + "\n")


def load(root: Path, clicks: Any = "all-pairs", **options: Any) -> Tables:
    return DATASETS.build("mine", {"kind": "tables", "clicks": clicks, **options}).load(root)


def gains(tables: Tables) -> dict[tuple[str, str], float]:
    words = {row["query_id"]: row["text"] for row in tables.queries.to_pylist()}
    return {(words[row["query_id"]], row["item_id"]): row["gain"] for row in tables.qrels.to_pylist()}


@pytest.mark.parametrize("model", ["all-pairs", "em"])
def test_gains_are_what_position_leaves(root: Path, model: str) -> None:
    """12 clicks in 10 + 5 looks, and 6 in as many; by plain rates it would be .6 and .3."""
    with recorded() as reading:
        tables = load(root, {"model": model, "least_share": 0})
    assert gains(tables) == pytest.approx({("light", "a"): 0.8, ("light", "b"): 0.4, ("Garden hose", "c"): 1}, abs=1e-4)
    parts = {row["text"]: (row["split"], row["group"]) for row in tables.queries.to_pylist()}
    assert parts == {"light": ("train", "clicks"), "Garden hose": ("test", "given")}
    assert reading.lines == [
        "clicks.csv: noticed: 1 queries with 2 gains train, and none of them is measured: from clicks, corrected for "
        "position; looks for each at position 1: 0.50 at 2"
    ]


def test_what_is_clicked_now_and_then_is_not_relevant(root: Path) -> None:
    """.4 is half of .8."""
    assert gains(load(root, {"least_share": 0.45}))["light", "b"] == pytest.approx(0.4, abs=1e-4)
    with recorded() as reading:
        assert gains(load(root, {"least_share": 0.55}))["light", "b"] == 0
    few = "1 pairs of query and item are clicked less than 0.55 of the best of their query, and count as not relevant"
    assert f"clicks.csv: noticed: {few}" in reading.lines
    assert gains(load(root, {"least_share": 0.55}))["light", "a"] == pytest.approx(0.8, abs=1e-4)


def test_nothing_is_learnt_from_what_is_asked_in_the_test(root: Path) -> None:
    write(root, [*rows("light"), *rows(" garden  HOSE")])
    with recorded() as reading:
        assert gains(load(root)).keys() == {("light", "a"), ("light", "b"), ("Garden hose", "c")}
    assert "clicks.csv: left out: 1 queries that validation or test asks; nothing is learnt from them" in reading.lines


def test_queries_that_people_judged_keep_their_judgments(root: Path) -> None:
    (root / "queries.csv").write_text("query_id,text,split\nq,Garden hose,test\nl,Light,train\n")
    (root / "qrels.csv").write_text("query_id,item_id\nq,c\nl,b\n")
    write(root, [*rows("light"), *rows("seat")])
    found = gains(load(root))
    assert {pair: gain for pair, gain in found.items() if pair[0] != "seat"} == {
        ("Garden hose", "c"): 1,
        ("Light", "b"): 1,
    }
    assert found["seat", "a"] == pytest.approx(0.8, abs=1e-4)


def test_words_of_a_query_may_stand_in_the_table_of_queries(root: Path) -> None:
    """It has no judgment; clicks give it some, and so it trains."""
    (root / "queries.csv").write_text("query_id,text\nq,Garden hose\nl,Light\n")
    write(root, rows("l"), "query_id,item_id,position,clicked")
    tables = load(root)
    assert tables.queries.to_pylist()[0] == {"query_id": "l", "text": "Light", "group": "clicks", "split": "train"}
    assert len(tables.queries) == 2


def test_other_names_words_and_a_first_place_of_0(root: Path) -> None:
    lines = [line.split(",") for line in rows("light")]
    changed = [f"{query},{item},{int(k) - 1},{'yes' if c == '1' else 'no'}" for query, item, k, c in lines]
    write(root, changed, "query,item_id,rank,bought")
    with recorded() as reading:
        found = gains(load(root, columns={"clicks": {"position": "rank", "clicked": "bought"}}))
    assert found["light", "a"] == pytest.approx(0.8, abs=1e-4)
    assert "clicks.csv: guessed: rank counts from 0, so that the first place is 0" in reading.lines


def test_the_cascade_needs_no_swap(root: Path) -> None:
    """Four lists of two: a is clicked twice, then b is not seen; of the two times that b is seen it is clicked once."""
    lists = ["1,0", "1,0", "0,1", "0,0"]
    lines = [f"light,{item},{k},{one.split(',')[k - 1]}" for one in lists for k, item in ((1, "a"), (2, "b"))]
    write(root, lines)
    found = gains(load(root, {"model": "cascade", "least_looks": 2}))
    assert found["light", "a"] == found["light", "b"] == pytest.approx(0.5)
    with pytest.raises(DatasetError, match=r"clicks.csv: no item was shown at two positions for the same query, so"):
        load(root)


def test_clicks_that_say_little_are_no_clicks(root: Path) -> None:
    """One session asks again in other words; of the rest, half came back at once."""
    lines = [f"{line},{5 if n % 2 else ''},s{n}" for n, line in enumerate(rows("light"))]
    lines += ["desk lamp,a,1,1,,x", "black desk lamp,a,1,1,,x"]
    write(root, lines, "query,item_id,position,clicked,dwell,session")
    with recorded() as reading:
        found = gains(load(root, {"least_dwell": 10, "least_looks": 1}))
    assert found["light", "a"] == pytest.approx(0.4, abs=1e-4)
    assert ("desk lamp", "a") not in found
    assert found["black desk lamp", "a"] == 1
    said = [line for line in reading.lines if "which is no click" in line]
    assert [line.split(" left out")[0] for line in said] == ["clicks.csv: 9 rows", "clicks.csv: 1 row"]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["light,a,1,1", "light,a,2,1"], "every row was clicked, so what was passed over is unknown"),
        (["light,a,top,1"], "position is no number: 'top' in row 1"),
        (["light,a,1.5,1"], "position is no place in a ranking: '1.5' in row 1"),
        (["light,a,1,often"], "clicked is no number: 'often' in row 1"),
        (["Garden hose,a,1,0"], "no impression is left to learn from"),
        (["light,a,1,0", "light,a,2,1"], "none was clicked at both, so position and relevance cannot be told apart"),
        (["light,a,1,1", "light,a,2,1", "light,a,2,0"], "looked at and clicked often enough; lower least_looks"),
    ],
)
def test_logs_that_cannot_teach_are_refused(root: Path, lines: list[str], said: str) -> None:
    write(root, lines)
    with pytest.raises(DatasetError, match=said):
        load(root)


def test_a_log_that_is_not_there_and_an_option_that_is_none(root: Path) -> None:
    with pytest.raises(ParamsError, match="dataset tables: clicks: unknown option 'clp'; did you mean 'clip'"):
        load(root, {"clp": 2})
    (root / "clicks.csv").unlink()
    with pytest.raises(DatasetError, match=r"has no file clicks.csv"):
        load(root)


def test_without_the_option_a_log_is_not_read_silently(root: Path) -> None:
    with pytest.raises(DatasetError, match=r"clicks.csv is not read; expected one of interactions"):
        DATASETS.build("mine", {"kind": "tables"}).load(root)


def test_rows_of_unknown_items_are_counted(root: Path) -> None:
    write(root, [*rows("light"), "light,zzz,1,1", ",a,1,1"])
    with recorded() as reading:
        assert isinstance(load(root).items, pa.Table)
    assert "clicks.csv: 1 row left out: the item is not among the items" in reading.lines
    assert "clicks.csv: 1 row left out: the query has no words" in reading.lines
