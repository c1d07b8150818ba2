import re
from dataclasses import replace
from html import unescape

import pytest

from itemvec.decision.diff import diff
from itemvec.decision.diff_markdown import MOST, as_markdown, safe
from tests.decision.states import right, state
from tests.decision.test_diff_text import hostile

TITLES = ("search", "titles")


def test_a_comment() -> None:
    here = state({TITLES: {"exact": right(0.5), "bm25": right(0.4)}})
    there = state({TITLES: {"exact": right(0.3), "bm25": right(0.4)}}, "lsa")
    lines = as_markdown(diff(here, there, 1), "https://example.org/run", "first of all").splitlines()
    assert lines[0] == "<!-- itemvec:films -->"
    assert lines[2] == "first of all"
    assert lines[4] == "### itemvec: ❌ Worse: search, titles (exact)."
    assert "films: main d69d55a, minilm 384 d -&gt; lsa d69d55a, minilm 384 d" in lines
    assert "|  | main | lsa | change [95 %] | p | verdict |" in lines
    row = next(line for line in lines if "exact" in line and line.startswith("|"))
    assert row.startswith("| **search, titles** · exact | 0.5000 | 0.3000 | -0.200 [")
    assert row.endswith("| ❌ worse |")
    assert "[The whole report](https://example.org/run)" in lines
    assert "<details><summary>The other 1</summary>" in lines
    assert lines[-1] == "</details>"


def test_the_marker_is_the_same_for_all_comments_of_a_data_set() -> None:
    groups = {TITLES: {"exact": right(0.5)}}
    one = as_markdown(diff(state(groups), state(groups), 1))
    two = as_markdown(diff(state(groups), state(groups, dataset="a--> <b>"), 1))
    assert one.startswith("<!-- itemvec:films -->\n")
    assert two.startswith("<!-- itemvec:a-b- -->\n")


@pytest.mark.parametrize(
    "name", ["exact on full", "search, constructed: known item", "ndcg@10 over 1,000 users (-0.5)", "main"]
)
def test_plain_names_stay_readable(name: str) -> None:
    assert safe(name, 100) == name


ACTIVE = ["a|b", "<script>", "`x`", "@someone", "hi @someone", "a_b_c", "*x*", "[a](b)", "#12", "www.a.example", "# x"]
ACTIVE += ["- x", "https://a.example", "a@b.example", "&amp;", "~~x~~", ":smile:", "a\\|b", "!x", "> x", "=x"]


@pytest.mark.parametrize("name", ACTIVE)
def test_other_names_are_shown_as_they_are_and_do_nothing(name: str) -> None:
    shown = safe(name)
    inside = re.fullmatch(r"<code>((?:[A-Za-z0-9 ,;()-]|&#\d+;)+)</code>", shown)
    assert inside
    assert unescape(inside[1]) == name


def test_signs_that_turn_the_direction_are_replaced() -> None:
    assert unescape(safe("a\u202eb\nc")) == "<code>a�b c</code>"


@pytest.mark.parametrize("times", [1, 100])
def test_hostile_names_are_harmless_and_fit(times: int) -> None:
    found = hostile(4, 5)
    found = replace(found, changes=[replace(one, key=f"{i}{one.key}") for i in range(times) for one in found.changes])
    text = as_markdown(found, "https://example.org", "first")
    assert len(text) < MOST
    assert text.endswith("\n")
    visible = text.replace("<!-- itemvec:", "", 1).replace(" -->", "", 1).replace("](https://example.org)", "", 1)
    tags = set(re.findall(r"<[^>]*>", visible))
    assert tags <= {"<code>", "</code>", "<details>", "</details>", "<summary>", "</summary>"}
    assert visible.count("<details>") == visible.count("</details>")
    rows = [line for line in visible.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in rows} == {7}
    assert "@someone" not in visible
    assert "\u202e" not in visible
    assert visible.count("`") in (0, 2)  # of the command that lists what has no room
    if times == 100:
        assert len(found.changes) == 2000
        assert "have no room here; `itemvec diff --all` lists them." in text


def test_many_remarks_are_cut() -> None:
    groups = {("search", f"@g{i}"): {"exact": right(0.5)} for i in range(50)}
    text = as_markdown(diff(state(groups), state(groups, inputs={}), 1))
    assert "- and 40 more: `itemvec diff` lists them." in text
    assert text.count("- Not comparable: ") == 10
