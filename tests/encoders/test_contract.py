"""What every encoder kind must do."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from itemvec.encoders import ENCODERS, CachedEncoder, Corpus, Encoder, Role
from tests.conftest import ENCODER_ROWS, unit
from tests.encoders.conftest import TEXTS, vectors_of


def test_every_kind_has_an_example_row() -> None:
    assert set(ENCODER_ROWS) == set(ENCODERS.kinds())


@pytest.fixture(params=ENCODER_ROWS)
def encoder(request: pytest.FixtureRequest) -> Encoder:
    return ENCODERS.build(request.param, ENCODER_ROWS[request.param])


def test_shape_type_and_values(encoder: Encoder, corpus: Corpus) -> None:
    roles: tuple[Role, Role] = ("item", "query")
    for role in roles:
        vectors = vectors_of(encoder, corpus, TEXTS, role)
        assert vectors.shape == (len(TEXTS), encoder.dim)
        assert vectors.dtype == np.float32
        assert np.isfinite(vectors).all()


def test_rows_are_in_the_order_of_the_texts(encoder: Encoder, corpus: Corpus) -> None:
    forward, backward = vectors_of(encoder, corpus, TEXTS), vectors_of(encoder, corpus, TEXTS[::-1])
    assert (forward == backward[::-1]).all()
    assert (forward[0] == forward[5]).all()


def test_same_again(encoder: Encoder, corpus: Corpus) -> None:
    first, second = (vectors_of(encoder, corpus, TEXTS) for _ in range(2))
    assert (first == second).all()


def test_no_texts_are_no_vectors(encoder: Encoder, corpus: Corpus, tmp_path: Path) -> None:
    cached = CachedEncoder(encoder, corpus, str(tmp_path))
    assert cached.fill([pa.array([], pa.string())], "item") == 0
    assert cached.read(pa.array([], pa.string()), "item").vectors.shape == (0, encoder.dim)


def test_the_cache_gives_back_what_was_encoded(encoder: Encoder, corpus: Corpus, tmp_path: Path) -> None:
    cached = CachedEncoder(encoder, corpus, str(tmp_path))
    assert cached.fill([pa.array(TEXTS)], "item") == len(set(TEXTS))
    rows = cached.read(pa.array(TEXTS), "item")
    assert rows.found.all()
    assert (rows.vectors == vectors_of(encoder, corpus, TEXTS)).all()
    again = CachedEncoder(encoder, corpus, str(tmp_path))
    assert again.fill([pa.array(TEXTS)], "item") == 0
    assert (again.read(pa.array(TEXTS), "item").vectors == rows.vectors).all()


def test_a_vector_does_not_depend_on_the_texts_beside_it(encoder: Encoder, corpus: Corpus) -> None:
    """Else a run that was resumed would have another digest than one that was not."""
    many = [f"{text} {' '.join(['new'] * number)}" for number in range(40) for text in TEXTS]
    whole = vectors_of(encoder, corpus, many)
    assert (vectors_of(encoder, corpus, many[7:8]) == whole[7:8]).all()
    assert (vectors_of(encoder, corpus, many[::9]) == whole[::9]).all()


def test_like_texts_have_like_vectors(encoder: Encoder, corpus: Corpus) -> None:
    """Planted: a shirt is nearer to the other shirt than to a hose."""
    vectors = unit(vectors_of(encoder, corpus, TEXTS))
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[3] + 0.1


def test_identity_is_said_in_plain_values(encoder: Encoder, corpus: Corpus) -> None:
    identity = encoder.identity(corpus)
    assert identity
    assert identity == encoder.identity(corpus)
