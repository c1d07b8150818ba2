import unicodedata

import numpy as np
import pytest

from itemvec.decision.change import Diff
from itemvec.decision.diff import diff
from itemvec.decision.diff_text import as_text, conclusion, plain, short
from tests.decision.states import N, right, state

TITLES, TOPICS, USERS = ("search", "titles"), ("search", "topics"), ("recommend", "users")


@pytest.fixture
def found(rng: np.random.Generator) -> Diff:
    before = {"exact": right(0.5), "hybrid": right(0.5), "bm25": right(0.4), "old": right(0.1)}
    after = {"exact": right(0.3), "hybrid": rng.permutation(right(0.5)), "bm25": right(0.4), "young": right(0.2)}
    left = state({TITLES: before, TOPICS: {"exact": right(0.2)}, USERS: {"ease": right(0.5)}})
    inputs = {"items": "i", "interactions": "v", "queries": "q", "qrels": "r"}
    there = state(
        {TITLES: after, TOPICS: {"exact": right(0.6)}, USERS: {"ease": right(0.5)}}, "workspace", inputs=inputs
    )
    return diff(left, there, 1)


def test_the_whole_text(found: Diff) -> None:
    text = as_text(found)
    first, _, states, numbers = text.splitlines()[:4]
    assert first == "Worse: search, titles (exact). Better: search, topics (exact)."
    assert states == "films: main d69d55a, minilm 384 d -> workspace d69d55a, minilm 384 d"
    assert numbers == "ndcg@10 over 200 queries (search, titles); 200 queries (search, topics)"
    worse, better = (next(line for line in text.splitlines() if line.endswith(word)) for word in ("worse", "better"))
    assert worse.split()[:4] == ["exact", "0.5000", "0.3000", "-0.200"]
    assert better.split()[:4] == ["exact", "0.2000", "0.6000", "+0.400"]
    assert "  old" in text
    assert "  young" in text
    assert "hybrid" not in text
    assert "Not comparable (x): recommend: other data: the interactions changed." in text
    assert text.replace("\n  ", " ").endswith(
        "4 compared: 1 worse, 1 better, 1 shown equal within 1% (=), 1 without a significant difference (~), "
        "1 not comparable (x), 1 new, 1 gone. Shown to lose more than 1%: 1. 2 are not listed; --all shows them."
    )
    everything = as_text(found, everything=True)
    assert "hybrid" in everything
    assert "none" in next(line for line in everything.splitlines() if "bm25" in line)
    assert "--all" not in everything


def test_columns_stand_below_each_other(found: Diff) -> None:
    lines = [line for line in as_text(found).splitlines() if "0.6000" in line or "0.3000" in line]
    assert len({line.index("[") for line in lines}) == 1


def test_nothing_shown_and_nothing_to_compare() -> None:
    groups = {TITLES: {"exact": right(0.5)}}
    assert conclusion(diff(state(groups), state(groups), 1)) == "No significant difference."
    assert as_text(diff(state(groups), state(groups), 1)).count("\n\n") == 2
    assert conclusion(diff(state(groups), state(groups, dataset="books"), 1)) == (
        "Nothing can be compared: search, titles: other data: films -> books."
    )
    assert conclusion(diff(state(groups), state({USERS: {"ease": right(1)}}), 1)) == (
        "Nothing can be compared: no system was measured in both."
    )
    assert conclusion(diff(state(groups), state(groups), 1, means=True)).startswith("Nothing is shown: ")
    assert conclusion(diff(state({}), state({}), 1)).startswith("Nothing can be compared")


def hostile(n_groups: int, n_keys: int) -> Diff:
    """Names that are long, and that a terminal, Markdown or HTML would obey."""
    evil = "|<script>alert(1)</script>`x` @someone #1 \n\n# [a](javascript:b) \u202egnp\x1b[31m --> www.evil.example "
    keys = [f"{evil}{i} " + "long-" * 40 for i in range(n_keys)]
    groups = [("search", f"{evil}{i}" + "group-" * 30) for i in range(n_groups)]
    before = {group: {key: right(0.5, 60) for key in keys} for group in groups}
    after = {group: {key: right(0.1 if i % 2 else 1, 60) for i, key in enumerate(keys)} for group in groups}
    there = state(after, "branch/" + evil * 3, dataset=evil * 5, model=evil)
    here = state(before, "main" * 30, dataset=evil * 5)
    return diff(here, there, 1)


@pytest.mark.parametrize("everything", [False, True])
@pytest.mark.parametrize(("n_groups", "n_keys"), [(1, 1), (4, 5)])
def test_long_and_hostile_names_keep_within_100_columns(n_groups: int, n_keys: int, everything: bool) -> None:
    text = as_text(hostile(n_groups, n_keys), everything)
    assert max(len(line) for line in text.splitlines()) <= 100
    assert {sign for sign in text if unicodedata.category(sign) in ("Cc", "Cf", "Zl", "Zp")} == {"\n"}
    assert len(text.splitlines()) < n_groups * (n_keys + 1) + 40


def test_the_conclusion_is_one_line_of_100_columns() -> None:
    assert conclusion(hostile(4, 5)) == "8 worse, 12 better; the largest change of each comes first."
    groups = [("search", f"a longer group {i}") for i in range(5)]
    here = state({group: {"exact": right(0.5)} for group in groups})
    there = state({group: {"exact": right(0.1)} for group in groups})
    assert conclusion(diff(here, there, 1)) == (
        "Worse: search, a longer group 0; search, a longer group 1; search, a longer group 2; and 2 more."
    )


def test_names_are_cut_in_the_middle() -> None:
    assert short("exact on full", 13) == "exact on full"
    assert short("exact on full", 9) == "exac…full"
    assert plain("a\nb\u202ec\u200bd\x1b") == "a b�c�d�"


def test_a_hundred_groups_are_not_all_listed() -> None:
    groups = [("search", f"g{i}") for i in range(100)]
    found = diff(state({g: {"e": right(0.5)} for g in groups}), state({g: {"e": right(0.1)} for g in groups}), 1)
    assert len(found.marked("worse")) == 100
    assert as_text(found).endswith("75 are not listed; --all shows them.")
    assert found.queries["search, g0"] == N
