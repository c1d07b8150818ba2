"""Lists, the cascade model, filters and weights, on logs that are counted by hand."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from itemvec.clicks import (
    Cells,
    ClickLog,
    asked_anew,
    attraction,
    click_weights,
    corocchio,
    lists,
    looked_at,
    position_weights,
    short,
    snips,
)
from itemvec.core.arrays import Doubles, Ints
from itemvec.core.errors import DatasetError
from tests.clicks.simulator import by_cascade


def log_of(rows: list[tuple[int, int, int, int]], **more: Any) -> ClickLog:
    """Rows of query, item, position, clicked."""
    query, item, position, clicked = (np.array(column) for column in zip(*rows, strict=True))
    return ClickLog(query, item, position, clicked == 1, **{key: np.array(value) for key, value in more.items()})


def test_a_list_ends_where_query_session_or_order_does() -> None:
    log = log_of([(0, 5, 1, 0), (0, 6, 2, 0), (0, 5, 1, 0), (1, 5, 2, 0), (1, 6, 3, 0)], session=[0, 0, 0, 0, 1])
    assert lists(log).tolist() == [0, 0, 1, 2, 3]


def test_a_reader_sees_all_down_to_the_first_click() -> None:
    log = log_of([(0, 0, 1, 0), (0, 1, 2, 1), (0, 2, 3, 1), (1, 0, 1, 0), (1, 1, 2, 0)])
    assert looked_at(log).tolist() == [True, True, False, True, True]


def test_the_cascade_recovers_what_users_want(rankings: Ints, attractive: Doubles) -> None:
    log = by_cascade(rankings, attractive, 400, np.random.default_rng(5))
    cells = Cells.of(log.where(looked_at(log)))
    value, looks = attraction(cells, np.ones(6), 1.0)
    known = looks >= 100
    errors = (value - attractive[cells.query, cells.item])[known] / np.sqrt(0.25 / looks[known])
    assert known.sum() > 100
    assert np.abs(errors).max() < 4  # standard errors, at most


def test_lists_with_gaps_are_no_cascade() -> None:
    with pytest.raises(DatasetError, match="2 of 3 result lists lack positions"):
        looked_at(log_of([(0, 0, 1, 1), (1, 0, 3, 1), (2, 0, 1, 0), (2, 1, 3, 1)]))


def test_a_click_that_was_left_at_once_is_short() -> None:
    log = log_of([(0, 0, 1, 1), (0, 1, 2, 1), (0, 2, 3, 0), (0, 3, 4, 1)], dwell=[5.0, 31.0, np.nan, np.nan])
    assert short(log, 30).tolist() == [True, False, False, False]
    assert log.without(short(log, 30)).clicked.tolist() == [False, True, False, True]


def test_a_query_that_is_asked_in_other_words_was_not_answered() -> None:
    """Sessions 0 and 1 are mixed; only session 0 asks again, and then something else."""
    texts = pa.array(["desk lamp", "garden hose", "black desk lamp", "sofa"])
    log = log_of([(0, 0, 1, 1), (1, 7, 1, 1), (2, 0, 1, 1), (3, 5, 1, 1)], session=[0, 1, 0, 0])
    assert asked_anew(log, texts).tolist() == [True, False, False, False]
    assert not asked_anew(log_of([(0, 0, 1, 1), (0, 0, 1, 1)], session=[0, 0]), texts).any()  # the next page
    assert not asked_anew(log_of([(0, 0, 1, 1), (2, 0, 1, 1)]), texts).any()  # no sessions


def test_weights_of_clicks() -> None:
    propensities = np.array([1, 0.5, 0.01, np.nan])
    assert position_weights(propensities, 10).tolist() == [1, 2, 10, 0]
    log = log_of([(0, 0, 1, 1), (0, 1, 2, 1), (0, 2, 3, 0), (0, 3, 3, 1)])
    weights = click_weights(log, propensities, 3)
    assert weights == pytest.approx(np.array([1, 2, 0, 3]) / 2)  # of mean 1 over the clicks
    assert snips(np.array([1.0, 0, 1, 1]), weights) == pytest.approx((1 + 3) / 6)


@pytest.mark.parametrize("clip", [1.0, 4.0, np.inf])
def test_clipping_costs_no_bias(clip: float) -> None:
    """Clicks exactly as expected, p_k g, give g for every clip."""
    shown = [(0, 0, k, int(n < 1000 * p * 0.3)) for k, p in ((1, 1.0), (2, 0.5), (3, 0.1)) for n in range(1000)]
    value, looks = attraction(Cells.of(log_of(shown)), np.array([1, 0.5, 0.1]), clip)
    assert value == pytest.approx([0.3])
    assert looks == pytest.approx([1600])


def test_clicks_move_the_vector_of_their_query() -> None:
    """Two lists of query 0; the click at position 2 counts twice. Nobody clicked for query 1."""
    queries, items = np.eye(3, dtype=np.float32)[:2], np.eye(3, dtype=np.float32)
    log = log_of([(0, 1, 1, 1), (0, 2, 2, 1), (0, 2, 1, 0), (1, 2, 1, 0)])
    found = corocchio(queries, items, log, np.array([1.0, 0.5]))
    assert found == pytest.approx(np.array([[0.4, 0.6 / 2, 0.6 * 2 / 2], [0, 1, 0]]))
    assert found.dtype == np.float32
