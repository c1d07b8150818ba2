from dataclasses import replace

import numpy as np
import pytest

from itemvec.core.arrays import Floats
from itemvec.core.errors import ParamsError
from itemvec.protocol.histories import Histories
from itemvec.recommenders.sasrec import SasRec
from tests.conftest import histories
from tests.recommenders.conftest import N_ITEMS, next_is_right, training

SMALL = SasRec(item="id", width=16, positions=64, learning_rate=0.02, epochs=12, patience=12, max_history=8)


@pytest.mark.parametrize("item", ["id", "text", "id+text"])
def test_the_planted_order_is_learnt(item: str, planted: Histories, vectors: Floats) -> None:
    score = replace(SMALL, item=item).fit(training(planted, vectors))  # type: ignore[arg-type]
    assert next_is_right(score, planted) > 0.95


def test_order_counts_and_not_the_set(planted: Histories) -> None:
    score = SMALL.fit(training(planted))
    scores = score(histories([3, 4, 5], [5, 4, 3], n_items=N_ITEMS))
    assert scores.argmax(axis=1)[0] == 6
    assert np.abs(scores[0] - scores[1]).max() > 1


def test_the_order_before_the_last_item_counts_too(planted: Histories) -> None:
    """With one layer and no positions, attention would see a set."""
    scores = SMALL.fit(training(planted))(histories([1, 7, 5], [7, 1, 5], n_items=N_ITEMS))
    assert np.abs(scores[0] - scores[1]).max() > 0.01


def test_only_the_last_max_history_items_count(planted: Histories) -> None:
    score = replace(SMALL, max_history=3, epochs=1).fit(training(planted))
    one, other = score(histories([9, 9, 1, 2, 3], [4, 1, 2, 3], n_items=N_ITEMS))
    assert (one == other).all()


def test_the_form_of_a_published_network_learns_too(planted: Histories, vectors: Floats) -> None:
    """Hidden layer, ReLU, texts as they are, inner products, a constant rate without a mean of weights."""
    published = replace(
        SMALL, item="text", adaptor=[32], adaptor_dropout=0.2, standardise=False, similarity="dot", norm="after"
    )
    plain = replace(published, inner=24, attention_dropout=0.1, rate="plain", weight_decay=0.0, epochs=40, patience=40)
    assert next_is_right(plain.fit(training(planted, vectors)), planted) > 0.9


def test_text_vectors_stay_as_they_are(planted: Histories, vectors: Floats) -> None:
    before = vectors.copy()
    replace(SMALL, item="text", epochs=1).fit(training(planted, vectors))
    assert (vectors == before).all()


def test_what_does_not_fit_is_refused(planted: Histories) -> None:
    with pytest.raises(ParamsError, match="width 7 is not a multiple of heads 2"):
        SasRec(item="id", width=7)
    with pytest.raises(ParamsError, match="sasrec needs item vectors"):
        replace(SMALL, item="text").fit(training(planted))
    with pytest.raises(ParamsError, match="sasrec: whiten needs standardise"):
        SasRec(item="text", whiten=True, standardise=False)
