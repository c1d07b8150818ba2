from typing import Any

import numpy as np
import pytest
import torch

from itemvec.core.errors import ItemvecError
from itemvec.language_models.batches import BUDGETS, batches, padded, scored

TOKENS = {"input_ids": [[5, 6], [7], [1, 2, 3]], "token_type_ids": [[0, 1], [1], [0, 0, 1]]}


def test_batches_are_of_like_length_and_within_the_budget() -> None:
    found = [rows.tolist() for rows in batches(np.array([3, 9, 1, 3, 20]), 10)]
    assert found == [[4], [1], [0, 3, 2]]  # 20 is more than the budget; 3 rows of 3


@pytest.mark.parametrize(("left", "first"), [(False, [5, 6, 9]), (True, [9, 5, 6])])
def test_short_rows_are_filled_up(left: bool, first: list[int]) -> None:
    features = padded(TOKENS, np.array([0, 2]), pad=9, left=left)
    assert features["input_ids"].tolist() == [first, [1, 2, 3]]
    assert features["attention_mask"].tolist() == [[int(token != 9) for token in first], [1, 1, 1]]
    assert features["token_type_ids"].sum() == 2


def test_scores_come_in_the_order_of_the_rows() -> None:
    found = scored(TOKENS, lambda features: features["input_ids"].sum(1), "cpu", pad=0)
    assert found.tolist() == [11, 7, 6]


def test_where_memory_runs_out_batches_are_halved() -> None:
    sizes = []

    def forward(features: dict[str, Any]) -> Any:
        sizes.append(len(features["input_ids"]))
        if sizes[-1] > 2:
            raise torch.OutOfMemoryError
        return features["input_ids"][:, 0]

    tokens = {"input_ids": [[row] for row in range(5)]}
    assert scored(tokens, forward, "cpu", pad=0).tolist() == [0, 1, 2, 3, 4]
    assert sizes == [5, 2, 3, 1, 2]
    assert BUDGETS["cpu"] > 5


def test_what_does_not_fit_alone_is_an_error() -> None:
    def forward(features: dict[str, Any]) -> Any:
        raise torch.OutOfMemoryError

    with pytest.raises(ItemvecError, match="no memory for one pair of 3 tokens; lower max_tokens"):
        scored({"input_ids": [[1, 2, 3]]}, forward, "cpu", pad=0)


def test_scores_that_are_no_numbers_are_an_error() -> None:
    with pytest.raises(ItemvecError, match="set another dtype"):
        scored(TOKENS, lambda features: torch.full((len(features["input_ids"]),), torch.nan), "cpu", pad=0)
