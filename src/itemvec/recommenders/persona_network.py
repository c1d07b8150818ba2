"""The network of personas: learned queries over a history, and their weights for a candidate."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn
from torch.nn import functional

from itemvec.protocol.k_means import k_means
from itemvec.recommenders.item_embeddings import Items

SCALE = 3.0  # length of fresh queries: each attends to another part of a history from the start


class PersonaNetwork(nn.Module):
    """Personas of a user, and scores of items by a mixture of them (AMP-CF, arXiv 2010.07042, equations 1 to 5).

    Parameters
    ----------
    items
        Item side; its vectors are read in histories and compared with personas.
    personas, width, attention
        Number of personas, width of the item vectors, and of the space in which weights are computed.
    sharpness
        Factor of the cosines that give the weights.
    temperature
        None for inner products between personas and items, else cosines are divided by it.
    ages
        How many steps back attention knows the age of an item; 0 for none.
    """

    def __init__(
        self,
        items: Items,
        personas: int,
        width: int,
        attention: int,
        sharpness: float,
        temperature: float | None,
        ages: int,
        dropout: float,
    ) -> None:
        super().__init__()
        self.items, self.sharpness, self.temperature, self.dropout = items, sharpness, temperature, dropout
        self.queries = nn.Parameter(_centres(items, personas, width))
        self.ages = nn.Parameter(torch.zeros(personas, ages)) if ages else None
        self.value = nn.Linear(width, width, bias=False)
        nn.init.eye_(self.value.weight)  # at first a persona is a mean of items
        self.bias = nn.Parameter(torch.zeros(items.n_items))
        self.of_user = nn.Linear(width, attention, bias=False) if personas > 1 else None
        self.of_item = copy.deepcopy(self.of_user)  # so that at first the persona nearest to an item has most weight

    def attention(self, vectors: Tensor) -> Tensor:
        """How much each persona attends to each item of every prefix of a history.

        Takes item vectors (n, length, width); gives (n, personas, length, length), where the weights at ``[..., t, :]``
        are those of the first ``t + 1`` items and sum to 1.
        """
        length = vectors.shape[1]
        logits = (functional.normalize(vectors, dim=-1) @ self.queries.T).transpose(1, 2)[:, :, None]
        place = torch.arange(length, device=vectors.device)
        age = place[:, None] - place  # of the item in a column for the prefix in a row
        if self.ages is not None:
            logits = logits + self.ages[:, age.clamp(min=0)]
        return logits.masked_fill(age < 0, -torch.inf).softmax(dim=-1)

    def states(self, histories: Tensor, table: Tensor) -> Tensor:
        """Personas after each item of a history.

        Parameters
        ----------
        histories
            Rows of ``table``, int64 of shape (n, length), oldest first, padded with negatives at the end.
        table
            Item vectors, float32 of shape (n_rows, width).

        Returns
        -------
        float32 of shape (n, length, personas, width); for cosines of length 1 / temperature.
        """
        vectors = functional.embedding(histories.clamp(min=0), table)
        vectors = functional.dropout(vectors, self.dropout, self.training)
        found = (self.attention(vectors) @ self.value(vectors)[:, None]).transpose(1, 2).float()
        return found if self.temperature is None else functional.normalize(found, dim=-1) / self.temperature

    def targets(self, table: Tensor) -> Tensor:
        """Item vectors to compare personas with: those of ``table``, for cosines of unit length."""
        return table.float() if self.temperature is None else functional.normalize(table.float(), dim=-1)

    def weights(self, personas: Tensor, targets: Tensor) -> Tensor:
        """Softmax over personas of the cosines of ``A_u u`` and ``A_v v``: (n, personas, m) of (n, personas, width).

        ``targets`` are float32 of shape (m, width), or (n, 1, width) for one item of each user.
        """
        if self.of_user is None or self.of_item is None:
            return personas.new_ones(())
        user = functional.normalize(self.of_user(personas), dim=-1)
        item = functional.normalize(self.of_item(targets), dim=-1)
        return (self.sharpness * user @ item.transpose(-1, -2)).softmax(dim=1)

    def mixed(self, personas: Tensor, targets: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
        """Scores ``sum_k a_k (u_k . v) + b_v``, float32 of shape (n, m), and the weights ``a``; shapes as above."""
        weights = self.weights(personas, targets)
        return (weights * (personas @ targets.transpose(-1, -2))).sum(dim=1) + bias, weights


def _centres(items: Items, personas: int, width: int) -> Tensor:
    """Fresh queries: centres of as many clusters of the fresh item vectors, so that each begins with another taste."""
    seed = int(torch.randint(1 << 30, (1,)))
    found = torch.randn(personas, width)
    units = functional.normalize(items.table(), dim=-1).cpu().numpy()
    centres = torch.from_numpy(k_means(units, personas, seed))
    found[: len(centres)] = centres
    return SCALE * functional.normalize(found, dim=-1)
