from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from itemvec.core.arrays import Floats
from itemvec.tuners import Lesson
from itemvec.tuners.negatives import Miner
from tests.tuners.conftest import asked, lesson

# Cosines of the query with six items: .9, .8, .7, .6, .5, .4
COSINES = np.arange(0.9, 0.35, -0.1)


@pytest.fixture
def known() -> Lesson:
    """Item 2 is relevant, item 5 was judged not relevant."""
    items = np.stack([COSINES, np.sqrt(1 - COSINES**2)], axis=1).astype(np.float32)
    one = replace(asked(np.array([[1, 0]], np.float32), [2]), irrelevant=np.array([[0, 5]]))
    return lesson(items, one, one, words=lambda _, k: np.array([[2, 3, 4, -1]])[:, :k])


def mined(miner: Miner, known: Lesson, queries: Floats | None = None) -> tuple[list[int], dict[str, Any]]:
    queries = known.train.vectors if queries is None else queries
    found, audit = miner.mine(known, queries, known.items, np.random.default_rng(1))
    return found[0].tolist(), audit


def test_what_people_refused_comes_first_and_what_they_judged_relevant_never(known: Lesson) -> None:
    """The margin is .7 * .95 = .665: items 0 and 1 score nearly as the relevant one, or better."""
    found, audit = mined(Miner("hard", 3), known)
    assert found == [5, 3, 4]
    assert audit["thrown_out"] == {"judged_relevant": 1, "too_close": 2, "guide": 0}
    assert audit["looked_at"] == 6
    assert audit["judged_relevant"] == pytest.approx(1 / 6)
    assert (audit["kept"], audit["judged_irrelevant"], audit["queries_with_too_few"]) == (3, 1, 0)


def test_too_few_are_counted_and_not_made_up(known: Lesson) -> None:
    found, audit = mined(Miner("hard", 5), known)
    assert found == [5, 3, 4, -1, -1]
    assert audit["queries_with_too_few"] == 1
    assert audit["kept_per_query"] == {"least": 3, "mean": 3.0}


def test_hard_negatives_follow_the_weights_of_the_moment(known: Lesson) -> None:
    """With a query that has turned, items 3 and 4 score above the relevant one, and 1 is the nearest that does not."""
    turned = np.array([[0, 1]], np.float32)
    assert mined(Miner("hard", 2, 0.0), known, turned)[0] == [5, 1]
    assert mined(Miner("hard", 2, 0.0), known)[0] == [5, 3]


def test_a_guide_throws_out_what_it_scores_like_the_answer(known: Lesson) -> None:
    said = {"item 2": -1.0, "item 3": -0.9, "item 4": -3.0}  # scores may be negative
    guide = lambda _, texts: np.array([said[text] for text in texts])  # noqa: E731
    found, audit = mined(Miner("hard", 2, 0.05, guide), known)
    assert found == [5, 4]
    assert audit["thrown_out"]["guide"] == 1


def test_other_sources(known: Lesson) -> None:
    assert mined(Miner("bm25", 3), known)[0] == [5, 3, 4]
    assert mined(Miner("in-batch", 3), known)[0] == [-1, -1, -1]
    found, audit = mined(Miner("random", 3), known)
    assert 2 not in found
    assert audit["looked_at"] == 6
