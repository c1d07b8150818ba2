"""Personas: scores by hand, one persona is a plain two-tower model, and two clusters of taste find a persona each."""

from dataclasses import replace
from itertools import count
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.metrics import adjusted_rand_score
from torch.nn import functional

from itemvec.core.arrays import Floats
from itemvec.core.top_k import top_k
from itemvec.protocol.histories import Histories
from itemvec.recommenders.item_embeddings import IdItems
from itemvec.recommenders.persona_loss import PersonaLosses, entropy
from itemvec.recommenders.persona_network import PersonaNetwork
from itemvec.recommenders.persona_score import PersonaScore
from itemvec.recommenders.personas import Personas
from itemvec.recommenders.schedule import Schedule
from tests.conftest import histories
from tests.recommenders.conftest import next_is_right, training

SMALL: Any = {"item": "text", "width": 16, "attention": 8, "positions": 64, "learning_rate": 0.02, "max_history": 8}


def network(personas: int, temperature: float | None = None) -> PersonaNetwork:
    torch.manual_seed(0)
    made = PersonaNetwork(IdItems(6, 4), personas, 4, 3, 1.0, temperature, 5, 0.0)
    for one in made.parameters():
        torch.nn.init.normal_(one)
    return made


@torch.no_grad()
def test_scores_are_the_sum_of_weighted_personas_by_hand() -> None:
    """s(v) = sum_k a_k (u_k . v) + b_v with a = softmax_k cos(A_u u_k, A_v v), written out for every user and item."""
    made = network(3)
    table, found = made.items.table(), PersonaScore(made, 5)(histories([0, 3, 2], [5], n_items=6))
    for row, shown in enumerate(([0, 3, 2], [5])):
        vectors = table[shown]
        units = functional.normalize(vectors, dim=1)
        ages = torch.arange(len(shown)).flip(0)
        users = [(units @ made.queries[k] + made.ages[k, ages]).softmax(0) @ made.value(vectors) for k in range(3)]  # type: ignore[index]
        for item in range(6):
            v = table[item]
            cosines = [functional.cosine_similarity(made.of_user(u), made.of_item(v), dim=0) for u in users]  # type: ignore[misc]
            share = torch.stack(cosines).softmax(0)
            expected = sum(float(a * (u @ v)) for a, u in zip(share, users, strict=True)) + float(made.bias[item])
            assert found[row, item] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("temperature", [None, 0.5])
def test_one_persona_is_a_plain_two_tower_model(temperature: float | None) -> None:
    """Its loss is alpha times the softmax loss of attention pooling against items, gradient for gradient."""
    made = network(1, temperature)
    inputs, targets = torch.tensor([[0, 3, 2], [5, 1, -1]]), torch.tensor([[3, 2, 4], [1, 0, -1]])
    asked, drawn, expected = targets >= 0, torch.tensor([5, 1, 1]), torch.tensor([0.1, -0.3, -0.3])
    losses = PersonaLosses(
        made, histories([0, 1], n_items=6), Schedule(1, 1, 1, 0.1, 5), np.random.default_rng(0), (0.3, 2.0, 7.0)
    )
    losses.of_sample(inputs, asked, targets[asked], drawn, expected).backward()  # type: ignore[no-untyped-call]
    found = {name: one.grad.clone() for name, one in made.named_parameters() if one.grad is not None}
    made.zero_grad()

    def unit(vectors: torch.Tensor) -> torch.Tensor:
        return vectors if temperature is None else functional.normalize(vectors, dim=-1)

    table = made.items()
    total = table.new_zeros(())
    for shown, wanted in (([0], 3), ([0, 3], 2), ([0, 3, 2], 4), ([5], 1), ([5, 1], 0)):
        ages = torch.arange(len(shown)).flip(0)
        weights = (functional.normalize(table[shown], dim=1) @ made.queries[0] + made.ages[0, ages]).softmax(0)  # type: ignore[index]
        user = unit(weights @ made.value(table[shown])) / (temperature or 1.0)
        right = user @ unit(table[wanted]) + made.bias[wanted]
        others = [user @ unit(table[j]) + made.bias[j] - e for j, e in zip(drawn, expected, strict=True) if j != wanted]
        total = total + torch.stack([right, *others]).logsumexp(0) - right
    (0.3 * total / 5).backward()
    assert made.of_user is None
    for name, one in made.named_parameters():
        torch.testing.assert_close(found[name], one.grad)


