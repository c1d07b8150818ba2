import re
from collections.abc import Sequence

import pytest

from itemvec.rerankers.ranking_prompts import Protocol, all_pairs, listwise, pointwise, sliding_pairs

TEXTS = [[f"worth {number}" for number in some] for some in ([3, 9, 1, 7, 5], [2, 4], [6], [])]
QUERIES = ["a", "b", "c", "d"]
BEST = [[1, 3, 4, 0, 2], [1, 0], [0], []]


class Judge:
    """Knows the worth of every item, answers as it is asked to, and keeps how many prompts each step had."""

    def __init__(self) -> None:
        self.steps: list[int] = []

    def __call__(self, prompts: Sequence[str], tokens: int) -> list[str]:
        self.steps.append(len(prompts))
        return [self.answer([int(number) for number in re.findall(r"worth (\d+)", prompt)]) for prompt in prompts]

    def answer(self, worth: list[int]) -> str:
        if len(worth) == 1:
            return f"Score: {worth[0]}"
        return " > ".join(f"[{place + 1}]" for place in sorted(range(len(worth)), key=lambda place: -worth[place]))


class Chooser(Judge):
    def answer(self, worth: list[int]) -> str:
        return "A" if worth[0] > worth[1] else "Item B"


@pytest.mark.parametrize(
    ("protocol", "judge", "steps"),
    [
        (pointwise, Judge(), [5 + 2 + 1]),
        (all_pairs, Chooser(), [2 * 10, 2 * 1]),
        (sliding_pairs(4), Chooser(), [2, 2, 2, 2 + 2, 2, 2, 2, 2, 2, 2]),  # passes of 4, 3, 2 and 1 comparisons
        (listwise(20, 10), Judge(), [2]),
        (listwise(3, 1), Judge(), [2, 1, 1]),  # windows at 2, 1 and 0 of the first query, and one of the second
    ],
)
def test_the_order_is_that_of_the_judge(protocol: Protocol, judge: Judge, steps: list[int]) -> None:
    orders = [order.tolist() for order in protocol(judge, QUERIES, TEXTS)]
    assert judge.steps == steps
    if steps != [2, 1, 1]:
        assert orders == BEST
    else:  # one run of the window brings up the best two alone, as the paper has it
        assert [order[:2] for order in orders] == [best[:2] for best in BEST]


def test_one_pass_brings_up_the_best_alone() -> None:
    order = sliding_pairs(1)(Chooser(), ["a"], TEXTS[:1])[0]
    assert order.tolist() == [1, 0, 3, 2, 4]


@pytest.mark.parametrize("protocol", [pointwise, all_pairs, sliding_pairs(3), listwise(3, 2)])
@pytest.mark.parametrize("answer", ["", "I cannot help with that.", "A", "🎩"])
def test_a_judge_that_says_nothing_changes_nothing(protocol: Protocol, answer: str) -> None:
    """One that always prefers the first place says nothing either."""
    orders = protocol(lambda prompts, tokens: [answer] * len(prompts), QUERIES, TEXTS)
    assert [order.tolist() for order in orders] == [list(range(len(some))) for some in TEXTS]


def test_the_windows_of_the_paper_are_nine_for_a_hundred_items() -> None:
    judge = Judge()
    (order,) = listwise(20, 10)(judge, ["a"], [[f"worth {number}" for number in range(100)]])
    assert judge.steps == [1] * 9
    assert order[:10].tolist() == [*range(99, 89, -1)]
