"""What is said in the terminal: the conclusion first, and what to do next."""

import re

from itemvec.judging.conclusions import ending, report
from itemvec.judging.material import Material
from tests.judging.test_session import answer, session


def test_it_decides_and_says_so_before_half_is_judged(material: Material) -> None:
    one = session(material)
    n = 0
    while "decided" not in (said := one.next("anna", "t1")["decided"][0]):
        answer(one, number=(n := n + 1))
    assert said.startswith("exact on full against bm25: decided, better by about 0.")
    assert n < len(one.pool) / 2
    text = ending(material, one)
    assert f"{n} by anna" in text
    begun = {query for query, _ in one.people.of("anna").last}
    left = sum(query in begun for query, _ in one.pool.pairs()) - n
    assert f"Next: itemvec judge --whole, which finishes these queries: {left} more judgments\n" in text
    said = report(material, one)
    assert re.match(
        r"exact on full is better than bm25, by about 0\.\d{3} nDCG@5 \(95 % interval \+0\.\d{3} to",
        said,
    )
    assert said.splitlines()[0].endswith("): decided.")
    assert "of the first 10 ranks are unjudged" in said


def test_the_first_line_of_the_report_says_how_many_more_judgments_decide(material: Material) -> None:
    one = session(material)
    assert report(material, one).startswith("Not decided: too early to say; judge first.\n")
    for number in range(60):
        answer(one, number=number)
    (state,) = one.states()
    first = f"Not decided: exact on full leads bm25, by about {state.difference:.3f} nDCG@5 (95 % interval -"
    said = report(material, one).splitlines()[0]
    assert said.startswith(first)
    assert said.endswith(f"; about {state.more} more judgments decide.")
    assert state.more > 0


def test_with_whole_queries_the_next_run_can_be_trusted(material: Material) -> None:
    one = session(material, whole=True)
    for number in range(18):  # two queries: five items of each system, one of them of both
        answer(one, number=number)
    assert ending(material, one).endswith("\nNext: dvc add data && dvc repro && itemvec show")
