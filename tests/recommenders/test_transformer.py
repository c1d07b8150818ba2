from typing import Any

import pytest
import torch
from torch.nn import functional

from itemvec.recommenders.transformer import Block, Transformer


@pytest.mark.parametrize("norm", ["before", "after"])
def test_dropout_is_for_training_alone(norm: str) -> None:
    block, states = Block(8, heads=2, dropout=0.5, norm=norm), torch.randn(2, 3, 8)
    assert not torch.equal(block.train()(states), block(states))
    assert torch.equal(block.eval()(states), block(states))


@pytest.mark.parametrize("norm", ["before", "after"])
def test_what_comes_later_is_not_seen(norm: str) -> None:
    """The states after the first items are the same whatever follows."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = Transformer(8, length=5, layers=2, heads=2, dropout=0.0, norm=norm)
        table = torch.randn(9, 8)
    one, other = (network(table[torch.tensor([items])]) for items in ([1, 2, 3, 4], [1, 2, 8, -1]))
    assert torch.equal(one[:, :2], other[:, :2])
    assert not torch.equal(one[:, 2], other[:, 2])


def test_normalised_after_it_is_recboles_encoder() -> None:
    """The same weights give the same states, behind the normalised sum of items and places."""
    from recbole.model.layers import TransformerEncoder

    with torch.random.fork_rng():
        torch.manual_seed(0)
        ours = Transformer(8, length=5, layers=2, heads=2, dropout=0.5, norm="after").eval()
        theirs = TransformerEncoder(2, 2, 8, 16, 0.5, 0.5, "gelu", 1e-5).eval()
        vectors = torch.randn(3, 5, 8)
        for parameter in ours.parameters():
            torch.nn.init.normal_(parameter)
    blocks: Any = zip(ours.blocks, theirs.layer, strict=True)
    for block, layer in blocks:
        attention, forward = layer.multi_head_attention, layer.feed_forward
        pairs = zip(block.project.weight.chunk(3), block.project.bias.chunk(3), strict=True)
        for linear, (weight, bias) in zip((attention.query, attention.key, attention.value), pairs, strict=True):
            linear.load_state_dict({"weight": weight, "bias": bias})
        for one, other in (
            (attention.dense, block.merge),
            (attention.LayerNorm, block.norm_attention),
            (forward.dense_1, block.widen),
            (forward.dense_2, block.narrow),
            (forward.LayerNorm, block.norm_forward),
        ):
            one.load_state_dict(other.state_dict())
    first = functional.layer_norm(vectors + ours.positions, (8,), ours.normalise.weight, ours.normalise.bias)
    later = torch.triu(torch.full((5, 5), -10_000.0), diagonal=1)
    with torch.inference_mode():
        torch.testing.assert_close(ours(vectors), theirs(first, later)[-1], atol=1e-4, rtol=1e-4)
