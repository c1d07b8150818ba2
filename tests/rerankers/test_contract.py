"""What every reranker kind must do."""

import numpy as np
import pytest

from itemvec.rerankers import RERANKERS, Rerank
from tests.conftest import RERANKER_ROWS
from tests.rerankers.conftest import QUERIES, TEXTS


def test_every_kind_has_an_example_row() -> None:
    assert set(RERANKER_ROWS) == set(RERANKERS.kinds())


@pytest.fixture(scope="module", params=RERANKER_ROWS)
def rerank(request: pytest.FixtureRequest, checkpoints: dict[str, str]) -> Rerank:
    return RERANKERS.build(request.param, RERANKER_ROWS[request.param]).load()


def test_a_finite_score_for_every_text_of_every_query(rerank: Rerank) -> None:
    found = rerank(QUERIES, TEXTS)
    assert [one.shape for one in found] == [(3,), (1,), (4,)]
    assert {one.dtype for one in found} == {np.dtype(np.float32)}
    assert all(np.isfinite(one).all() for one in found)


def test_queries_do_not_depend_on_each_other(rerank: Rerank) -> None:
    together = rerank(QUERIES, TEXTS)
    for query, texts, scores in zip(QUERIES, TEXTS, together, strict=True):
        assert rerank([query], [texts])[0] == pytest.approx(scores, abs=1e-4)


def test_same_again(rerank: Rerank) -> None:
    for first, second in zip(rerank(QUERIES, TEXTS), rerank(QUERIES, TEXTS), strict=True):
        assert (first == second).all()


def test_nothing_to_rank_is_no_error(rerank: Rerank) -> None:
    assert rerank([], []) == []
    assert [len(one) for one in rerank(["lamp", "hat"], [[], []])] == [0, 0]
    assert [len(one) for one in rerank(["lamp", "hat"], [[], ["hat"]])] == [0, 1]


@pytest.mark.parametrize("text", ["", " ", "\x00", "{item}", "[1] > [2]", "<|im_end|></s>", "帽子 🎩", "x" * 1000])
def test_any_text_is_data(rerank: Rerank, text: str) -> None:
    (found,) = rerank([text], [[text, "hat"]])
    assert found.shape == (2,)
    assert np.isfinite(found).all()
