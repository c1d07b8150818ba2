"""Agreement against values by hand."""

from math import isnan

import pytest

from itemvec.datasets.judgment_log import Line, Pair
from itemvec.judging.agreement import agreement, as_text


def person(grades: str) -> dict[Pair, Line]:
    """Grades of pairs 0, 1, ...; a dot where there is none, s for skipped."""
    words = {str(n): (grade, "skip") for n, grade in enumerate(grades) if grade != "."}
    return {("q", n): Line("", "", "q", n, skip if grade == "s" else grade, None) for n, (grade, skip) in words.items()}


def test_kappa_by_hand() -> None:
    """Equal in 4 of 6; by chance: 0 in 3/6 * 2/6, 1 in 3/6 * 4/6, together 1/2."""
    found = agreement({"anna": person("000111"), "bob": person("001110")})
    shared, equal, kappa, _ = found.kappas["anna", "bob"]
    assert shared == 6
    assert equal == pytest.approx(4 / 6)
    chance = (3 * 3 + 3 * 3) / 36
    assert kappa == pytest.approx((4 / 6 - chance) / (1 - chance))


def test_weighted_kappa_forgives_a_near_miss() -> None:
    """Disagreement 1 once in 4, of those that chance would give: grades 0 0 3 3 against 0 1 3 3."""
    found = agreement({"anna": person("0033"), "bob": person("0133")})
    expected = sum(abs(a - b) for a in (0, 0, 2, 2) for b in (0, 1, 2, 2)) / 16  # places of the grades 0, 1, 3
    assert found.kappas["anna", "bob"][3] == pytest.approx(1 - (1 / 4) / expected)


def test_alpha_by_hand() -> None:
    """Two grades: ordinal is nominal. 10 values, 4 of them 1 and 6 of them 0; one of five pairs differs."""
    found = agreement({"anna": person("00011"), "bob": person("00111"), "eve": person(".....1")})
    n, ones, zeros = 10, 5, 5
    assert found.alpha == pytest.approx(1 - (n - 1) * (2 * 1 / 2) / (ones * zeros))


def test_what_is_skipped_or_not_shared_is_left_out() -> None:
    found = agreement({"anna": person("01s."), "bob": person("0..1")})
    assert found.pairs == 1
    assert isnan(found.alpha)
    assert (
        as_text(found)
        == "1 pair judged by two people or more: all grades are equal, so agreement beyond chance is unknown."
    )
    assert "No two people have judged the same pair" in as_text(agreement({"anna": person("01")}))
    assert as_text(agreement({})).startswith("Nobody has judged a pair yet")


def test_the_table_has_a_row_for_two_people_each() -> None:
    text = as_text(agreement({"anna": person("00011"), "bob": person("00111"), "eve": person("00011")}))
    assert text.startswith("Krippendorff's alpha 0.7")
    assert "Few pairs" in text
    assert [line.split()[:2] for line in text.splitlines()[-3:]] == [["anna", "bob"], ["anna", "eve"], ["bob", "eve"]]
