"""Who is asked what: one person in two tabs, two people, answers that are sent twice, undone, or none."""

from itertools import pairwise
from typing import Any

import pytest

from itemvec.core.errors import ParamsError
from itemvec.core.files import read_parquet
from itemvec.datasets.judgment_log import Line, last_lines, read_log
from itemvec.judging.judge_file import JudgeFile
from itemvec.judging.material import Material, own_scale
from itemvec.judging.people import UnknownPairError
from itemvec.judging.session import LEASE, Session
from tests.judging.conftest import N_QUERIES, relevant


def session(material: Material, overlap: float = 0.0, **more: Any) -> Session:
    return material.session(None, overlap, **more)


def pairs(found: dict[str, Any]) -> list[tuple[str, str]]:
    return [(found["query"]["id"], one["id"]) for one in found["items"]]


def answer(one: Session, who: str = "anna", tab: str = "t1", number: int = 0) -> tuple[str, str] | None:
    """Answer the first question by what is relevant."""
    found = one.next(who, tab)
    if found["query"] is None:
        return None
    pair = pairs(found)[0]
    grade = "3" if relevant(int(pair[0][1:]), int(pair[1][1:])) else "0"
    one.judge(who, tab, pair, grade, f"token{who}{number:06}")
    return pair


def test_systems_of_other_tasks_are_not_pooled(material: Material) -> None:
    assert list(material.runs) == ["exact on full", "bm25"]
    assert material.pool().systems == ["exact on full", "bm25"]


def test_what_was_judged_before_counts_though_no_system_ranks_it_now(material: Material) -> None:
    known = set(material.pool().pairs())
    beyond = next(("q0", f"i{n}") for n in range(60) if ("q0", f"i{n}") not in known)
    one = session(material)
    JudgeFile(material.data / "judgments/bob.csv").add(Line("", "tokentoken", *beyond, "3", 3.0))
    assert set(material.pool().pairs()) - known == {beyond}
    later = session(material)
    later.people.look()
    assert later._state()[1].ndcg[0].sum() < one._state()[1].ndcg[0].sum()


def test_the_page_shows_no_system_and_each_pair_once(material: Material) -> None:
    one = session(material)
    shown = one.next("anna", "t1")
    assert set(shown["query"]) == set(shown["items"][0]) == {"id", "text"}
    asked = [answer(one, number=number) for number in range(len(one.pool) + 1)]
    assert asked.pop() is None
    assert len(set(asked)) == len(asked) == len(one.pool)


def test_two_tabs_and_two_people_are_shown_different_pairs(material: Material) -> None:
    one = session(material)
    seen = [set(pairs(one.next(who, tab))) for who, tab in (("anna", "a"), ("anna", "b"), ("bob", "c"))]
    assert all(seen)
    assert not (seen[0] & seen[1] | seen[0] & seen[2] | seen[1] & seen[2])


def test_a_tab_that_is_closed_or_forgotten_gives_its_pairs_back(material: Material) -> None:
    moment = [0.0]
    one = session(material)
    one.clock = lambda: moment[0]
    first = pairs(one.next("anna", "a"))
    assert pairs(one.next("bob", "b")) != first
    one.leave("anna", "a")
    one.leave("bob", "b")
    assert pairs(one.next("bob", "c")) == first
    moment[0] = LEASE + 1
    assert pairs(one.next("eve", "d")) == first


def test_everybody_is_asked_what_is_shared(material: Material) -> None:
    one = session(material, overlap=1.0)
    first = answer(one)
    assert answer(one, "bob", "t2") == first
    assert session(material, overlap=0.3).people.shared.mean() == pytest.approx(0.3, abs=0.1)


def test_the_same_token_is_kept_once_and_the_last_grade_counts(material: Material) -> None:
    one = session(material)
    pair = pairs(one.next("anna", "a"))[0]
    for token, grade in (("tokentoken1", "1"), ("tokentoken1", "1"), ("tokentoken2", "3")):
        one.judge("anna", "b", pair, grade, token)
    lines = read_log(material.data / "judgments/anna.csv")
    assert [line.grade for line in lines] == ["1", "3"]
    assert last_lines(lines)[pair].gain == 3


def test_undo_asks_the_pair_again_first(material: Material) -> None:
    one = session(material)
    done = [answer(one, number=number) for number in range(3)]
    found = one.answer("undo", "anna", "t1", {"token": "undoundo01"})
    assert found["undone"]
    assert pairs(found)[0] == done[2]
    again = one.answer("undo", "anna", "t1", {"token": "undoundo01"})  # sent twice
    assert pairs(again)[0] == done[2]
    assert one.people.count("anna") == 2
    assert not one.answer("undo", "bob", "t1", {"token": "undoundo02"})["undone"]


def test_what_is_skipped_is_asked_of_others(material: Material) -> None:
    one = session(material)
    pair = pairs(one.next("anna", "a"))[0]
    one.judge("anna", "a", pair, "skip", "tokentoken1")
    assert pair not in pairs(one.next("anna", "a"))
    one.leave("anna", "a")
    assert pair in pairs(one.next("bob", "b"))


@pytest.mark.parametrize(
    ("who", "pair", "grade", "token"),
    [
        ("../../etc", ("q0", "i0"), "1", "tokentoken"),
        ("anna", ("q0", "i999"), "1", "tokentoken"),
        ("anna", ("q0", "i0"), "4", "tokentoken"),
        ("anna", ("q0", "i0"), "-1", "tokentoken"),
        ("anna", ("q0", "i0"), "²", "tokentoken"),
        ("anna", ("q0", "i0"), "1", "t\n"),
    ],
)
def test_what_is_no_judgment_is_refused(
    material: Material, who: str, pair: tuple[str, str], grade: str, token: str
) -> None:
    one = session(material)
    with pytest.raises(UnknownPairError):
        one.judge(who, "a", pair, grade, token)
    assert list((material.data / "judgments").glob("*.csv")) == []


def test_what_another_process_wrote_is_not_asked(material: Material) -> None:
    one = session(material)
    pair = pairs(one.next("anna", "a"))[0]
    JudgeFile(material.data / "judgments/bob.csv").add(Line("", "tokentoken", *pair, "3", 3.0))
    assert pair not in pairs(one.next("anna", "a"))


def test_with_whole_queries_none_is_left_half_judged(material: Material) -> None:
    one = session(material, whole=True)
    asked = [answer(one, number=number) for number in range(40)]
    queries = [pair[0] for pair in asked if pair is not None]
    assert sum(a != b for a, b in pairwise(queries)) == len(set(queries)) - 1


def test_grades_are_those_of_the_data_or_those_that_were_asked_for(material: Material) -> None:
    assert own_scale([1.0, 0.5, 1.0]) == (0, 0.5, 1)
    assert own_scale([]) == own_scale(range(9)) == (0, 1, 2, 3)
    one = material.session((0.0, 1.0), 0.0)
    answer_to = pairs(one.next("anna", "a"))[0]
    one.judge("anna", "a", answer_to, "1", "tokentoken")
    with pytest.raises(ParamsError, match=r"people have judged .* by 0,1; leave the option out"):
        material.session((0.0, 1.0, 2.0), 0.0)


def test_the_tables_know_all_queries(material: Material) -> None:
    assert len(material.queries) == N_QUERIES
    assert len(read_parquet(material.data.parents[1] / "artifacts/tables/qrels.parquet")) == 0
