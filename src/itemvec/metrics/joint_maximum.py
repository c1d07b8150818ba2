"""How large the largest of many scores becomes by chance, when all are taken on the same units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from itemvec.core.arrays import Doubles, Floats

DRAWS = 9999
NUMBERS = 1 << 22  # drawn at a time
MANY = 4096  # units; of more, their inner products are drawn from


@dataclass(frozen=True)
class Maxima:
    """Largest scores of a family that has no differences, ascending, float64 of shape (n_draws,)."""

    ordered: Doubles

    def p(self, scores: Doubles) -> Doubles:
        """Share of draws, the observed one included, whose largest score is as large as each of ``scores``."""
        extreme = len(self.ordered) - np.searchsorted(self.ordered, scores)
        return np.asarray((1 + extreme) / (1 + len(self.ordered)), dtype=np.float64)

    def critical(self, level: float) -> float:
        """The score above which ``p`` is below ``level``."""
        allowed = int(np.ceil(level * (1 + len(self.ordered)) - 1e-9)) - 2  # draws that may be as large
        return float(self.ordered[len(self.ordered) - 1 - max(allowed, 0)])

    def has_ended(self, scores: Doubles) -> NDArray[np.bool_]:
        """Whether each is beyond all draws, so that ``p`` says no more than "at most"."""
        return np.asarray(scores > self.ordered[-1], dtype=np.bool_)


def standardise(values: Doubles, adverse: Doubles) -> Floats:
    """Columns and one more unit each, centred and of length one, float32 of shape (n_units + 1, n_columns).

    Parameters
    ----------
    values
        float64 of shape (n_units, n_columns), NaN where a unit is absent.
    adverse
        The value of one more unit, of shape (n_columns,).
    """
    found = np.empty((len(values) + 1, values.shape[1]), dtype=np.float32)
    width = max(1, NUMBERS // len(found))
    for start in range(0, values.shape[1], width):
        part = slice(start, start + width)
        rows = np.vstack([values[:, part], adverse[part]])
        rows -= np.nanmean(rows, axis=0)
        rows[np.isnan(rows)] = 0.0
        lengths = np.linalg.norm(rows, axis=0)
        found[:, part] = rows / np.where(lengths > 0, lengths, 1.0)
    return found


def maxima(columns: Floats, noise: Doubles, seed: int, two_sided: bool = True, draws: int = DRAWS) -> Maxima:
    """Draw the largest score of any column: weights of units are normal, and all columns share them.

    Each score is then standard normal, and scores go together as their columns do: the multiplier bootstrap of
    Chernozhukov, Chetverikov and Kato (2013) for the max-T of Westfall and Young (1993). Of signs at random in place of
    normal weights one gets sign flips; they would assume that values are symmetric and end at p = 1 / 2**n.

    Parameters
    ----------
    columns
        From ``standardise``, of shape (n_units + 1, n_columns).
    noise
        Share of the variance of each mean that is due to training seeds, of shape (n_columns,). That part is drawn for
        each column alone: to think that it does not go together makes the largest larger.
    """
    rng = np.random.default_rng(seed)
    noisy = np.flatnonzero(noise > 0)
    units = _shortened(columns)
    if len(noisy):
        units = units * np.sqrt(1 - noise, dtype=np.float32)
    found, rows = [], max(1, NUMBERS // max(units.shape))
    for start in range(0, draws, rows):
        n = min(rows, draws - start)
        scores = rng.standard_normal((n, len(units)), dtype=np.float32) @ units
        if len(noisy):
            scores[:, noisy] += rng.standard_normal((n, len(noisy)), dtype=np.float32) * np.sqrt(noise[noisy])
        found.append((np.abs(scores) if two_sided else scores).max(axis=1))
    return Maxima(np.sort(np.concatenate(found).astype(np.float64)))


def _shortened(columns: Floats) -> Floats:
    """Columns with the same inner products and fewer rows, where there are many: what is drawn depends on these alone.

    Few units are left as they are, so that the order of columns, or a copy of one, changes nothing at all.
    """
    if len(columns) <= max(MANY, 2 * columns.shape[1]):
        return columns
    squares, directions = np.linalg.eigh((columns.T @ columns).astype(np.float64))
    return np.asarray((directions * np.sqrt(np.maximum(squares, 0.0))) @ directions.T, dtype=np.float32)
