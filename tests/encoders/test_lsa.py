from pathlib import Path

import pytest

from itemvec.core.errors import ParamsError
from itemvec.encoders import Corpus
from itemvec.encoders.lsa import LsaEncoder
from tests.conftest import unit
from tests.encoders.conftest import corpus_of, vectors_of


def test_words_that_occur_together_are_alike(corpus: Corpus) -> None:
    """Planted: "wool" and "shirt" never meet in a text, but both meet "red"."""
    vectors = unit(vectors_of(LsaEncoder(2), corpus, ["wool", "shirt", "hose"], "query"))
    assert vectors[0] @ vectors[1] > 0.9 > 0.1 > abs(vectors[0] @ vectors[2])


def test_a_query_of_unknown_words_is_the_zero_vector(corpus: Corpus) -> None:
    assert not vectors_of(LsaEncoder(2), corpus, ["zebra"], "query").any()


def test_more_dimensions_than_texts_are_refused(corpus: Corpus) -> None:
    with pytest.raises(ParamsError, match=r"dim 7 is more than the items have, \(6, 10\) texts x words"):
        LsaEncoder(7).load(corpus)


@pytest.mark.parametrize("texts", [["the", "of"], ["hat", "hat"]])
def test_items_without_words_to_compare_are_refused(tmp_path: Path, texts: list[str]) -> None:
    with pytest.raises(ParamsError, match=r"model lsa: (no words to learn from|dim 1 is more)"):
        LsaEncoder(1).load(corpus_of(tmp_path, texts))


def test_words_of_any_script_are_compared(tmp_path: Path) -> None:
    texts = ["折りたたみ傘 軽量", "晴雨兼用傘", "ステンレス水筒", "水筒 500ml", "गरम चाय", "चाय पत्ती"]
    corpus = corpus_of(tmp_path, texts)
    vectors = unit(vectors_of(LsaEncoder(3), corpus, [*texts, "傘", "水筒", "चाय"], "query"))
    assert (vectors[6:] @ vectors[:6].T > 0.5).tolist() == [
        [True, True, False, False, False, False],
        [False, False, True, True, False, False],
        [False, False, False, False, True, True],
    ]


def test_the_order_of_items_does_not_matter(tmp_path: Path) -> None:
    texts = ["red hat", "red lamp", "blue lamp", "blue hat shop"]
    one, other = (tmp_path / name for name in ("one", "other"))
    found = []
    for folder, some in ((one, texts), (other, texts[::-1])):
        folder.mkdir()
        found.append(vectors_of(LsaEncoder(2), corpus_of(folder, some), texts, "query"))
    assert abs(found[0]) == pytest.approx(abs(found[1]), abs=1e-5)


def test_words_that_only_join_others_do_not_move_a_vector(tmp_path: Path) -> None:
    texts = ["tales from space", "news from town", "about rockets", "space rockets"]
    corpus = corpus_of(tmp_path, texts)
    vectors = unit(vectors_of(LsaEncoder(2), corpus, ["rockets", "rockets from about"], "query"))
    assert vectors[0] == pytest.approx(vectors[1])
