import numpy as np
import pyarrow as pa
import pytest

from itemvec.metrics import Spread, by_owner, compare_family, mean_interval


def test_who_has_one_query_keeps_its_value(rng: np.random.Generator) -> None:
    values = rng.random((5, 2))
    assert (by_owner(values, pa.array(list("edcba"))) == values).all()


def test_values_of_owners_by_hand() -> None:
    """The mean is 3; a deviates by -2 and 0, b by 2, and two owners have three queries."""
    found = by_owner(np.array([[1.0], [5.0], [3.0]]), pa.array(["a", "b", "a"]))
    assert found == pytest.approx(np.array([[3 - 2 * 2 / 3], [3 + 2 * 2 / 3]]))


def test_unequal_users_of_no_difference_are_seldom_told_apart(rng: np.random.Generator) -> None:
    """Planted: a taste of each user, with 1 to 200 cases each, and a mean of zero, 200 times."""
    cases = np.minimum(rng.pareto(1.5, size=150).astype(int) + 1, 200)
    owners = pa.array(np.repeat(np.arange(150), cases).astype(str))
    apart, within = [], []
    for _ in range(200):
        values = np.repeat(rng.normal(0, 0.2, size=150), cases) + rng.normal(0, 0.2, size=cases.sum())
        found = by_owner(values, owners)
        low, high = mean_interval(found, bounds=(-1, 1))
        apart.append([_p(values) < 0.05, _p(by_owner(values, owners, 0)) < 0.05])
        within.append(low <= 0 <= high)
    of_cases, of_users = np.mean(apart, axis=0)
    assert of_cases > 0.3
    assert of_users < 0.12
    assert np.mean(within) > 0.85


def _p(values: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> float:
    return float(compare_family(values[:, None], [Spread()], 1, draws=999).p[0])
