from typing import Any

import pytest

from itemvec.decision.results import Results
from itemvec.report.cards import cards, group_name


def test_search_comes_first_and_tuning_last(results: Results, told: dict[str, Any]) -> None:
    found = cards(results, told)
    assert [one.title for one in found] == ["Search", "Recommendation", "Would tuning pay?"]
    assert (found[-1].choice, found[-1].tone) == ("Not measured in this run.", "none")


def test_a_task_without_data_has_no_card(results: Results, told: dict[str, Any]) -> None:
    del told["tasks"]["search"]
    assert [one.title for one in cards(results, told)] == ["Recommendation", "Would tuning pay?"]


def test_a_choice_is_named_with_its_proof_and_its_size(results: Results, told: dict[str, Any]) -> None:
    told["tasks"]["recommend"].update(verdict="profile on small", left=["profile on small", "profile on full"])
    told["tasks"]["search"].update(verdict="exact on full", left=["exact on full"])
    search, recommend, _ = cards(results, told)
    assert (recommend.choice, recommend.tone) == ("Use profile on small", "good")
    assert recommend.sentences == ["Shown to lose less than 1% against the best of 3: hit@1 0.838, 8 bytes an item."]
    assert search.choice == "Use exact on full"
    assert search.sentences == [
        "The only one of 3 that is not shown to be worse than the best: hit@1 1.000 (a) and 0.600 (b), "
        "32 bytes an item."
    ]


def test_an_open_question_names_the_cheapest_and_what_would_decide(results: Results, told: dict[str, Any]) -> None:
    told["tasks"]["search"].update(left=["bm25", "exact on full"], more={"constructed: b": 1200, "constructed: a": 0})
    search = cards(results, told)[0]
    assert (search.choice, search.tone) == ("Undecided: bm25 or exact on full", "open")
    assert search.sentences[0].startswith("Until more is known, use bm25, the cheapest (no vectors): hit@1 1.000 (a)")
    assert search.sentences[0].endswith(". About 1,200 more judged queries (b) would decide.")
    told["tasks"]["recommend"].update(left=["popular", "profile on small", "profile on full"], more={"users": 40})
    recommend = cards(results, told)[1]
    assert recommend.choice == "Undecided: 3 of 3 may be the best"
    assert recommend.sentences[0].endswith(" About 40 more users would decide.")


def test_where_no_system_is_best_everywhere_the_highest_are_named(results: Results, told: dict[str, Any]) -> None:
    (sentence,) = cards(results, told)[0].sentences
    assert sentence == (
        "No system is among the best in every group of queries; the highest hit@1 is 1.000 by exact on full (a) "
        "and 0.600 by exact on full (b)."
    )


@pytest.mark.parametrize(
    ("words", "head"),
    [
        ("yes", "Text pays"),
        ("no", "Text does not pay"),
        ("no significant difference", "Text: no significant difference"),
    ],
)
def test_whether_text_pays_is_said(results: Results, told: dict[str, Any], words: str, head: str) -> None:
    one = {"with_text": "profile on full", "without": "popular", "difference": 0.25, "low": -0.125, "high": 0.5}
    told["tasks"]["recommend"].update(text=[{**one, "group": "users", "words": words}])
    assert cards(results, told)[1].sentences[-1] == f"{head}: profile on full against popular +0.250 [-0.125, +0.500]."
    told["tasks"]["recommend"].update(verdict="popular", left=["popular"])
    choice = cards(results, told)[1].choice
    assert choice == ("Text does not pay: use popular" if words == "no" else "Use popular")


def test_notes_are_one_small_text(results: Results, told: dict[str, Any]) -> None:
    told["tasks"]["search"].update(notes=["9% to 10% were judged", "raise `epochs`, then compare"])
    assert cards(results, told)[0].note == "9% to 10% were judged. Raise epochs, then compare."


def test_a_group_is_named_without_the_word_constructed() -> None:
    assert [group_name(one) for one in ("constructed: known item", "users", "constructed")] == [
        "known item",
        "users",
        "constructed",
    ]
