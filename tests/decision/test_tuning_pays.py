from dataclasses import replace
from pathlib import Path

import pytest

from itemvec.decision.answer import answer
from itemvec.decision.comparisons import all_shown
from itemvec.decision.decision import decide_all
from itemvec.decision.learning_curve import more_to_learn
from itemvec.decision.results import Results
from itemvec.decision.standings import rank_group
from itemvec.decision.tuning_pays import tuning_pays
from itemvec.decision.tuning_start import how_to_ask
from itemvec.decision.tuning_text import conclusion, instead_sentence, tuning_sentence
from itemvec.decision.values import Measures
from itemvec.report.cards import cards

GROUP = "constructed: b"  # of 20 queries, 12 are right on full and none on small


def tuned(results: Results, changed: bool = True) -> Results:
    """The variant ``small`` was learnt from 30 queries."""
    facts = {"source": "judgments", "queries": 30, "left_out": {"same_words": 1, "near": 2}, "changed": changed}
    small = results.variants["small"] | {"tuned": facts | {"curve": {}}}
    params = replace(results.params, variants=["full"], tuners=["small"])
    return replace(results, params=params, variants=results.variants | {"small": small})


def test_a_loss_is_said_to_harm(results: Results, folder: Path) -> None:
    results, measures = tuned(results), Measures.below(folder / "measures")
    groups = [rank_group(results, "search", group, measures, 0.01) for group in results.groups("search")]
    known = all_shown(results, "search", measures)
    found = {one.group: one for one in tuning_pays(results, groups, known)}
    one = found[GROUP]
    assert (one.system, one.variant, one.queries) == ("exact", "small", 20)
    assert one.comparison == known[GROUP, "hit@1", "search/exact/small", "search/exact/full"]
    assert one.comparison.difference == pytest.approx(-0.6)
    assert (one.words, one.more) == ("harms", 0)
    assert tuning_sentence("hit@1", one.as_data(), True).startswith(
        f"{GROUP}: tuning exact by small, on 30 judged queries (3 more, which the test nearly asks, were left out), "
        "harms: hit@1 -0.6000 ["
    )
    (other,) = one.as_data()["instead"]
    against = known[GROUP, "hit@1", "baseline/bm25", "search/exact/full"]
    assert (other["key"], other["difference"], other["low"]) == ("bm25", against.difference, against.low)
    assert "bm25" in instead_sentence("hit@1", one.as_data())


def test_what_changed_nothing_is_said_so(results: Results, folder: Path) -> None:
    results, measures = tuned(results, changed=False), Measures.below(folder / "measures")
    groups = [rank_group(results, "search", GROUP, measures, 0.01)]
    (one,) = tuning_pays(results, groups, all_shown(results, "search", measures))
    assert one.words == "changed nothing"
    assert "no setting helped queries that were held out" in tuning_sentence("hit@1", one.as_data(), False)


