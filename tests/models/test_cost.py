import numpy as np
import pyarrow as pa
import pytest

from itemvec.models.cost import Cost


def test_a_text_costs_once() -> None:
    cost = Cost(2.5)
    cost.add(pa.array(["a", "b", "a"]), np.array([10, 20, 10], dtype=np.int32))
    cost.add(pa.array(["b", "c"]), np.array([20, 5], dtype=np.int32))
    assert cost.dollars() == pytest.approx((10 + 20 + 5) * 2.5 / 1e6)


def test_nothing_costs_nothing() -> None:
    cost = Cost(2.5)
    assert cost.dollars() == 0
    cost.add(pa.array([], pa.string()), np.array([], dtype=np.int32))
    assert cost.dollars() == 0


def test_one_unknown_makes_the_sum_unknown() -> None:
    cost = Cost(2.5)
    cost.add(pa.array(["a", "b"]), np.array([10, 0], dtype=np.int32))
    assert cost.dollars() is None
