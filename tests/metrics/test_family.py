from math import inf

import numpy as np
import pytest

from itemvec.metrics import Spread
from itemvec.metrics.family import Family, compare_family


def compare(differences: np.ndarray, seed: int = 0, **options: float) -> Family:
    return compare_family(differences, [Spread()] * differences.shape[1], seed, **options)  # type: ignore[arg-type]


def test_planted_columns_are_found_and_others_are_not(rng: np.random.Generator) -> None:
    differences = rng.normal(0, 0.2, (400, 50))
    differences[:, 3] += 0.1
    differences[:, 7] -= 0.1
    found = compare(differences)
    assert np.flatnonzero(found.shown).tolist() == [3, 7]
    assert found.shown[[3, 7]].tolist() == [1, -1]
    assert found.at_most[3]
    assert found.p[3] == 1 / 10_000
    assert found.low[3] == pytest.approx(differences[:, 3].mean() - 3.3 * 0.01, abs=0.01)


def test_equal_gains_by_hand() -> None:
    """Each of five gains all: of five signs 2 of 32 patterns are as far out."""
    found = compare(np.ones((5, 1)))
    assert found.p[0] == pytest.approx(2 / 32, rel=0.05)
    assert (found.mean[0], found.low[0] <= 0 < found.high[0]) == (1, True)


@pytest.mark.parametrize("n_columns", [1, 4, 40])
@pytest.mark.parametrize("noise", [0.0, 0.01])
def test_p_and_interval_never_disagree(n_columns: int, noise: float) -> None:
    """Of differences so large that half of them are shown, skewed ones and ones with holes among them."""
    rng, shown = np.random.default_rng(n_columns), 0
    for seed in range(25):
        n = int(rng.integers(2, 200))
        differences = (rng.normal(0, 0.2, (n, n_columns)) ** 3 * 5 + rng.normal(0, 0.1, n_columns)).clip(-1, 1)
        differences[rng.random(differences.shape) < 0.1] = np.nan
        differences[0] = 0.0
        found = compare_family(differences, [Spread(noise**2, 4)] * n_columns, seed, draws=499)
        excludes = (found.low > 0) | (found.high < 0)
        assert np.array_equal(found.p < 0.05, excludes)
        assert np.array_equal(np.sign(found.low[excludes]), np.sign(found.mean[excludes]))
        assert np.all((found.low <= found.mean) & (found.mean <= found.high))
        shown += int(excludes.sum())
    assert shown > 0


def test_the_order_of_columns_and_their_direction_change_nothing(rng: np.random.Generator) -> None:
    differences = rng.normal(0.02, 0.2, (150, 8)).clip(-1, 1)
    order = rng.permutation(8)
    found, moved, turned = compare(differences), compare(differences[:, order]), compare(-differences)
    assert moved.p == pytest.approx(found.p[order], abs=2e-4)
    assert moved.low == pytest.approx(found.low[order], abs=1e-4)
    assert turned.p == pytest.approx(found.p, abs=2e-4)
    assert turned.low == pytest.approx(-found.high, abs=1e-4)


def test_copies_of_a_column_cost_nothing(rng: np.random.Generator) -> None:
    differences = rng.normal(0.03, 0.2, (150, 4)).clip(-1, 1)
    found, more = compare(differences), compare(np.hstack([differences, *[differences[:, :1]] * 50]))
    assert more.p[:4] == pytest.approx(found.p, abs=2e-4)
    assert more.p[4:] == pytest.approx(np.full(50, found.p[0]), abs=2e-4)


def test_columns_that_go_together_cost_little(rng: np.random.Generator) -> None:
    column = rng.normal(0.05, 0.2, (300, 1)).clip(-1, 1)
    alike = column + rng.normal(0, 0.02, (300, 99))
    apart = rng.normal(0, 0.2, (300, 99))
    alone, among, against = (compare(np.hstack([column, *rest])).critical for rest in ([], [alike], [apart]))
    assert alone == pytest.approx(1.96, abs=0.06)
    assert alone <= among < alone + 0.3
    assert against == pytest.approx(3.48, abs=0.15)  # of a hundred independent ones


def test_resolution_does_not_depend_on_the_number_of_comparisons(rng: np.random.Generator) -> None:
    differences = rng.normal(0, 0.1, (500, 1000)).clip(-1, 1)
    differences[:, 0] += 0.1
    assert compare(differences, draws=999).p[0] == 1 / 1000


def test_no_differences_have_an_interval_all_the_same() -> None:
    """Of 71 equal queries, one in twenty may differ in the population: 0.95**71 is 2.6 %."""
    found = compare(np.zeros((71, 3)))
    assert found.p.tolist() == [1, 1, 1]
    assert found.identical.all()
    assert found.low == pytest.approx(np.full(3, 0.025 ** (1 / 71) - 1), rel=0.03)
    assert found.high == pytest.approx(-found.low)


def test_of_one_unit_nothing_is_shown() -> None:
    found = compare(np.array([[1.0, -0.5, 0.0]]))
    assert np.all(found.p > 0.05)
    assert np.all((found.low <= 0) & (found.high >= 0))


def test_a_constant_gain_is_shown_only_if_no_rare_loss_could_undo_it() -> None:
    """A gain of 0.01 by all of 71 queries: one in a hundred that loses all would make it none."""
    assert compare(np.full((71, 1), 0.01)).p[0] == 1
    assert compare(np.full((71, 1), 0.10)).p[0] < 0.05


def test_nothing_to_compare() -> None:
    assert len(compare(np.zeros((10, 0)))) == 0
    empty = compare(np.full((3, 1), np.nan))
    assert np.isnan(empty.mean[0])
    assert empty.p[0] == 1
    with pytest.raises(ValueError, match="one Spread for each of 2"):
        compare_family(np.zeros((3, 2)), [Spread()], 0)


def test_the_luck_of_seeds_is_not_taken_for_a_fact(rng: np.random.Generator) -> None:
    differences = (0.01 + rng.normal(0, 0.01, (20_000, 1))).clip(-1, 1)
    p = [compare_family(differences, [Spread(0.02**2, degrees)], 1).p[0] for degrees in (inf, 2)]
    assert compare(differences).p[0] < 0.001
    assert p == pytest.approx([0.617, 0.667], abs=0.03)  # of 0.01 / 0.02, normal and Student's with two degrees


def test_same_seed_same_result(rng: np.random.Generator) -> None:
    differences = rng.normal(0.02, 0.2, (100, 6)).clip(-1, 1)
    first, again, other = compare(differences, 1), compare(differences, 1), compare(differences, 2)
    assert np.array_equal(first.p, again.p)
    assert first.critical == again.critical != other.critical


def test_many_units_are_drawn_from_their_correlations(rng: np.random.Generator) -> None:
    """The same family twice: as it is, and with each unit four times, which leaves correlations as they are."""
    differences = (rng.normal(0, 0.1, (2000, 1)) + rng.normal(0, 0.1, (2000, 20))).clip(-1, 1)
    few, many = compare(differences), compare(np.vstack([differences] * 4))
    assert many.critical == pytest.approx(few.critical, abs=0.06)
    assert many.critical > 2.3
