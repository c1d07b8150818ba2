import numpy as np
import pytest

from itemvec.encoders import Corpus
from itemvec.encoders.hashing import HashingEncoder
from tests.encoders.conftest import vectors_of


def test_english_is_counted_as_scikit_learn_counts_it(corpus: Corpus) -> None:
    from sklearn.feature_extraction.text import HashingVectorizer

    texts = ["red wool hat, red scarf", "lamp", ""]
    expected = HashingVectorizer(n_features=32, norm="l2", dtype=np.float32).transform(texts).toarray()
    assert vectors_of(HashingEncoder(32), corpus, texts, "item") == pytest.approx(expected)


@pytest.mark.parametrize(("one", "other"), [("傘", "折りたたみ傘"), ("ＵＳＢ", "usb"), ("cre\u0300me", "crème")])
def test_words_of_any_script_meet(corpus: Corpus, one: str, other: str) -> None:
    vectors = vectors_of(HashingEncoder(4096), corpus, [one, other, "lamp"], "item")
    assert vectors[0] @ vectors[1] > 0.2 > 0 == vectors[0] @ vectors[2]


def test_one_letter_tells_apart(corpus: Corpus) -> None:
    vectors = vectors_of(HashingEncoder(4096), corpus, ["vitamin c", "vitamin d"], "item")
    assert vectors[0] @ vectors[1] == pytest.approx(0.5)


def test_texts_without_words_are_zero(corpus: Corpus) -> None:
    for texts in (["", "..."], []):
        vectors = vectors_of(HashingEncoder(8), corpus, texts, "item")
        assert vectors.shape == (len(texts), 8)
        assert not vectors.any()
