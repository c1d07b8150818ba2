"""What every encoder kind must do."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from itemvec.encoders import ENCODERS, CachedEncoder, Corpus, Encoder, Role
from tests.conftest import ENCODER_ROWS, unit
from tests.encoders.conftest import TEXTS


def test_every_kind_has_an_example_row() -> None:
    assert set(ENCODER_ROWS) == set(ENCODERS.kinds())


@pytest.fixture(params=ENCODER_ROWS)
def encoder(request: pytest.FixtureRequest) -> Encoder:
    return ENCODERS.build(request.param, ENCODER_ROWS[request.param])


def test_shape_type_and_values(encoder: Encoder, corpus: Corpus) -> None:
    encode = encoder.load(corpus)
    roles: tuple[Role, Role] = ("item", "query")
    for role in roles:
        vectors = encode(TEXTS, role)
        assert vectors.shape == (len(TEXTS), encoder.dim)
        assert vectors.dtype == np.float32
        assert np.isfinite(vectors).all()


def test_rows_are_in_the_order_of_the_texts(encoder: Encoder, corpus: Corpus) -> None:
    encode = encoder.load(corpus)
    forward, backward = encode(TEXTS, "item"), encode(TEXTS[::-1], "item")
    assert forward == pytest.approx(backward[::-1], abs=1e-6)
    assert forward[0] == pytest.approx(forward[5], abs=1e-6)


def test_same_again(encoder: Encoder, corpus: Corpus) -> None:
    first, second = (encoder.load(corpus)(TEXTS, "item") for _ in range(2))
    assert (first == second).all()


def test_no_texts_are_no_vectors(encoder: Encoder, corpus: Corpus, tmp_path: Path) -> None:
    cached = CachedEncoder(encoder, corpus, tmp_path)
    assert cached.encode(pa.array([], pa.string()), "item").shape == (0, encoder.dim)


def test_the_cache_gives_back_what_was_encoded(encoder: Encoder, corpus: Corpus, tmp_path: Path) -> None:
    first, second = (CachedEncoder(encoder, corpus, tmp_path).encode(pa.array(TEXTS), "item") for _ in range(2))
    assert (first == second).all()
    assert first == pytest.approx(encoder.load(corpus)(TEXTS, "item"), abs=1e-6)


def test_like_texts_have_like_vectors(encoder: Encoder, corpus: Corpus) -> None:
    """Planted: a shirt is nearer to the other shirt than to a hose."""
    vectors = unit(encoder.load(corpus)(TEXTS, "item"))
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[3] + 0.1


def test_identity_is_said_in_plain_values(encoder: Encoder, corpus: Corpus) -> None:
    identity = encoder.identity(corpus)
    assert identity
    assert identity == encoder.identity(corpus)
