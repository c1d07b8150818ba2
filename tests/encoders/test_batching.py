import numpy as np
import pytest

from itemvec.encoders.batching import Budget, pack


def test_texts_are_packed_longest_first_by_tokens_and_not_by_rows() -> None:
    lengths = np.array([3, 10, 4, 3, 5])
    batches = [batch.tolist() for batch in pack(lengths, Budget(12), slack=1)]
    assert batches == [[1], [4, 2], [0, 3]]  # 10; 5 + 4, padded 5 + 5; 3 + 3


def test_equal_lengths_go_together_where_there_is_no_slack() -> None:
    lengths = np.array([3, 4, 3, 3, 4, 3])
    assert [batch.tolist() for batch in pack(lengths, Budget(9), slack=0)] == [[1, 4], [0, 2, 3], [5]]


def test_slack_is_how_much_shorter_a_text_may_be() -> None:
    lengths = np.array([100, 95, 94])
    assert [batch.tolist() for batch in pack(lengths, Budget(1000), slack=0.05)] == [[0, 1], [2]]


def test_a_text_longer_than_the_budget_is_a_batch_of_its_own() -> None:
    assert [batch.tolist() for batch in pack(np.array([50, 60]), Budget(10), slack=1)] == [[1], [0]]


def test_a_budget_that_is_lowered_counts_from_the_next_batch_on() -> None:
    budget = Budget(4)
    batches = pack(np.array([2, 2, 2, 2]), budget, slack=1)
    assert len(next(batches)) == 2
    budget.tokens = 2
    assert [len(batch) for batch in batches] == [1, 1]


@pytest.mark.parametrize("slack", [0, 0.05, 1])
def test_every_text_is_in_one_batch(slack: float, rng: np.random.Generator) -> None:
    lengths = rng.integers(1, 200, size=1000)
    batches = list(pack(lengths, Budget(512), slack))
    assert sorted(np.concatenate(batches).tolist()) == list(range(1000))
    assert all(len(batch) * lengths[batch].max() <= 512 for batch in batches)
