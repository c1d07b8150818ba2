from dataclasses import replace

import numpy as np
import pytest
import torch

from itemvec.core.arrays import Floats
from itemvec.protocol.histories import Histories
from itemvec.recommenders.gru import Gru
from itemvec.recommenders.gru4rec import Gru4Rec
from tests.conftest import histories
from tests.recommenders.conftest import N_ITEMS, next_is_right, training

SMALL = Gru4Rec(item="id", width=16, positions=64, learning_rate=0.02, epochs=10, patience=10, max_history=8)


@pytest.mark.parametrize("item", ["id", "text", "id+text"])
def test_the_planted_order_is_learnt(item: str, planted: Histories, vectors: Floats) -> None:
    score = replace(SMALL, item=item).fit(training(planted, vectors))  # type: ignore[arg-type]
    assert next_is_right(score, planted) > 0.95


def test_the_order_before_the_last_item_counts(planted: Histories) -> None:
    scores = replace(SMALL, epochs=2).fit(training(planted))(histories([1, 7, 5], [7, 1, 5], n_items=N_ITEMS))
    assert np.abs(scores[0] - scores[1]).max() > 0.001


def test_short_item_vectors_are_heard_as_well_as_long_ones() -> None:
    """Fresh ones are short; the gates would hear nothing of them for epochs."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network, vectors = Gru(8, layers=2, dropout=0.5).eval(), torch.randn(3, 5, 8)
    with torch.inference_mode():
        torch.testing.assert_close(network(0.02 * vectors), network(vectors), atol=0.05, rtol=0)


def test_the_other_form_is_recboles() -> None:
    """The same weights give the same states as RecBole's GRU4Rec: no normalisation, no bias in the recurrent layers."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        ours, vectors = Gru(8, layers=2, dropout=0.3, inner=6, normalised=False).eval(), torch.randn(3, 5, 8)
    theirs = torch.nn.GRU(8, 6, num_layers=2, bias=False, batch_first=True)
    theirs.load_state_dict(ours.layers.state_dict())
    with torch.inference_mode():
        torch.testing.assert_close(ours(vectors), ours.merge(theirs(vectors)[0]))
