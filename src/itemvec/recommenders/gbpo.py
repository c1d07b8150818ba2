"""Gradient-bounded policy optimisation (GBPO) of OneRec-V2, and advantages by nDCG."""

from __future__ import annotations

import torch
from torch import Tensor


def gbpo_loss(logs: Tensor, old: Tensor, advantages: Tensor) -> Tensor:
    """``-mean(pi / pi_old' * A)``, whose gradient never exceeds that of a cross-entropy (arXiv 2508.20900, section 4).

    pi_old' is max(pi_old, sg(pi)) for A >= 0 and max(pi_old, 1 - sg(pi)) for A < 0, where sg stops the gradient. So
    the factor of the gradient of pi is at most 1 / pi, that of -log(pi), where an item is to rise, and at most
    1 / (1 - pi), that of -log(1 - pi), where it is to fall: it does not explode where pi_old is near 0.

    Parameters
    ----------
    logs, old
        Log-chances of the group of each position by the network and by the old policy, float32 of shape (n, group).
    advantages
        float32 of shape (n, group).
    """
    chance, before = logs.exp(), old.exp()
    now = chance.detach()
    bound = torch.maximum(before, torch.where(advantages >= 0, now, 1 - now)).clamp(min=torch.finfo(now.dtype).tiny)
    return -(chance / bound * advantages).mean()


def ndcg_advantages(logs: Tensor, group: Tensor) -> Tensor:
    """What each item of a group is worth to nDCG, float32 of shape (n, group).

    The group is ranked by ``logs``. The target, its first column, has what its nDCG is short of 1. A wrong item ranked
    above it has, with a minus, what nDCG gains if the two change places; one below it has 0. Copies of the target and
    repeated draws are not ranked and have 0.

    Parameters
    ----------
    logs
        Log-chances, float32 of shape (n, group).
    group
        Items, int64 of shape (n, group).
    """
    repeated = torch.stack([(group[:, :i] == group[:, i, None]).any(dim=1) for i in range(group.shape[1])], dim=1)
    ranked = logs.masked_fill(repeated, -torch.inf)
    rank = 1 + (ranked[:, None, :] > ranked[:, :, None]).sum(dim=2)
    gain = 1 / torch.log2(1 + rank.float())
    worth = -(gain - gain[:, :1]).clamp(min=0)
    worth[:, 0] = 1 - gain[:, 0]
    return worth.masked_fill(repeated, 0)
