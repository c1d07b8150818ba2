"""Curves of quality against size: planted ones are recovered, their bands cover, and few models are refused."""

import numpy as np
import pytest

from itemvec.core.arrays import Doubles
from itemvec.core.errors import ParamsError
from itemvec.decision.leaderboard import leaderboard
from itemvec.decision.leaderboard_text import as_text
from itemvec.decision.scaling import family, scaling_lines
from itemvec.decision.scaling_fit import Scaling
from tests.decision.states import state

SIZES = np.array([22e6, 33e6, 110e6, 335e6, 560e6, 1.5e9])
LINE = 0.1 + 0.05 * np.log10(SIZES)
CURVE = 0.7 - 0.3 * (SIZES / 22e6) ** -0.6


def noisy(means: Doubles, rng: np.random.Generator, n: int = 300) -> Doubles:
    """Values of queries: some are harder for all models, and each model has luck of its own."""
    return means + 0.3 * rng.standard_normal((n, 1)) + 0.2 * rng.standard_normal((n, len(means)))


def test_planted_curves_are_recovered() -> None:
    line = Scaling.fit(SIZES, LINE[None].repeat(4, axis=0), 1, 9)
    assert line.linear.coefficients[0] == pytest.approx([0.1, 0.05, 0])
    assert line.linear.doubling(1e9) == pytest.approx([0.05 * np.log10(2)] * 3)
    assert line.linear.missed == pytest.approx(0)
    curve = Scaling.fit(SIZES, CURVE[None].repeat(4, axis=0), 1, 9).saturating
    assert curve.coefficients[0] == pytest.approx([0.7, 0.3, 0.6], rel=0.03)  # the exponents are a grid
    assert curve.at(SIZES)[0] == pytest.approx(CURVE, abs=1e-3)
    assert curve.missed == pytest.approx(0, abs=1e-3)


def test_the_error_at_the_largest_is_that_of_a_fit_without_it() -> None:
    """A line through saturating quality promises too much."""
    found = Scaling.fit(SIZES, CURVE[None], 1, 1)
    slope, intercept = np.polyfit(np.log10(SIZES[:-1]), CURVE[:-1], 1)
    assert found.linear.missed == pytest.approx(intercept + slope * np.log10(1.5e9) - CURVE[-1])
    assert found.linear.missed > 0.05


def test_the_band_covers() -> None:
    """95 % of bands hold the true line; of 300 samples, 91 to 99 % do by chance (three standard errors)."""
    rng = np.random.default_rng(5)
    inside = []
    for seed in range(300):
        low, high = Scaling.fit(SIZES, noisy(LINE, rng, 100), seed, 200).linear.band(SIZES[[0, 3, 5]])
        inside.append((low <= LINE[[0, 3, 5]]) & (high >= LINE[[0, 3, 5]]))
    assert np.mean(inside, axis=0) == pytest.approx([0.95] * 3, abs=0.038)


def test_quality_that_falls_with_size_is_flat_at_best() -> None:
    assert Scaling.fit(SIZES, -LINE[None], 1, 1).saturating.doubling(1e9)[0] == 0
    assert Scaling.fit(SIZES, -LINE[None], 1, 1).linear.doubling(1e9)[0] < 0


def test_four_sizes_are_refused() -> None:
    sizes = np.array([1e6, 2e6, 3e6, 4e6, 4e6])
    with pytest.raises(ParamsError, match="4 models of different size are too few for a curve, it takes 5"):
        Scaling.fit(sizes, np.ones((10, 5)), 1)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("bge-small-en-v1-5", "bge-en-v1"),
        ("qwen3-embedding-0-6b", "qwen3-embedding"),
        ("snowflake-arctic-embed-xs", "snowflake-arctic-embed"),
        ("potion-base-8M", "potion"),
        ("minilm", "minilm"),
        ("large", "large"),
    ],
)
def test_a_family_is_the_name_without_its_size(model: str, expected: str) -> None:
    assert family(model) == expected


def tried(names: str, rng: np.random.Generator) -> str:
    values = np.clip(noisy(LINE, rng), 0, 1)
    group = ("search", "titles")
    states = [
        state({group: {"exact/full": values[:200, i]}}, name, model=name, seed=1, encoder={"parameters": int(size)})
        for i, (name, size) in enumerate(zip(names.split(), SIZES, strict=False))
    ]
    return as_text(leaderboard([*states, state({group: {"exact/full": values[:200, 0]}}, model="other", seed=1)]))


def test_the_leaderboard_says_what_the_next_doubling_buys(rng: np.random.Generator) -> None:
    said = " ".join(tried("fox-xs fox-s fox-m fox-l fox-xl fox-2b", rng).split())
    assert "Search, titles, exact/full: twice the size of the largest fox (1,500.0 M parameters) would add" in said
    assert "by a line through 6 models" in said
    few = " ".join(tried("fox-xs fox-s fox-m fox-l", rng).split())
    assert "it takes 5 models of one family with different numbers of parameters; the most here are 4, of fox." in few


def test_one_model_says_nothing_of_scaling() -> None:
    assert scaling_lines(leaderboard([state({("search", "titles"): {"exact/full": np.ones(200)}}, seed=1)])) == []
