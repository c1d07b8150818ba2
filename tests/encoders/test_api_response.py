import base64
from typing import Any

import numpy as np
import pytest

from itemvec.core.errors import ItemvecError
from itemvec.encoders.api_response import tokens_in, vectors_in


def entry(index: int | None, *numbers: Any) -> dict[str, Any]:
    return {"embedding": list(numbers)} | ({} if index is None else {"index": index})


def test_vectors_are_put_in_the_order_of_their_index() -> None:
    found = vectors_in({"data": [entry(1, 3, 4), entry(0, 1, 2)]}, 2, 2, "here")
    assert found.tolist() == [[1, 2], [3, 4]]
    assert found.dtype == np.float32


@pytest.mark.parametrize("first", [None, 0])
def test_an_index_that_is_left_out_is_the_place(first: int | None) -> None:
    """Gemini leaves out 0, others leave out all."""
    assert vectors_in({"data": [entry(first, 1), entry(1, 2)]}, 2, 1, "here").tolist() == [[1], [2]]
    assert vectors_in({"data": [entry(None, 1), entry(None, 2)]}, 2, 1, "here").tolist() == [[1], [2]]


def test_base64_is_read() -> None:
    text = base64.b64encode(np.array([0.5, -2], dtype="<f4").tobytes()).decode()
    assert vectors_in({"data": [{"index": 0, "embedding": text}]}, 1, 2, "here").tolist() == [[0.5, -2]]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ([], "no list of embeddings under 'data'"),
        ({"error": "no"}, "no list of embeddings under 'data'"),
        ({"data": [{"index": 0}]}, "no list of embeddings under 'data'"),
        ({"data": [entry(0, 1, 2)]}, "2 texts were sent, 1 vectors came back"),
        ({"data": [entry(0, 1, 2), entry(0, 1, 2)]}, "the indices of its 2 vectors are not 0 to 1"),
        ({"data": [entry(0, 1, 2), entry(7, 1, 2)]}, "the indices of its 2 vectors are not 0 to 1"),
        ({"data": [entry(1, 1, 2), entry(None, 1, 2)]}, "the indices of its 2 vectors are not 0 to 1"),
        ({"data": [entry(0, 1, 2), entry(1, 1)]}, r"the row says dim 2, a vector of shape \(1,\) came back"),
        ({"data": [entry(0, 1, 2), entry(1, 1, float("nan"))]}, "a vector with NaN or infinity came back"),
        ({"data": [entry(0, 1, 2), entry(1, 1, 1e99)]}, "a vector with NaN or infinity came back"),
        ({"data": [entry(0, 1, 2), entry(1, 1, "x")]}, "is no list of numbers"),
        ({"data": [entry(0, 1, 2), entry(1, 1, [2])]}, "is no list of numbers"),
        ({"data": [entry(0, 1, 2), {"index": 1, "embedding": "?"}]}, "is no list of numbers"),
    ],
)
def test_a_wrong_answer_is_named(answer: Any, said: str) -> None:
    with pytest.raises(ItemvecError, match=f"^here: .*{said}"):
        vectors_in(answer, 2, 2, "here")


@pytest.mark.parametrize(
    ("total", "sizes", "expected"),
    [
        (10, [1, 1], [5, 5]),
        (10, [3, 1], [1 + 6, 1 + 2]),
        (5, [1, 1, 1], [1 + 1, 1 + 1, 1]),  # the first of equals gets what is left
        (2, [1, 100], [1, 1]),
        (1, [1, 100], [0, 1]),  # fewer tokens than texts
        (0, [1, 2], [0, 0]),
    ],
)
def test_tokens_are_shared_by_length_and_sum_up(total: int, sizes: list[int], expected: list[int]) -> None:
    found = tokens_in({"usage": {"total_tokens": total}}, np.array(sizes))
    assert found.tolist() == expected
    assert found.dtype == np.int32


@pytest.mark.parametrize("usage", [{}, {"usage": None}, {"usage": {"total_tokens": None}}, {"usage": []}])
def test_tokens_that_are_not_told_are_zero(usage: Any) -> None:
    assert tokens_in(usage, np.array([1, 2])).tolist() == [0, 0]


def test_the_sum_is_exact(rng: np.random.Generator) -> None:
    for _ in range(100):
        sizes, total = rng.integers(1, 5000, size=rng.integers(1, 200)), int(rng.integers(1, 100_000))
        assert tokens_in({"usage": {"total_tokens": total}}, sizes).sum() == total
