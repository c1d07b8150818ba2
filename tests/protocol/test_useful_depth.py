from dataclasses import replace

import pytest

from itemvec.core.params import Params
from itemvec.protocol.useful_depth import within
from tests.conftest import ROOT

SEARCH = replace(Params.load(ROOT / "params.yaml").search, metrics=["ndcg@10", "recall@100"])


@pytest.mark.parametrize(
    ("depth", "n_items", "expected"),
    [(1_000_000, 1682, 1682), (100, 1682, 100), (1_000_000, 7, 100), (100, 0, 100), (200, 150, 150)],
)
def test_ranks_that_cannot_be_filled_are_left_out_unless_a_metric_counts_them(
    depth: int, n_items: int, expected: int
) -> None:
    assert within(replace(SEARCH, depth=depth), n_items) == replace(SEARCH, depth=expected)
