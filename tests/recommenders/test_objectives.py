"""Planted: what users click next is a plain item, what they like next is a fine one of the same place."""

from dataclasses import replace
from itertools import count
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import torch

from itemvec.core.errors import ParamsError
from itemvec.core.top_k import TieOrder, top_k
from itemvec.protocol.histories import Histories
from itemvec.protocol.split_parts import TEST, TRAIN, divide
from itemvec.recommenders.base import Training
from itemvec.recommenders.batch_loss import Losses
from itemvec.recommenders.network import Step
from itemvec.recommenders.objective import Objective
from itemvec.recommenders.objective_network import ObjectiveNetwork, ObjectiveScore
from itemvec.recommenders.objectives import Objectives
from itemvec.recommenders.sasrec import SasRec
from tests.conftest import histories

CIRCLE, PLACES = 6, 12
N_ITEMS = 2 * PLACES  # item p is plain, item PLACES + p is fine
BOTH = Objectives(
    item="id",
    objectives=["any", "rating >= 4"],
    width=16,
    positions=200,
    learning_rate=0.02,
    epochs=30,
    patience=30,
    max_history=6,
)


def rated(n_users: int, rng: np.random.Generator) -> Histories:
    """After a place comes the next one, on a circle of six.

    Even users go round the first, where a quarter of the items is fine, and liked; odd ones the second: three.
    """
    odd = np.arange(n_users)[:, None] % 2
    places = (rng.integers(CIRCLE, size=(n_users, 1)) + np.arange(10)) % CIRCLE + CIRCLE * odd
    fine = rng.random(places.shape) < np.where(odd, 0.75, 0.25)
    found = histories(*(places + PLACES * fine).tolist(), n_items=N_ITEMS)
    return replace(found, events={"rating": np.where(found.items >= PLACES, 5.0, 2.0)})


def training(whole: Histories) -> Training:
    """Every epoch counts as better, so that the last is kept."""
    epoch = count()
    return Training(whole, None, lambda _: float(next(epoch)), 1)


@pytest.fixture(scope="module")
def fitted() -> tuple[ObjectiveScore, Histories]:
    whole = rated(200, np.random.default_rng(0))
    score = BOTH.fit(training(whole))
    assert isinstance(score, ObjectiveScore)
    return score, whole


def test_what_is_liked_is_another_item_than_what_is_clicked(fitted: tuple[ObjectiveScore, Histories]) -> None:
    """For users who click plain items, which they do not like."""
    score, whole = fitted
    plain = whole.select(np.arange(200) % 2 == 0)
    following = (plain.items[plain.offsets[1:] - 1] % PLACES + 1) % CIRCLE
    clicked, liked = (top_k(score.of(place, plain), 1).positions[:, 0] for place in (0, 1))
    assert (clicked == following).mean() > 0.9
    assert (liked == PLACES + following).mean() > 0.95


def test_weights_are_those_of_the_user(fitted: tuple[ObjectiveScore, Histories]) -> None:
    """Of what a user does next one or three quarters are liked, and half of the weight of each of these."""
    score, whole = fitted
    weights = score.weights(whole)
    assert weights.sum(axis=1) == pytest.approx(np.ones(200))
    assert weights[0::2, 1].mean() == pytest.approx(0.125, abs=0.06)
    assert weights[1::2, 1].mean() == pytest.approx(0.375, abs=0.06)


def test_the_summary_has_each_objective(fitted: tuple[ObjectiveScore, Histories]) -> None:
    score, whole = fitted
    cases = divide(whole, np.where(whole.ages == 0, TEST, TRAIN)).test
    found = score.measure(cases, False, TieOrder(pa.array(map(str, range(N_ITEMS)))))["objectives"]
    assert found["any"]["cases"] == 200
    assert found["rating >= 4"]["cases"] == int((cases.events["rating"] >= 4).sum())
    assert found["rating >= 4"]["own_ndcg@10"] > 0.95
    assert found["any"]["weight"] + found["rating >= 4"]["weight"] == pytest.approx(1)


@pytest.mark.parametrize("objective", ["any", "rating >= 0"])
def test_one_objective_that_all_meet_is_sasrec(objective: str, rng: np.random.Generator) -> None:
    given = training(rated(60, rng))
    options: dict[str, Any] = {"item": "id", "width": 8, "epochs": 2, "hide": 0.1}
    ours = Objectives(objectives=[objective], **options).fit(given)
    assert (ours(given.histories) == SasRec(**options).fit(given)(given.histories)).all()


