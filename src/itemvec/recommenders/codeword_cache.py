"""Attention over a history whose keys are codewords, from sums per codeword (VQL, arXiv 2508.17125).

With keys quantised, all events of a codeword have one logit, so that attention over L events

    out(q) = sum_i w_i exp(q.k_i / sqrt(d)) v_i / sum_i w_i exp(q.k_i / sqrt(d))

is attention over C codewords, exactly: with z_i the codeword of event i, n_c = sum_{i: z_i = c} w_i and
S_c = sum_{i: z_i = c} w_i v_i,

    out(q) = sum_c exp(q.e_c / sqrt(d)) S_c / sum_c exp(q.e_c / sqrt(d)) n_c.

The weight of time is w_i = exp(-rate (t - i)), a product of a factor of t and one of i. So sums age together, and an
event changes those of one codeword only.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor


def summed(codes: Tensor, weights: Tensor, values: Tensor, n_codewords: int) -> tuple[Tensor, Tensor]:
    """The sums n and S of each codeword, (n, heads, n_codewords) and (n, heads, n_codewords, width).

    Parameters
    ----------
    codes
        Codeword of each event, int64 of shape (n, heads, length).
    weights
        Of each event, of the same shape; 0 for what is not to count.
    values
        (n, heads, length, width).
    """
    shape = (*codes.shape[:2], n_codewords)
    counts = weights.new_zeros(shape).scatter_add(2, codes, weights)
    index = codes[..., None].expand_as(values)
    sums = values.new_zeros(*shape, values.shape[-1]).scatter_add(2, index, weights[..., None] * values)
    return counts, sums


def read(queries: Tensor, codewords: Tensor, counts: Tensor, sums: Tensor, log_kept: Tensor | float = 0.0) -> Tensor:
    """Attention of queries, (n, heads, width), over codewords, (heads, n_codewords, width), by their sums.

    It is computed as a softmax over logits + log n_c of the means S_c / n_c, which cannot overflow. ``log_kept`` is the
    logarithm of what both sums of a codeword have lost since they were made; it cancels from their ratio.
    """
    logits = torch.einsum("nhd,hcd->nhc", queries, codewords) / math.sqrt(queries.shape[-1])
    shares = (logits + counts.log() + log_kept).softmax(dim=-1)  # 0 for a codeword without events
    shares = shares / counts.clamp(min=torch.finfo(counts.dtype).tiny)
    return torch.einsum("nhc,nhcd->nhd", shares, sums)


class CodewordCache:
    """The sums of ``n`` users, kept up event by event.

    An event changes one codeword per head. The others age only when they are next touched or read, by the time that has
    passed since, which ``touched`` holds. Memory does not depend on how many events there were.

    Parameters
    ----------
    n, n_codewords, width
        Users, codewords and the width of a value of one head.
    rates
        By which events lose weight at each step, of shape (heads,); 0 for never.
    """

    def __init__(self, n: int, n_codewords: int, width: int, rates: Tensor) -> None:
        shape = (n, len(rates), n_codewords)
        self.rates, self.now = rates, 0
        self.counts, self.sums = rates.new_zeros(shape), rates.new_zeros(*shape, width)
        self.touched = torch.zeros(shape, dtype=torch.int32, device=rates.device)

    def add(self, codes: Tensor, values: Tensor) -> None:
        """One event of every user: codes, int64 of shape (n, heads), and values, (n, heads, width)."""
        self.now += 1
        at = codes[..., None]
        kept = torch.exp(-self.rates[:, None] * (self.now - self.touched.gather(2, at)))
        self.counts.scatter_(2, at, self.counts.gather(2, at) * kept + 1)
        wide = at[..., None].expand(-1, -1, -1, values.shape[-1])
        self.sums.scatter_(2, wide, self.sums.gather(2, wide) * kept[..., None] + values[:, :, None])
        self.touched.scatter_(2, at, self.now)

    def read(self, queries: Tensor, codewords: Tensor) -> Tensor:
        """What ``read`` gives for queries that follow the last event."""
        log_kept = -self.rates[:, None] * (self.now - self.touched)
        return read(queries, codewords, self.counts, self.sums, log_kept)

    @property
    def bytes(self) -> int:
        """Memory of the sums."""
        return sum(one.numel() * one.element_size() for one in (self.counts, self.sums, self.touched))
