from dataclasses import replace
from pathlib import Path

import pytest

from itemvec.decision.answer import answer
from itemvec.decision.comparisons import all_shown
from itemvec.decision.decision import decide_all
from itemvec.decision.results import Results
from itemvec.decision.standings import rank_group
from itemvec.decision.tuning_pays import tuning_pays, tuning_sentence
from itemvec.decision.values import Measures
from itemvec.report.cards import cards

GROUP = "constructed: b"  # of 20 queries, 12 are right on full and none on small


def tuned(results: Results, after: float = 0.6) -> Results:
    """The variant ``small`` was learnt from 30 queries."""
    facts = {"tuned": {"queries": 30, "before": 0.5, "after": after}}
    return replace(results, variants=results.variants | {"small": results.variants["small"] | facts})


def test_a_loss_is_said_to_harm(results: Results, folder: Path) -> None:
    results, measures = tuned(results), Measures.below(folder / "measures")
    groups = [rank_group(results, "search", group, measures, 0.01) for group in results.groups("search")]
    known = all_shown(results, "search", measures)
    found = {one.group: one for one in tuning_pays(results, groups, known)}
    one = found[GROUP]
    assert (one.system, one.variant, one.learnt, one.queries) == ("exact", "small", 30, 20)
    assert one.comparison == known[GROUP, "hit@1", "search/exact/small", "search/exact/full"]
    assert one.comparison.difference == pytest.approx(-0.6)
    assert (one.words, one.more) == ("harms", 0)
    assert tuning_sentence("hit@1", one.as_data(), True).startswith(
        f"{GROUP}: tuning exact by small, on 30 judged queries, harms: hit@1 -0.6000 ["
    )


def test_what_changed_nothing_is_said_so(results: Results, folder: Path) -> None:
    results, measures = tuned(results, after=0.5), Measures.below(folder / "measures")
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
    assert "tuning exact by small, on 30 judged queries, harms" in " ".join(answer(decision).split())
    card = cards(results, decision)[-1]
    assert (card.title, card.choice) == ("Would tuning pay?", "No: it harms")
    assert "harms" in card.sentences[0]
    plain = decide_all(results, Measures.below(folder / "measures"), folder)
    assert plain["tasks"]["search"]["tuning"] == []
    assert cards(results, plain)[-1].choice == "Not measured in this run."