def test_the_decision_the_answer_and_the_card_say_the_same(
    results: Results, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("itemvec.decision.decision._hash", lambda *_: "h")  # the run of these tests has no tables
    decision = decide_all(tuned(results), Measures.below(folder / "measures"), folder)
    assert len(decision["tasks"]["search"]["tuning"]) == len(results.groups("search"))
    said = conclusion(decision["tasks"])
    assert said.startswith("Tuning is not shown to pay: the highest of 3 is profile on small, hit@1 -0.0500 [")
    assert said.endswith("users, which it never saw. It is shown to harm in 2 of 3 comparisons.")
    assert " ".join(answer(decision).split()).endswith(f"{said} `itemvec tune` says more.")
    assert cards(results, decision)[-1].choice == "Not shown to pay"
    alone = decision | {"tasks": {"search": decision["tasks"]["search"]}}
    card = cards(results, alone)[-1]
    assert (card.title, card.choice) == ("Would tuning pay?", "No: it harms")
    assert card.sentences[0] == conclusion(alone["tasks"])
    assert "harms" in card.sentences[1]
    plain = decide_all(results, Measures.below(folder / "measures"), folder)
    assert plain["tasks"]["search"]["tuning"] == []
    assert cards(results, plain)[-1].choice == "Not measured in this run."


ROW = {
    "group": "users", "variant": "nudge", "system": "profile", "against": "profile on full", "queries": 943,
    "source": "histories", "learnt": 1676, "left_out": 0, "difference": 0.03, "low": 0.02, "high": 0.05, "p": 0.001,
    "words": "pays", "more": 0, "more_to_learn": 0,
}  # fmt: skip


def other(difference: float) -> dict[str, object]:
    return {"key": "text-ease on full", "difference": difference, "low": 0.01, "high": 0.09, "p": 0.001}


@pytest.mark.parametrize(
    ("difference", "best", "starts"),
    [
        (
            0.056,
            True,
            "Tuning is not worth it here: it pays for profile on nudge, ndcg@10 +0.0300 [+0.020, +0.050] on the ",
        ),
        (
            0.056,
            False,
            "Tuning pays: profile on nudge, ndcg@10 +0.0300 [+0.020, +0.050] on the next items of 943 users, ",
        ),
        (0.020, True, "Tuning pays: profile on nudge, "),
    ],
)
def test_what_pays_is_not_praised_over_what_needs_no_tuning(difference: float, best: bool, starts: str) -> None:
    """Where the tuned one is shown worse than the best, and that is not tuned."""
    cells = {"profile on nudge": {"among_best": not best}, "text-ease on full": {"among_best": True}}
    row = ROW | {"instead": [other(difference)]}
    facts = {"metric": "ndcg@10", "groups": {"users": {"cells": cells}}, "tuning": [row]}
    said = conclusion({"recommend": facts})
    assert said.startswith(starts)
    beaten = "text-ease on full, not tuned, is shown better: +0.0560 [+0.010, +0.090] over the same profile on full."
    assert said.endswith(beaten) == (best and difference > 0.03)


@pytest.mark.parametrize(
    ("more", "to_learn", "ending"),
    [
        (1501, 0, "; about 1,501 more users to test on would decide."),
        (1501, 9, "; about 1,501 more users to test on or 9 more to learn from would decide."),
        (8_631_751, 9, "; about 9 more to learn from would decide."),
        (8_631_751, 0, "; to decide on so small a difference would take over 100 times as many."),
        (0, 0, ", which it never saw."),
    ],
)
def test_numbers_out_of_reach_are_not_asked_for(more: int, to_learn: int, ending: str) -> None:
    row = ROW | {"words": "not shown to pay", "more": more, "more_to_learn": to_learn}
    assert tuning_sentence("ndcg@10", row, False, "recommend").endswith(ending)
    falls = row | {"difference": -0.01}  # nobody asks people to prove a harm
    assert tuning_sentence("ndcg@10", falls, False, "recommend").endswith(", which it never saw.")


def test_more_to_learn_follows_the_curve() -> None:
    """From .01 to .02 with the last doubling: .04 takes two more of them."""
    curve = {"0.5": [0.01, 0.01], "1": [0.02, 0.02]}
    assert more_to_learn(curve, 100, 0.04) == 300
    assert more_to_learn({"0.5": [0.02], "1": [0.02]}, 100, 0.04) == 0
    assert more_to_learn({"0.5": [0.0, 0.02], "1": [0.01, 0.015]}, 100, 0.04) == 0  # by chance
    assert more_to_learn({"1": [0.02]}, 100, 0.04) == 0


def test_how_to_ask_is_said_where_nothing_was_tuned(results: Results) -> None:
    """The run has histories, so that no split of the queries is needed; without them, it is."""
    tasks = {"search": {"tuning": [{"variant": "ridge"}]}, "recommend": {"tuning": []}}
    (said,) = how_to_ask(tasks, [], results)
    assert said.startswith("No tuner is selected, so run `dvc exp run -S 'tuners=[ridge,low-rank]'`, then")
    searched = replace(results, cells=results.of("search"))
    assert "'tuners=[ridge,low-rank]' -S 'search.split={validation: 0.5}'`" in how_to_ask(tasks, [], searched)[0]
    for one in searched.cells:
        one.facts["queries_for_validation"] = 9
    assert "search.split" not in how_to_ask(tasks, [], searched)[0]
    assert how_to_ask(tasks, ["ridge"], results) == []
    assert how_to_ask(tasks, ["ridge", "low-rank"], results)[0].startswith("low-rank is selected and not measured yet")
    assert "neither judged queries nor histories" in how_to_ask({}, [], results)[0]
