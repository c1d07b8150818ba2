import numpy as np
import pyarrow as pa

from itemvec.metrics import Judgments
from itemvec.protocol.evaluation import Cohort
from itemvec.protocol.query_slices import slices

QUERIES = pa.array(["Lamp!", "red desk-lamp", "a wool hat for cold days", "..."])
ITEMS = pa.array(["a red lamp", "desk", "cap"])
ROWS = np.array([0, 1, 2])  # the last query has nothing relevant
JUDGMENTS = Judgments(pa.array(["q0", "q1", "q2"]), np.array([0, 0, 1, 2]), np.ones(4), np.array([0, 1, 3, 4]))
NONE = pa.array([], pa.string())


def bounds(cohorts: list[Cohort]) -> list[tuple[str, int, int, list[bool]]]:
    return [(one.name, one.low, one.high, one.chosen.tolist()) for one in cohorts]


def test_length_counts_words() -> None:
    assert bounds(slices(QUERIES, ROWS, ITEMS, JUDGMENTS, NONE)["words"]) == [
        ("short", 1, 1, [True, False, False]),
        ("medium", 3, 3, [False, True, False]),
        ("long", 6, 6, [False, False, True]),
    ]


def test_overlap_is_the_share_of_a_querys_words_that_relevant_items_have() -> None:
    """The lamp has all of "lamp"; of "red desk lamp" one item has 2 of 3, the other 1 of 3."""
    assert bounds(slices(QUERIES, ROWS, ITEMS, JUDGMENTS, NONE)["overlap"]) == [
        ("low", 0, 0, [False, False, True]),
        ("middle", 50, 50, [False, True, False]),
        ("high", 100, 100, [True, False, False]),
    ]


def test_novelty_needs_training_queries() -> None:
    assert "novelty" not in slices(QUERIES, ROWS, ITEMS, JUDGMENTS, NONE)
    found = slices(QUERIES, ROWS, ITEMS, JUDGMENTS, pa.array(["red lamp", "LAMP", "shoe"]))["novelty"]
    assert bounds(found) == [
        ("near", 0, 0, [True, False, False]),
        ("middle", 33, 33, [False, True, False]),  # shares 2 of the 3 words of both
        ("far", 100, 100, [False, False, True]),
    ]


def test_queries_are_parted_by_how_many_items_they_need() -> None:
    """Queries that need 1, 2, 3, 4 and 6 items; without a query that needs several there is no such slice."""
    counts = [1, 2, 3, 4, 6]
    ids = pa.array([f"q{n}" for n in counts])
    judged = Judgments(ids, np.concatenate([np.arange(n) for n in counts]), np.ones(16), np.cumsum([0, *counts]))
    items = pa.array(["lamp"] * 6)
    assert bounds(slices(ids, np.arange(5), items, judged, NONE)["needed"]) == [
        ("one", 1, 1, [True, False, False, False, False]),
        ("two", 2, 2, [False, True, False, False, False]),
        ("three", 3, 3, [False, False, True, False, False]),
        ("more", 4, 6, [False, False, False, True, True]),
    ]
    single = Judgments(ids[:2], np.array([0, 1]), np.ones(2), np.arange(3))
    assert "needed" not in slices(ids, np.arange(2), items, single, NONE)


def test_queries_without_words_are_no_error() -> None:
    judged = Judgments(pa.array(["q"]), np.array([0]), np.ones(1), np.array([0, 1]))
    found = slices(pa.array(["?!"]), np.array([0]), ITEMS, judged, pa.array(["..."]))
    assert [found[by][0].low for by in ("words", "overlap")] == [0, 0]
    assert sum(int(one.chosen.sum()) for one in found["novelty"]) == 1


def test_words_of_any_script_count() -> None:
    judged = Judgments(pa.array(["q"]), np.array([0]), np.ones(1), np.array([0, 1]))
    found = slices(pa.array(["傘"]), np.array([0]), pa.array(["折りたたみ傘"]), judged, pa.array(["日傘"]))
    assert {by: found[by][0].low for by in ("words", "overlap")} == {"words": 1, "overlap": 100}
    assert sum(one.low for one in found["novelty"] if one.chosen.any()) == 67  # one of three words is shared
