"""How quality grows with the size of a model: a line and a saturating curve through the models of one family."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itemvec.core.arrays import Doubles
from itemvec.core.errors import ParamsError

LEAST = 5  # models of different size
DRAWS = 1000
COUNTS = 1 << 22  # how often each query is in a sample, in memory at a time
EXPONENTS = np.geomspace(0.02, 4.0, 120)  # of the saturating curve; below the least it is a line on this range


@dataclass(frozen=True)
class Curve:
    """One form, fitted to the means of all queries and to those of each bootstrap sample.

    Its value at a size N is ``a + b * g``: g is log10 N for the line, and ``-(N / N0)**-alpha`` with b >= 0 for the
    saturating curve, where N0 is the smallest size; ``a`` is then what no size exceeds.

    coefficients
        a, b and alpha (0 for the line), float64 of shape (1 + n_draws, 3), those of the data first.
    smallest
        N0.
    missed
        What it predicts for the largest model when fitted to the others, less what was measured.
    """

    coefficients: Doubles
    smallest: float
    missed: float

    def at(self, sizes: Doubles) -> Doubles:
        """Its values, float64 of shape (1 + n_draws, n_sizes)."""
        a, b, alpha = self.coefficients.T[:, :, None]
        found: Doubles = a + b * np.where(alpha > 0, -((sizes / self.smallest) ** -alpha), np.log10(sizes))
        return found

    def band(self, sizes: Doubles, level: float = 0.05) -> tuple[Doubles, Doubles]:
        """Percentile interval of its value at each of ``sizes``: what other queries could have given."""
        low, high = np.quantile(self.at(sizes)[1:], [level / 2, 1 - level / 2], axis=0)
        return low, high

    def doubling(self, size: float, level: float = 0.05) -> tuple[float, float, float]:
        """What twice the size adds, and its percentile interval."""
        before, after = self.at(np.array([size, 2 * size])).T
        low, high = np.quantile((after - before)[1:], [level / 2, 1 - level / 2])
        return float((after - before)[0]), float(low), float(high)


@dataclass(frozen=True)
class Scaling:
    """Both forms through the models of one family."""

    linear: Curve
    saturating: Curve

    @classmethod
    def fit(cls, sizes: Doubles, values: Doubles, seed: int, draws: int = DRAWS) -> Scaling:
        """Fit by least squares to the means, each model counting as much as another.

        y = a + b log10 N, and y = A - B N**-alpha, the forms of arXiv 2508.17400 as far as its abstract says them. The
        bootstrap draws queries: its band holds for these models on other queries, not for another model of the family,
        whose scatter about the curve ``missed`` gives an idea of.

        Parameters
        ----------
        sizes
            Parameters of each model, or operations, float64 of shape (n_models,).
        values
            A value for each independent query and model, float64 of shape (n_queries, n_models).

        Raises
        ------
        ParamsError
            There are fewer than five models of different size.
        """
        if (n_sizes := len(np.unique(sizes))) < LEAST:
            raise ParamsError(f"scaling: {n_sizes} models of different size are too few for a curve, it takes {LEAST}")
        means = np.concatenate([values.mean(axis=0)[None], _resampled(values, seed, draws)])  # (1 + n_draws, n_models)
        others, largest = sizes < sizes.max(), sizes.max()
        curves = []
        for fitted in (_line, _saturating):
            smallest = float(sizes.min())
            without = Curve(fitted(sizes[others], means[:1, others]), smallest, 0.0)
            missed = float(without.at(np.array([largest]))[0, 0] - means[0, ~others].mean())
            curves.append(Curve(fitted(sizes, means), smallest, missed))
        return cls(*curves)


def _resampled(values: Doubles, seed: int, draws: int) -> Doubles:
    """Means of bootstrap samples of the queries, float64 of shape (draws, n_models)."""
    n, rng = len(values), np.random.default_rng(seed)
    rows = max(1, COUNTS // n)
    parts = [
        rng.multinomial(n, np.full(n, 1 / n), size=min(rows, draws - start)) @ values for start in range(0, draws, rows)
    ]
    return np.concatenate(parts) / n


def _line(sizes: Doubles, means: Doubles) -> Doubles:
    x = np.log10(sizes)
    slopes = means @ (x - x.mean()) / np.square(x - x.mean()).sum()
    return np.column_stack([means.mean(axis=1) - slopes * x.mean(), slopes, np.zeros(len(means))])


def _saturating(sizes: Doubles, means: Doubles) -> Doubles:
    """The best of a grid of exponents, for each row; the rest is linear. Quality that falls with size gives b = 0."""
    x = -((sizes / sizes.min()) ** -EXPONENTS[:, None])  # (n_exponents, n_models)
    centred = x - x.mean(axis=1, keepdims=True)
    squares = np.square(centred).sum(axis=1)
    slopes = np.maximum(means @ centred.T / squares, 0.0)  # (n_rows, n_exponents)
    best = (np.square(slopes) * squares).argmax(axis=1)  # what it explains
    b = slopes[np.arange(len(means)), best]
    return np.column_stack([means.mean(axis=1) - b * x.mean(axis=1)[best], b, EXPONENTS[best]])
