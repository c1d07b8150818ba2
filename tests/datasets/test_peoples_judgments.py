"""What people judged counts in the tables: over the data's own, by the last word of each, the mean of several."""

from pathlib import Path

import pyarrow as pa
import pytest

from itemvec.core.columns import ITEMS, PEOPLE_JUDGE, QRELS, QUERIES
from itemvec.core.errors import DatasetError
from itemvec.datasets import DATASETS, Tables
from itemvec.datasets.base import as_tables
from itemvec.datasets.judgment_log import COLUMNS, begin_judging
from itemvec.datasets.peoples_judgments import with_peoples_judgments
from itemvec.datasets.reading import recorded


@pytest.fixture
def tables() -> Tables:
    items = pa.table([["a", "b", "c"], ["A", "B", "C"]], schema=ITEMS)
    queries = pa.table([["p", "q"], ["words", "more"], ["given", "given"]], schema=QUERIES)
    qrels = pa.table([["p", "p"], ["a", "b"], [1.0, 0.0]], schema=QRELS)
    return as_tables(Path("x"), items, None, queries, qrels)


def say(root: Path, who: str, *lines: str) -> None:
    (root / "judgments").mkdir(exist_ok=True)
    rows = [",".join(COLUMNS), *(f"t,token{n},{line}" for n, line in enumerate(lines))]
    (root / f"judgments/{who}.csv").write_text("\n".join(rows) + "\n")


def rows(tables: Tables) -> list[tuple[str, str, float]]:
    return [tuple(row.values()) for row in tables.qrels.to_pylist()]


def test_without_the_folder_nothing_changes(tables: Tables, tmp_path: Path) -> None:
    assert with_peoples_judgments(tables, tmp_path) is tables


def test_people_count_over_the_data(tables: Tables, tmp_path: Path) -> None:
    say(tmp_path, "anna", "p,b,2,2", "q,c,0,0", "q,c,3,3", "q,a,skip,", "q,b,1,1", "q,b,undo,")
    say(tmp_path, "bob", "q,c,1,1", "nobody,a,1,1", "q,nothing,1,1")
    with recorded() as reading:
        found = with_peoples_judgments(tables, tmp_path)
    assert rows(found) == [("p", "a", 1), ("p", "b", 2), ("q", "c", (3 + 1) / 2)]
    said = " ".join(reading.lines)
    assert "2 rows left out: the judgment is of a query or an item that is not there" in said
    assert "1 row changed: people judged a pair that the data set judges too" in said


def test_queries_say_that_people_judge_and_do_not_change_with_what_they_say(tables: Tables, tmp_path: Path) -> None:
    """A change of the queries would have all texts encoded again."""
    begin_judging(tmp_path)
    before = with_peoples_judgments(tables, tmp_path)
    assert before.queries[PEOPLE_JUDGE].to_pylist() == [True, True]
    assert rows(before) == rows(tables)
    say(tmp_path, "anna", "q,c,3,3")
    assert with_peoples_judgments(tables, tmp_path).queries.equals(before.queries)


def test_before_anything_is_relevant_nothing_is_measured(tables: Tables, tmp_path: Path) -> None:
    say(tmp_path, "anna", "q,c,0,0")
    bare = Tables(tables.items, tables.interactions, tables.queries, tables.qrels.slice(0, 0))
    with recorded() as reading:
        assert rows(with_peoples_judgments(bare, tmp_path)) == []
    assert "none of 1 judgments says that an item is relevant: judge more" in " ".join(reading.lines)


def test_a_file_that_is_none_of_ours_is_named(tables: Tables, tmp_path: Path) -> None:
    say(tmp_path, "an na")
    with pytest.raises(DatasetError, match="its name may hold letters, digits"):
        with_peoples_judgments(tables, tmp_path)


@pytest.mark.parametrize("on_error", ["refuse", "drop"])
def test_queries_without_judgments_are_kept_where_people_judge(tmp_path: Path, on_error: str) -> None:
    """By the kind that reads plain tables, whether rows that cannot be used are refused or dropped."""
    (tmp_path / "items.csv").write_text("item_id,text\na,A\nb,B\n")
    (tmp_path / "queries.csv").write_text("query_id,text\np,words\nq,more\n")
    (tmp_path / "qrels.csv").write_text("query_id,item_id,gain\np,a,1\n")
    kind = DATASETS.build("mine", {"kind": "tables", "on_error": on_error})
    with recorded(collects=True) as before:
        left = kind.load(tmp_path)
    assert (len(left.queries) == 1) if on_error == "drop" else "no item is relevant to query_id" in before.problems[0]
    begin_judging(tmp_path)
    with recorded(collects=True) as reading:
        assert kind.load(tmp_path).queries["query_id"].to_pylist() == ["p", "q"]
    assert reading.problems == []
