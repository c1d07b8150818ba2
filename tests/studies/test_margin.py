import numpy as np
import pyarrow as pa
import pytest

from itemvec.metrics import Judgments
from itemvec.studies.margin import margins, summary
from tests.conftest import unit

JUDGED = Judgments(pa.array(["a", "b"]), np.array([0, 2, 1]), np.ones(3), np.array([0, 2, 3]))


def test_margins_by_hand() -> None:
    """Cosines of the first query are 1, .6, 0 and of the second 0, .8, 1; items come in two blocks."""
    items = np.array([[2, 0], [0.6, 0.8], [0, 3]], dtype=np.float32)
    found = margins(np.eye(2, dtype=np.float32), [items[:2], items[2:]], JUDGED)
    assert found == pytest.approx([0 - 0.6, 0.8 - 1])
    assert summary(found) == pytest.approx(
        {"queries": 2, "positive": 0, "least": -0.6, "5%": -0.6 + 0.05 * 0.4, "median": -0.4}
    )


def test_margins_are_those_of_all_scores(rng: np.random.Generator) -> None:
    queries, items = (rng.standard_normal((n, 4), dtype=np.float32) for n in (2, 9))
    scores = unit(queries) @ unit(items).T
    expected = [min(scores[0, [0, 2]]) - max(np.delete(scores[0], [0, 2])), scores[1, 1] - max(np.delete(scores[1], 1))]
    assert margins(queries, np.split(items, [4, 5]), JUDGED) == pytest.approx(expected)


def test_nothing_asked() -> None:
    assert summary(np.empty(0))["queries"] == 0
    every = Judgments(pa.array(["a"]), np.array([0, 1]), np.ones(2), np.array([0, 2]))  # no item is wrong
    assert summary(margins(np.ones((1, 2), np.float32), [np.eye(2, dtype=np.float32)], every))["queries"] == 0
