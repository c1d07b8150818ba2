"""Planted: every item has a colour, and the item that follows another is decided by it and by the colour asked for."""

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import torch

from itemvec.core.arrays import Floats
from itemvec.core.columns import ATTRIBUTE
from itemvec.core.errors import ParamsError
from itemvec.core.top_k import TieOrder, top_k
from itemvec.protocol.attributes import Attributes
from itemvec.protocol.histories import Histories
from itemvec.protocol.split_parts import TEST, TRAIN, VALIDATION, Split, divide
from itemvec.protocol.within_condition import within_condition
from itemvec.recommenders.base import Training
from itemvec.recommenders.conditional import Conditional
from itemvec.recommenders.conditional_network import ConditionalNetwork, ConditionalScore
from itemvec.recommenders.sasrec import SasRec
from tests.conftest import histories

COLOURS, EACH = 3, 12
N_ITEMS = COLOURS * EACH  # item c * EACH + p has the colour c and the place p
TABLE = pa.table({"colour": pa.array([[str(item // EACH)] for item in range(N_ITEMS)], ATTRIBUTE)})
CONDITIONS = Attributes.of(TABLE)
SMALL = Conditional(item="text", width=24, positions=200, learning_rate=0.02, epochs=14, patience=14, max_history=6)


def planted(n_users: int, rng: np.random.Generator, steady: bool = True) -> Histories:
    """After a place comes the next place, on a circle, or any where it is not ``steady``; in a colour at random."""
    places = (rng.integers(EACH, size=(n_users, 1)) + np.arange(8)) % EACH
    places = places if steady else rng.integers(EACH, size=places.shape)
    return histories(*(rng.integers(COLOURS, size=places.shape) * EACH + places).tolist(), n_items=N_ITEMS)


def vectors(rng: np.random.Generator) -> Floats:
    """The colour as one-hot coordinates, so that it can be read linearly, and the place as random ones."""
    places = rng.standard_normal((EACH, 8))
    each = [np.concatenate([np.eye(COLOURS)[item // EACH] * 3, places[item % EACH]]) for item in range(N_ITEMS)]
    return np.array(each, dtype=np.float32)


def training(
    rng: np.random.Generator, conditions: Attributes | None = CONDITIONS, steady: bool = True
) -> tuple[Training, Split]:
    whole = planted(240, rng, steady)
    parts = divide(whole, np.where(whole.ages == 0, TEST, np.where(whole.ages == 1, VALIDATION, TRAIN)))
    wanted = parts.validation.judgments.items

    def validate(score: object) -> float:
        top = top_k(score(parts.validation.histories), 3).positions  # type: ignore[operator]
        return float((top == wanted[:, None]).any(axis=1).mean())

    return Training(parts.train, vectors(rng), validate, 1, conditions), parts


@pytest.fixture(scope="module")
def fitted() -> tuple[ConditionalScore, Split]:
    given, parts = training(np.random.default_rng(0))
    score = SMALL.fit(given)
    assert isinstance(score, ConditionalScore)
    return score, parts


def test_a_fresh_network_is_the_plain_one_under_every_condition(rng: np.random.Generator) -> None:
    given, parts = training(rng)
    torch.manual_seed(3)
    network = SMALL.network(given)
    assert isinstance(network, ConditionalNetwork)
    torch.manual_seed(3)
    plain = SasRec(item="text", width=24, max_history=6).network(given)
    asked = parts.test.histories
    expected = plain.scorer(6)(asked)
    score = network.scorer(6)
    assert (score(asked) == expected).all()
    for name in (*CONDITIONS.names, None):
        assert (score.under(asked, [name] * len(asked)) == expected).all()
    torch.nn.init.normal_(network.narrow.weight)
    assert np.abs(score.under(asked, ["colour=1"] * len(asked)) - expected).max() > 0.1


def measured(score: ConditionalScore, parts: Split) -> dict[str, Any]:
    found = within_condition(score, parts.test, CONDITIONS, False, TieOrder(pa.array(map(str, range(N_ITEMS)))))
    assert found.pop("cases") == len(parts.test.judgments)
    return found


def test_all_ten_ranks_meet_a_condition_that_can_be_read_off_the_items() -> None:
    given, parts = training(np.random.default_rng(0), steady=False)
    score = replace(SMALL, epochs=8).fit(given)
    assert isinstance(score, ConditionalScore)
    found = measured(score, parts)
    assert found["conditional"]["match@10"] == 1
    assert found["conditional_filter_before"]["match@10"] == 1
    assert found["filter_before"]["match@10"] == 1
    assert found["unfiltered"]["match@10"] == pytest.approx(1 / COLOURS, abs=0.1)


def test_the_first_rank_is_right_under_the_condition(fitted: tuple[ConditionalScore, Split]) -> None:
    """Without it the place is known and the colour is not, so a third of the first ranks is right."""
    found = measured(*fitted)
    assert found["conditional"]["ndcg@10"] > 0.95
    assert found["unfiltered"]["ndcg@10"] < 0.85
    assert found["filter_before"]["ndcg@10"] > 0.9
    assert found["filter_after"] == found["filter_before"]  # a hundred ranks hold all items


def test_an_unknown_condition_is_none(fitted: tuple[ConditionalScore, Split]) -> None:
    score, parts = fitted
    asked = parts.test.histories.slice(0, 5)
    for unknown in ("colour=9", "brand=0", None):
        assert (score.under(asked, [unknown] * 5) == score.under(asked, [None] * 5)).all()
    assert score.under(asked, [None] * 5) == pytest.approx(score(asked), abs=1e-5)
    assert np.abs(score.under(asked, ["colour=0"] * 5) - score(asked)).max() > 1


def test_conditions_are_drawn_from_the_target(rng: np.random.Generator) -> None:
    given, _ = training(rng)
    network = replace(SMALL, drop=0.25).network(given)
    assert isinstance(network, ConditionalNetwork)
    targets = torch.arange(N_ITEMS).repeat(200)
    drawn = network.draw(targets)
    left = drawn == network.none
    assert (drawn[~left] == targets[~left] // EACH).all()
    assert float(left.float().mean()) == pytest.approx(0.25, abs=0.02)


def test_what_is_rare_or_absent_has_no_vector(rng: np.random.Generator) -> None:
    given, _ = training(rng)
    rare = TABLE.append_column("brand", pa.array([["one"]] + [[]] * (N_ITEMS - 1), ATTRIBUTE))
    wide = replace(given, conditions=Attributes.of(rare))
    assert SMALL.conditions(wide).names == ("brand=one", *CONDITIONS.names)  # type: ignore[union-attr]
    assert replace(SMALL, least=400).conditions(wide).names == CONDITIONS.names  # type: ignore[union-attr]
    assert replace(SMALL, attributes=["brand"], least=400).conditions(wide) is None
    with pytest.raises(ParamsError, match="no item has an attribute 'color'; did you mean 'colour'"):
        replace(SMALL, attributes=["color"]).network(wide)


def test_without_attributes_it_is_sasrec(rng: np.random.Generator) -> None:
    given, parts = training(rng, None)
    short = {"item": "text", "width": 8, "epochs": 1}
    ours, plain = Conditional(**short).fit(given), SasRec(**short).fit(given)  # type: ignore[arg-type]
    assert (ours(parts.test.histories) == plain(parts.test.histories)).all()