def test_tied_tokens_give_equal_vectors_and_none_the_plain_one(rng: np.random.Generator) -> None:
    given = training(rated(20, rng))
    asked, items = torch.tensor([[3, 4, 5], [7, 8, -1]]), torch.randn(N_ITEMS, 16)
    for norm in ("before", "after"):
        row = replace(BOTH, objectives=["any", "rating >= 2", "rating >= 4"], norm=norm, layers=2)
        network = row.network(given).eval()
        assert isinstance(network, ObjectiveNetwork)
        plain = network.read(asked, items)
        with torch.no_grad():
            first, *others = network.each(asked, items)
            assert torch.equal(first, plain)
            assert (others[0] - others[1]).abs().max() > 1e-3
            network.tokens[1] = network.tokens[0]
            _, second, third = network.each(asked, items)
            assert torch.equal(second, third)
            network.tokens.zero_()
            torch.testing.assert_close(network.each(asked, items)[2], plain)


def test_a_token_asks_and_is_not_read(rng: np.random.Generator) -> None:
    """The vector of an objective depends on the token of its place alone, not on those before it."""
    network = BOTH.network(training(rated(20, rng))).eval()
    assert isinstance(network, ObjectiveNetwork)
    encoder, seen, token = network.encoder, torch.randn(1, 4, 16), torch.randn(16)
    asked = seen.clone()
    asked[:, -1] += token
    found = encoder.last(seen, token)
    torch.testing.assert_close(found[:, -1], encoder.normalise(encoder.blocks[-1](seen, asked))[:, -1])
    assert (found - encoder.last(seen)).abs().max() > 1e-3


def test_sampled_negatives_come_near_the_full_softmax_of_both(rng: np.random.Generator) -> None:
    """Two of four targets are liked, so six states are compared; without one that counts there is no loss."""
    whole = rated(20, rng)
    network = BOTH.network(training(whole)).eval()
    losses = Losses(network, whole, replace(BOTH, negatives=20_000).schedule(), rng)
    liked = whole.events["rating"] >= 4
    places = torch.from_numpy(np.r_[np.flatnonzero(liked)[:2], np.flatnonzero(~liked)[:2]])[:, None]
    targets = torch.from_numpy(whole.items)[places]
    inputs = torch.from_numpy(whole.items)[places - 1]
    with torch.no_grad():
        full, sampled = (float(losses(kind, inputs, targets, places)) for kind in ("full", "sampled"))
        assert sampled == pytest.approx(full, abs=0.03)
        step = Step(targets >= 0, targets[:, 0], places[:, 0])
        found = network.predicting(inputs, network.items(), step)
        assert found.rows is not None
        assert found.rows.tolist() == [0, 1, 2, 3, 0, 1]
        only = replace(BOTH, objectives=["rating >= 4"]).network(training(whole))
        alone = Losses(only, whole, BOTH.schedule(), rng)
        for kind in ("full", "in-batch"):
            assert float(alone(kind, inputs[2:], targets[2:], places[2:])) == 0


def test_columns_that_are_missing_leave_sasrec(rng: np.random.Generator, capsys: pytest.CaptureFixture[str]) -> None:
    given = training(replace(rated(60, rng), events={}))
    options: dict[str, Any] = {"item": "id", "width": 8, "epochs": 1}
    ours = Objectives(objectives=["any", "rating >= 4"], **options).fit(given)
    assert "rating >= 4 is left out: the interactions have no column 'rating'" in capsys.readouterr().out
    assert (ours(given.histories) == SasRec(**options).fit(given)(given.histories)).all()
    with pytest.raises(ParamsError, match=r"rating >= 4: .* write events: \[rating\] into their row"):
        Objectives(objectives=["rating >= 4"], **options).fit(given)


def test_a_row_is_read_or_refused(rng: np.random.Generator) -> None:
    assert Objective.parse(" stars given>=-1.5 ") == Objective("stars given>=-1.5", "stars given", -1.5)
    for words in ("rating > 4", "rating", "rating >= many", ""):
        with pytest.raises(ParamsError, match="is no objective; write 'any', or 'rating >= 4'"):
            Objective.parse(words)
    with pytest.raises(ParamsError, match="name each once, at least one"):
        Objectives(item="id", objectives=["any", "any"])
    with pytest.raises(ParamsError, match="no training interaction meets 'rating >= 6'"):
        replace(BOTH, objectives=["rating >= 6"]).fit(training(rated(10, rng)))
