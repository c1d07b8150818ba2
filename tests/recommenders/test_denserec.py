from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from itemvec.core.arrays import Floats
from itemvec.core.top_k import top_k
from itemvec.protocol.histories import Histories
from itemvec.recommenders.denserec import DenseRec
from itemvec.recommenders.sasrec import SasRec
from tests.conftest import histories
from tests.recommenders.conftest import N_ITEMS, next_is_right, training

OPTIONS: Any = {"width": 16, "positions": 64, "learning_rate": 0.02, "epochs": 12, "patience": 12, "max_history": 8}


def test_the_planted_order_is_learnt(planted: Histories, vectors: Floats) -> None:
    assert (
        next_is_right(DenseRec(**OPTIONS | {"epochs": 24, "patience": 24}).fit(training(planted, vectors)), planted)
        > 0.95
    )


@pytest.mark.parametrize(("p_dense", "item"), [(0.0, "id"), (1.0, "text")])
def test_at_its_ends_it_is_sasrec(p_dense: float, item: Any, planted: Histories, vectors: Floats) -> None:
    options = OPTIONS | {"epochs": 2}
    dense, plain = DenseRec(p_dense=p_dense, **options), SasRec(item=item, **options)
    first, second = (one.fit(training(planted, vectors))(planted) for one in (dense, plain))
    assert (first == second).all()


def test_an_item_that_training_never_saw_is_found_by_its_text(planted: Histories, vectors: Floats) -> None:
    """Item 12 is new and reads like item 5: whoever was at item 4 gets it beside item 5, by ids alone at random."""
    text = np.concatenate([vectors, vectors[5:6] + 0.05])
    known = replace(planted, n_items=N_ITEMS + 1)
    asked = histories([2, 3, 4], [1, 2, 3, 4], n_items=N_ITEMS + 1)
    given = replace(training(known, text), validate=lambda score: next_is_right(score, known))
    found = top_k(DenseRec(**OPTIONS | {"epochs": 24, "patience": 24}).fit(given)(asked), 2).positions
    assert {tuple(sorted(one)) for one in found.tolist()} == {(5, N_ITEMS)}
