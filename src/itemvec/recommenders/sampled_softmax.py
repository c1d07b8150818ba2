"""Sampled softmax: cross-entropy against a sample of the catalogue, for large catalogues."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from itemvec.core.arrays import Doubles, Ints
from itemvec.protocol.histories import Histories


class Negatives:
    """Draws negative items: one half uniformly, one half in proportion to their popularity in training."""

    def __init__(self, histories: Histories) -> None:
        self.items, self.n_items = histories.items, histories.n_items
        self.counts = np.bincount(self.items, minlength=self.n_items)

    def draw(self, n: int, rng: np.random.Generator) -> tuple[Ints, Doubles]:
        """Positions of ``n`` items, int64, and the logarithm of the expected count of each in the sample, float64."""
        uniform = rng.integers(self.n_items, size=n - n // 2)
        popular = self.items[rng.integers(len(self.items), size=n // 2)]
        drawn = np.concatenate([uniform, popular])
        expected = len(uniform) / self.n_items + len(popular) * self.counts[drawn] / len(self.items)
        return drawn, np.log(expected)


def sampled_softmax_loss(states: Tensor, wanted: Tensor, candidates: Tensor, same: Tensor, expected: Tensor) -> Tensor:
    """Mean cross-entropy of the right items against sampled ones (Bengio and Senecal, 2008).

    The logarithm of a candidate's ``expected`` count in the sample is subtracted from its logit. The right item is
    always present and is not corrected. So the sum of the softmax is estimated without bias. (It is common to correct
    the right item too, which biases the estimate: arXiv 2507.09331.)

    Parameters
    ----------
    states
        float32 of shape (n, dim).
    wanted
        The right item of each state, float32 of shape (n, dim).
    candidates
        float32 of shape (m, dim), shared by all states.
    same
        Where a candidate is the right item, bool of shape (n, m).
    expected
        Logarithms, float32 of shape (m,).
    """
    right = (states * wanted).sum(1, keepdim=True)
    logits = (states @ candidates.T - expected).masked_fill(same, -torch.inf)  # (n, m)
    everything = torch.cat([right, logits], dim=1)
    return functional.cross_entropy(everything, everything.new_zeros(len(states), dtype=torch.int64))
