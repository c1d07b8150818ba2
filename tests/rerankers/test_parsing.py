import random
import sys

import pytest

from itemvec.rerankers.parsing import by_rating, permutation, preference, rating


@pytest.mark.parametrize(
    ("answer", "order"),
    [
        ("[2] > [3] > [1]", [1, 2, 0]),
        ("2, 3, 1", [1, 2, 0]),
        ("Here are the 3 items, ranked: [3] > [1] > [2].", [2, 0, 1]),  # the 3 without brackets is no item
        ("<think>First [1], no, [2].</think>[3] > [2]", [2, 1, 0]),
        ("<think>[2] and so on, until the tokens end", [0, 1, 2]),
        ("[3] > [3] > [3]", [2, 0, 1]),
        ("[0] > [4] > [-1] > [2]", [1, 0, 2]),
        ("【2】>【1】", [1, 0, 2]),
        ("[٢] > [१]", [1, 0, 2]),  # two and one, in Arabic and Devanagari
        ("[²] > [Ⅱ]", [0, 1, 2]),
        ("[" + "9" * 10_000 + "] > [2]", [1, 0, 2]),  # more digits than int() reads
        ("I am sorry, but I cannot rank these items.", [0, 1, 2]),
        ("", [0, 1, 2]),
    ],
)
def test_what_an_answer_names_comes_first_and_the_rest_keeps_its_order(answer: str, order: list[int]) -> None:
    assert permutation(answer, 3) == order


def test_any_answer_gives_every_place_once() -> None:
    draw = random.Random(0)
    pieces = ["[", "]", ">", " ", "\n", "<think>", "</think>", "【", "١", "²", "\x00", "A", "B", "-", ".", "no", "🎩"]
    for _ in range(2000):
        pool = [
            *pieces,
            str(draw.randrange(30)),
            chr(draw.randrange(0xD7FF)),
            chr(draw.randrange(0x10000, sys.maxunicode)),
        ]
        answer = "".join(draw.choice(pool) for _ in range(draw.randrange(40)))
        n = draw.randrange(25)
        assert sorted(permutation(answer, n)) == list(range(n))
        found = rating(answer, 10)
        assert found is None or 0 <= found <= 10
        assert preference(answer) in ("A", "B", None)


@pytest.mark.parametrize(
    ("answer", "number"), [("7", 7), ("Relevance: 10/10", 10), ("99, or 4", 4), ("none", None), ("", None), ("٣", 3)]
)
def test_a_rating_is_the_first_number_that_can_be_one(answer: str, number: int | None) -> None:
    assert rating(answer, 10) == number


@pytest.mark.parametrize(
    ("answer", "letter"),
    [
        ("A", "A"),
        ("Item B.", "B"),
        ("[B]", "B"),
        ("**A**", "A"),
        ("ABBA", None),
        ("Both", None),
        ("b", None),
        ("", None),
    ],
)
def test_a_preference_stands_alone(answer: str, letter: str | None) -> None:
    assert preference(answer) == letter


def test_what_is_not_rated_keeps_its_rank() -> None:
    assert by_rating([3, None, 9, 3, None]).tolist() == [2, 1, 0, 3, 4]
    assert by_rating([None, None]).tolist() == [0, 1]
