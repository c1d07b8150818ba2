"""Semantic ids: chances of all items sum to 1, ids are distinct, and the trie agrees with item by item."""

from typing import Any

import numpy as np
import pytest
import torch

from itemvec.core.arrays import Floats
from itemvec.core.errors import ParamsError, TableError
from itemvec.protocol.histories import Histories
from itemvec.recommenders.code_trie import CodeTrie
from itemvec.recommenders.item_embeddings import IdItems
from itemvec.recommenders.lazy_decoder import LazyDecoder
from itemvec.recommenders.residual_codes import residual_codes
from itemvec.recommenders.semantic_id import SemanticId
from itemvec.recommenders.semantic_network import SemanticNetwork
from itemvec.recommenders.semantic_score import SemanticScore, left_padded
from tests.conftest import cycles, histories
from tests.recommenders.conftest import next_is_right, training

SMALL: Any = {"width": 16, "positions": 64, "learning_rate": 0.02, "max_history": 8, "codes": 3, "patience": 50}


def network(codes: Any, n_items: int) -> SemanticNetwork:
    torch.manual_seed(0)
    made = SemanticNetwork(IdItems(n_items, 8), CodeTrie(np.asarray(codes)), LazyDecoder(8, 2, 2, 16, 0.0), 8, 5).eval()
    for one in made.parameters():
        torch.nn.init.normal_(one, std=0.5)
    return made


@pytest.fixture
def codes(rng: np.random.Generator) -> Any:
    """Distinct codes of 60 items, with nodes of one item, of several, and chains of single children."""
    return residual_codes(rng.standard_normal((60, 3)).astype(np.float32), 3, 4, 1)


def test_the_chances_of_all_items_sum_to_1_and_agree_with_one_by_one(codes: Any, rng: np.random.Generator) -> None:
    made, asked = network(codes, 60), histories([3, 7, 7, 1], [], [59], n_items=60)
    scores = SemanticScore(made, 5)(asked)
    assert np.exp(scores.astype(np.float64)).sum(axis=1) == pytest.approx(1, abs=1e-5)
    context, blank = made.context(left_padded(torch.from_numpy(asked.recent(5))), made.items.table())
    with torch.no_grad():
        found = made.log_chances(context, blank, torch.arange(60).expand(3, -1))
    assert scores == pytest.approx(found.numpy(), abs=1e-4)


def test_blocks_of_nodes_change_nothing(codes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made, asked = network(codes, 60), cycles(9, 60, 4, np.random.default_rng(1))
    whole = SemanticScore(made, 5)(asked)
    monkeypatch.setattr("itemvec.recommenders.semantic_score.NODES", 2)
    monkeypatch.setattr("itemvec.recommenders.semantic_score.USERS", 4)
    assert SemanticScore(made, 5)(asked) == pytest.approx(whole, abs=1e-4)


def test_items_are_drawn_by_their_chances(codes: Any) -> None:
    made = network(codes, 60)
    context, blank = made.context(torch.tensor([[3, 7]]), made.items.table())
    torch.manual_seed(1)
    with torch.no_grad():
        drawn = np.bincount(made.sample(context, blank, 20_000)[0].numpy(), minlength=60) / 20_000
        chances = made.log_chances(context, blank, torch.arange(60)[None]).exp()[0].numpy()
    assert np.abs(drawn - chances).max() < 0.02
    assert chances.max() > 0.06


def test_equal_texts_get_distinct_ids_and_new_items_are_reachable(planted: Histories, vectors: Floats) -> None:
    vectors[4:8] = vectors[3]
    codes = residual_codes(vectors, 3, 4, 1)
    assert len(np.unique(codes, axis=0)) == len(codes)
    assert (codes[3:8, :3] == codes[3, :3]).all()
    assert codes[3:8, 3].tolist() == [0, 1, 2, 3, 4]
    cold = histories(*([0, 1, 2] for _ in range(9)), n_items=12)  # training knows three items of twelve
    scores = SemanticId(epochs=2, **SMALL).fit(training(cold, vectors))(cold)
    assert np.isfinite(scores).all()


def test_ids_follow_the_texts(rng: np.random.Generator) -> None:
    """Two far groups, of two near pairs of clusters each: the first code is the group, the second the cluster."""
    centres = np.array([[9, 0], [9, 2], [-9, 0], [-9, 2]], dtype=np.float32)
    kind = np.repeat(np.arange(4), 5)
    codes = residual_codes(centres[kind] + 0.01 * rng.standard_normal((20, 2)).astype(np.float32), 2, 2, 0)
    assert len({(one, code) for one, code in zip(kind // 2, codes[:, 0], strict=True)}) == 2
    assert len({(one, *code) for one, code in zip(kind, codes[:, :2].tolist(), strict=True)}) == 4


@torch.no_grad()
def test_the_cross_attention_is_explicit_attention_with_keys_as_values() -> None:
    torch.manual_seed(0)
    block = LazyDecoder(8, 1, 2, 16, 0.0).blocks[0]
    tokens, context = torch.randn(1, 3, 8), torch.randn(1, 5, 8)
    blank = torch.tensor([[False, True, False, False, False]])
    found = block._cross(tokens, context, blank) - tokens  # type: ignore[operator]
    query = block.ask(block.norm_cross(tokens))[0]  # type: ignore[operator]
    kept, heads = context[0][~blank[0]], []
    for part in (slice(0, 4), slice(4, 8)):
        share = (query[:, part] @ kept[:, part].T / 2).softmax(dim=1)
        heads.append(share @ kept[:, part])
    torch.testing.assert_close(found[0], block.answer(torch.cat(heads, dim=1)))  # type: ignore[operator]
    assert not any(name.startswith(("key", "value")) for name, _ in block.named_parameters())


def test_a_planted_order_is_learnt_and_gbpo_keeps_it(planted: Histories, vectors: Floats) -> None:
    score = SemanticId(epochs=12, gbpo=2, **SMALL).fit(training(planted, vectors))
    assert next_is_right(score, planted) > 0.95


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ParamsError, match="width 7 is not a multiple of heads 2"):
        SemanticId(width=7)
    alone = np.arange(20_000)
    same = np.column_stack([np.concatenate([np.zeros_like(alone), alone + 1]), np.concatenate([alone, 0 * alone])])
    with pytest.raises(TableError, match="20,000 items have the same codes"):
        CodeTrie(same)
