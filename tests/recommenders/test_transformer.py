import torch

from itemvec.recommenders.transformer import Block, Transformer


def test_dropout_is_for_training_alone() -> None:
    block, states = Block(8, heads=2, dropout=0.5), torch.ones(2, 3, 8)
    assert not torch.equal(block.train()(states), block(states))
    assert torch.equal(block.eval()(states), block(states))


def test_what_comes_later_is_not_seen() -> None:
    """The states after the first items are the same whatever follows."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network, table = Transformer(8, length=5, layers=2, heads=2, dropout=0.0), torch.randn(9, 8)
    one, other = (network(table[torch.tensor([items])]) for items in ([1, 2, 3, 4], [1, 2, 8, -1]))
    assert torch.equal(one[:, :2], other[:, :2])
    assert not torch.equal(one[:, 2], other[:, 2])
