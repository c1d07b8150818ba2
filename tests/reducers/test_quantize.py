import numpy as np
import pytest

from itemvec.core.arrays import Floats
from itemvec.core.errors import ParamsError
from itemvec.reducers import Sample
from itemvec.reducers.quantize import Quantize


def test_float16_keeps_eleven_bits(rng: np.random.Generator) -> None:
    vectors = rng.standard_normal((100, 4), dtype=np.float32)
    transform = Quantize(to="float16").fit(Sample([vectors]), rng)
    assert transform.bytes_per_item == 4 * 2
    assert transform(vectors) == pytest.approx(vectors, rel=2**-11)
    assert transform(np.array([[1 + 2**-11]], dtype=np.float32)).tolist() == [[1.0]]


def test_int8_has_the_steps_of_the_items_for_queries_too(rng: np.random.Generator) -> None:
    """One dimension from 0 to 255, so that a step is one; another that is always 7."""
    items: Floats = np.array([[0, 7], [255, 7], [99.4, 7], [99.6, 7]], np.float32)
    transform = Quantize(to="int8").fit(Sample([items[:1], items[1:]]), rng)
    assert transform.bytes_per_item == 2
    assert transform(items).tolist() == [[0, 7], [255, 7], [99, 7], [100, 7]]
    queries: Floats = np.array([[300, 0], [-4, 9], [1.2, 7]], np.float32)
    assert transform(queries, "query").tolist() == [[255, 7], [0, 7], [1, 7]]


def test_int8_is_no_more_than_half_a_step_off(rng: np.random.Generator) -> None:
    items: Floats = (rng.standard_normal((1000, 6)) * range(1, 7)).astype(np.float32)
    off = np.abs(Quantize(to="int8").fit(Sample([items]), rng)(items) - items)
    assert (off <= np.ptp(items, axis=0) / 255 / 2 * (1 + 1e-3)).all()
    assert len(np.unique(Quantize(to="int8").fit(Sample([items]), rng)(items)[:, 0])) <= 256


def test_codes_are_those_of_sentence_transformers(rng: np.random.Generator) -> None:
    from sentence_transformers.util.quantization import quantize_embeddings

    items = rng.standard_normal((200, 5), dtype=np.float32)
    queries = 2 * rng.standard_normal((50, 5), dtype=np.float32)
    transform = Quantize(to="int8", codes=True).fit(Sample([items[:90], items[90:]]), rng)
    assert transform.bytes_per_item == 5
    for vectors, role in ((items, "item"), (queries, "query")):
        expected = quantize_embeddings(vectors, "int8", calibration_embeddings=items)
        assert (transform(vectors, role) == expected).all()  # type: ignore[arg-type]


def test_codes_are_for_int8() -> None:
    with pytest.raises(ParamsError, match="codes is for int8, not binary"):
        Quantize(to="binary", codes=True)


def test_bits_order_by_hamming_distance_without_rescoring(rng: np.random.Generator) -> None:
    items = rng.standard_normal((30, 9), dtype=np.float32)
    query = rng.standard_normal((1, 9), dtype=np.float32)
    transform = Quantize(to="binary", rescore=False).fit(Sample([items]), rng)
    assert transform.bytes_per_item == 2  # nine bits
    differ = np.count_nonzero((items < 0) != (query < 0), axis=1)
    assert (transform(query, "query") @ transform(items).T)[0] == pytest.approx(1 - 2 * differ / 9, abs=1e-6)


def test_rescoring_compares_the_float_query_with_the_bits(rng: np.random.Generator) -> None:
    items = np.array([[3, -1], [1, 5]], dtype=np.float32)
    query = np.array([[4, 1]], dtype=np.float32)
    transform = Quantize(to="binary").fit(Sample([items]), rng)
    scores = transform(query, "query") @ transform(items).T
    assert scores == pytest.approx(np.array([[(4 - 1) / 2**0.5, (4 + 1) / 2**0.5]]))
