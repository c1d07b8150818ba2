"""Softmax over some of the catalogue in place of all of it, for catalogues too large to compare every state with."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from itemvec.core.arrays import Doubles, Ints
from itemvec.protocol.histories import Histories


class Negatives:
    """Draws items: one half of them each as likely as any other, one half as often as they occur in training."""

    def __init__(self, histories: Histories) -> None:
        self.items, self.n_items = histories.items, histories.n_items
        self.counts = np.bincount(self.items, minlength=self.n_items)

    def draw(self, n: int, rng: np.random.Generator) -> tuple[Ints, Doubles]:
        """Positions of ``n`` items, int64, and the logarithm of how often each is expected among them, float64."""
        uniform = rng.integers(self.n_items, size=n - n // 2)
        popular = self.items[rng.integers(len(self.items), size=n // 2)]
        drawn = np.concatenate([uniform, popular])
        expected = len(uniform) / self.n_items + len(popular) * self.counts[drawn] / len(self.items)
        return drawn, np.log(expected)


def sampled_softmax_loss(states: Tensor, wanted: Tensor, candidates: Tensor, same: Tensor, expected: Tensor) -> Tensor:
    """Mean cross-entropy of the right items against sampled ones (Bengio and Senecal, 2008).

    A candidate that is ``expected`` so many times in the sample counts for as much less, so its logit loses the
    logarithm of that. The right item is always there and loses nothing: with it and what is drawn of the others, the
    sum of the softmax is estimated without bias. (To correct the right item as well is common, and biases it: arXiv
    2507.09331.)

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
