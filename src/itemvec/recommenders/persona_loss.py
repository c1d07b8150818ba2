"""The loss of personas: likelihood of the next item, and entropies of the weights of the personas."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from itemvec.protocol.histories import Histories
from itemvec.recommenders.persona_network import PersonaNetwork
from itemvec.recommenders.sampled_softmax import Negatives
from itemvec.recommenders.schedule import Loss, Schedule


class PersonaLosses:
    """``alpha NLL + (1 - alpha) (lambda_p H(a on positives) - lambda_n H(a on negatives))`` (arXiv 2010.07042).

    The likelihood is that of ``sampled_softmax_loss``: the right item against drawn ones, each corrected for how
    likely it was to be drawn. H is the entropy of the weights of the personas, in nats.

    weights
        alpha, lambda_p and lambda_n.
    """

    def __init__(
        self,
        network: PersonaNetwork,
        histories: Histories,
        schedule: Schedule,
        rng: np.random.Generator,
        weights: tuple[float, float, float],
    ) -> None:
        self.network, self.schedule, self.rng = network, schedule, rng
        self.alpha, self.positive, self.negative = weights
        self.negatives = Negatives(histories)

    def __call__(self, _: Loss, inputs: Tensor, targets: Tensor, __: Tensor) -> Tensor:
        """Mean loss over the positions of a batch; inputs and targets are int64 (n, length), padded with negatives."""
        asked = targets >= 0
        numbers, logarithms = self.negatives.draw(self.schedule.negatives, self.rng)
        drawn = torch.from_numpy(numbers).to(targets.device)
        expected = torch.from_numpy(logarithms.astype(np.float32)).to(targets.device)
        return self.of_sample(inputs, asked, targets[asked], drawn, expected)

    def of_sample(self, inputs: Tensor, asked: Tensor, wanted: Tensor, drawn: Tensor, expected: Tensor) -> Tensor:
        """The loss against the items ``drawn``, int64 of shape (m,), with logarithms of their expected counts."""
        every = torch.cat([inputs.clamp(min=0).flatten(), wanted, drawn])
        rows, places = torch.unique(every, return_inverse=True)
        shown, right, candidates = places.split([inputs.numel(), len(wanted), len(drawn)])
        network = self.network
        with torch.autocast(inputs.device.type, torch.bfloat16, enabled=self.schedule.bfloat16):
            table = network.items(rows)
            personas = network.states(shown.view_as(inputs), table)[asked]  # (n_positions, personas, width)
        units = network.targets(table)
        score, chosen = network.mixed(personas, units[right, None], network.bias[wanted, None])  # (n_positions, 1)
        others, mixture = network.mixed(personas, units[candidates], network.bias[drawn])
        same = wanted[:, None] == drawn
        logits = torch.cat([score, (others - expected).masked_fill(same, -torch.inf)], dim=1)
        likelihood = functional.cross_entropy(logits, logits.new_zeros(len(logits), dtype=torch.int64))
        spread = self.positive * entropy(chosen).mean() - self.negative * entropy(mixture).mean()
        return self.alpha * likelihood + (1 - self.alpha) * spread


def entropy(weights: Tensor) -> Tensor:
    """Entropy in nats over the personas, the second dimension; 0 for the only one."""
    if weights.dim() == 0:
        return weights.new_zeros(())
    found: Tensor = -torch.special.xlogy(weights, weights).sum(dim=1)
    return found