def test_the_entropies_of_a_loss() -> None:
    """With alpha near 0 the loss is lambda_p H(positives) - lambda_n H(negatives)."""
    assert entropy(torch.tensor([[[0.25], [0.75]]])).item() == pytest.approx(
        -(0.25 * np.log(0.25) + 0.75 * np.log(0.75))
    )
    made = network(2)
    inputs, targets, drawn = torch.tensor([[0, 3]]), torch.tensor([[3, 2]]), torch.tensor([1, 4, 5])
    asked = targets >= 0

    def loss(alpha: float, positive: float, negative: float) -> float:
        weights = (alpha, positive, negative)
        losses = PersonaLosses(
            made, histories([0, 1], n_items=6), Schedule(1, 1, 1, 0.1, 5), np.random.default_rng(0), weights
        )
        return losses.of_sample(inputs, asked, targets[asked], drawn, torch.zeros(3)).item()

    table = made.items()
    personas = made.states(inputs, table)[0]
    positive = entropy(made.weights(personas, table[[3, 2], None])).mean().item()
    negative = entropy(made.weights(personas, table[drawn])).mean().item()
    assert loss(0.0, 1.0, 0.0) == pytest.approx(positive, abs=1e-6)
    assert loss(0.0, 0.0, 2.0) == pytest.approx(-2 * negative, abs=1e-6)


def tastes(rng: np.random.Generator) -> tuple[Histories, Floats, Any]:
    """Each user has one corner of either of two clusters of items, and takes from both in turns at random."""
    cluster = np.repeat([0, 1], 12)
    corner = np.repeat(np.arange(6), 4)
    vectors = 6 * np.eye(2)[cluster] @ rng.standard_normal((2, 16)) + 1.5 * np.eye(6)[corner] @ rng.standard_normal(
        (6, 16)
    )
    rows = [
        [int(rng.choice(np.flatnonzero(corner == (a if rng.random() < 0.5 else b)))) for _ in range(12)]
        for a, b in rng.integers([0, 3], [3, 6], size=(150, 2))
    ]
    return histories(*rows, n_items=24), (vectors + 0.3 * rng.standard_normal((24, 16))).astype(np.float32), cluster


@pytest.mark.parametrize("seed", [1, 2])
def test_each_of_two_personas_follows_one_cluster(seed: int, rng: np.random.Generator) -> None:
    taken, vectors, cluster = tastes(rng)
    last = count()  # so that the last epoch is kept
    plan = replace(training(taken, vectors, seed), validate=lambda _: float(next(last)))
    score = Personas(personas=2, negatives=64, epochs=10, dropout=0.0, temperature=0.3, **SMALL).fit(plan)
    assert isinstance(score, PersonaScore)
    shown = torch.from_numpy(taken.recent(8))
    with torch.no_grad():
        attention = score.network.attention(functional.embedding(shown, score.table))[:, :, -1]  # (n, 2, 8)
    follows = attention.argmax(dim=1).numpy()
    assert adjusted_rand_score(cluster[shown.numpy()].ravel(), follows.ravel()) > 0.9
    best = top_k(score(taken), 8).positions
    reasons = score.reasons(taken, best)
    assert adjusted_rand_score(cluster[best].ravel(), reasons.persona.ravel()) > 0.9
    assert (
        cluster[reasons.behind] == cluster[best][..., None]
    ).mean() > 0.95  # what is behind an item is of its cluster


@torch.no_grad()
def test_what_is_behind_an_item_gives_its_persona_most_of_the_likeness_by_hand() -> None:
    """Attention times inner product, for each user, item and item of the history."""
    made, shown = network(3), [0, 3, 2, 4, 1]
    table = made.items.table()
    score = PersonaScore(made, 5)
    vectors = table[shown][None]
    attention = made.attention(vectors)[0, :, -1]  # (3, 5)
    weights = made.weights(made.states(torch.tensor([shown]), table)[:, -1], table)[0]  # (3, 6)
    alike = (made.value(vectors)[0] @ table.T).clamp(min=1e-6)  # (5, 6)
    found = score.reasons(histories(shown, n_items=6), np.arange(6)[None])
    for item in range(6):
        persona = int(weights[:, item].argmax())
        order = (attention[persona] * alike[:, item]).argsort(descending=True)[:2]
        assert found.persona[0, item] == persona
        assert found.behind[0, item].tolist() == [shown[place] for place in order]


def test_the_planted_order_is_learnt_by_recency_alone(planted: Histories, vectors: Floats) -> None:
    options = SMALL | {"item": "id+text", "negatives": 64, "epochs": 15, "patience": 15}
    assert next_is_right(Personas(**options).fit(training(planted, vectors)), planted) > 0.95
    blind = Personas(recency=False, **options).fit(training(planted, vectors))
    one, other = blind(histories([3, 4, 5], [5, 3, 4], n_items=12))
    assert one == pytest.approx(other, abs=1e-4)  # without recency, a history is a set


def test_reasons_of_short_and_empty_histories(planted: Histories, vectors: Floats) -> None:
    score = Personas(epochs=1, **SMALL).fit(training(planted, vectors))
    reasons = score.reasons(histories([], [7], n_items=12), np.array([[1, -1], [2, 3]]))  # type: ignore[attr-defined]
    assert (reasons.behind[0] == -1).all()
    assert reasons.behind[1].tolist() == [[7, -1], [7, -1]]
