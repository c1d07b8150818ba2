from math import log
from typing import get_args

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.errors import ParamsError
from itemvec.core.languages import Language
from itemvec.core.top_k import NOTHING, TieOrder, top_k
from itemvec.core.words import find_words
from itemvec.retrievers import RETRIEVERS, Entries, bm25
from itemvec.retrievers.bm25 import Bm25, Method


def entries(*texts: str) -> Entries:
    return Entries(pa.array([str(row) for row in range(len(texts))]), pa.array(texts))


def test_a_score_by_hand() -> None:
    """Lucene's BM25: idf = ln(1 + (N - n + 0.5) / (n + 0.5)); tf / (tf + k1 (1 - b + b length / mean length))."""
    items = entries("lamp lamp desk", "desk", "chair desk")
    top = Bm25(k1=1.2, b=0.5, stop_words=None, stemmer=None).index(items)(entries("lamp"), 3)
    idf = log(1 + (3 - 1 + 0.5) / (1 + 0.5))
    expected = idf * 2 / (2 + 1.2 * (1 - 0.5 + 0.5 * 3 / 2))
    assert top.scores[0, 0] == pytest.approx(expected, rel=1e-5)
    assert top.positions[0].tolist() == [0, NOTHING, NOTHING]  # the others share no word


def test_stems_and_stop_words() -> None:
    items = entries("running shoes", "the shoe")
    stemmed = Bm25().index(items)(entries("run", "the"), 2)
    assert stemmed.positions.tolist() == [[0, NOTHING], [NOTHING, NOTHING]]
    plain = Bm25(stop_words=None, stemmer=None).index(items)(entries("run", "the"), 2)
    assert plain.positions.tolist() == [[NOTHING, NOTHING], [1, NOTHING]]


@pytest.mark.parametrize("language", get_args(Language))
def test_every_language_has_stop_words_and_a_stemmer(language: Language) -> None:
    top = Bm25(stop_words=language, stemmer=language).index(entries("zebra lamp", "desk"))(entries("desk"), 1)
    assert top.positions.tolist() == [[1]]


def test_equal_items_come_in_the_order_of_ties(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bm25, "SCORES", 64)  # of two queries at a time
    items, queries = entries(*["lamp"] * 30, "desk"), entries(*["lamp"] * 5)
    top = Bm25().index(items)(queries, 5)
    scores = np.array([[1.0] * 30 + [-np.inf]] * 5, dtype=np.float32)
    assert (top.positions == top_k(scores, 5, TieOrder(items.ids).of(queries.ids)).positions).all()


def test_words_said_twice_count_twice_and_unknown_ones_do_not() -> None:
    retrieve = Bm25().index(entries("lamp desk", "chair"))
    once, twice, more = (retrieve(entries(query), 1).scores[0, 0] for query in ("lamp", "lamp lamp", "lamp zebra"))
    assert twice == pytest.approx(2 * once)
    assert more == once


@pytest.mark.parametrize("row", [{"kind": "bm25"}, {"kind": "lancedb", "mode": "text"}])
def test_a_catalogue_without_words_is_refused(row: dict[str, str]) -> None:
    with pytest.raises(ParamsError, match="no text of an item has a word to find it by; check the texts"):
        RETRIEVERS.build("words", row).index(entries("the", "of", "!?"))


@pytest.mark.parametrize("method", get_args(Method))
def test_agrees_with_bm25s_own_search(rng: np.random.Generator, method: Method) -> None:
    """To the score of a word that is absent, which is the same for all items."""
    import bm25s

    texts = [" ".join(f"w{word}" for word in rng.integers(60, size=12)) for _ in range(200)]
    found = Bm25(method=method, stop_words=None, stemmer=None).index(entries(*texts))(entries(*texts[:20]), 5)
    engine = bm25s.BM25(method=method)
    engine.index(bm25s.tokenize(texts, stopwords=None, show_progress=False), show_progress=False)
    asked = bm25s.tokenize(texts[:20], stopwords=None, show_progress=False)
    expected = engine.retrieve(asked, k=5, show_progress=False).scores
    difference = expected - found.scores
    assert difference == pytest.approx(np.repeat(difference[:, :1], 5, axis=1), abs=1e-4)
    assert (difference[:, 0] > 0.1 if method in ("bm25+", "bm25l") else abs(difference[:, 0]) < 1e-4).all()


@pytest.mark.parametrize("method", get_args(Method))
def test_weights_are_those_of_bm25s_bit_by_bit(
    rng: np.random.Generator, method: Method, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In blocks of few items, as in one; among them one without words."""
    import bm25s
    from scipy.sparse import hstack

    monkeypatch.setattr(bm25, "ITEMS", 7)
    texts = ["", *(" ".join(f"w{rank}" for rank in rng.zipf(1.4, rng.integers(1, 30)) % 90) for _ in range(60))]
    words = find_words(texts)
    engine = bm25s.BM25(method=method, k1=1.3, b=0.6)
    engine.index((words.lists(), {row: row for row in range(len(words.vocabulary))}), show_progress=False)
    _, parts = Bm25(method=method, k1=1.3, b=0.6)._weights(words)
    assert len(parts) == 9
    weights = hstack(parts, format="csr")
    assert weights.shape == (len(words.vocabulary), len(texts))
    for name in ("data", "indices", "indptr"):
        np.testing.assert_array_equal(getattr(weights, name), engine.scores[name], name)


def test_items_and_queries_in_parts_are_ranked_as_in_one(
    rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def words(number: int) -> str:
        return " ".join(f"w{rank}" for rank in rng.zipf(1.4, number) % 90)

    items, queries = entries(*(words(9) for _ in range(60))), entries("unknown", "", *(words(3) for _ in range(20)))
    whole = Bm25().index(items)(queries, 12)
    monkeypatch.setattr(bm25, "ITEMS", 7)
    monkeypatch.setattr(bm25, "SCORES", 60 * 4)
    found = Bm25().index(items)(queries, 12)
    np.testing.assert_array_equal(found.positions, whole.positions)
    np.testing.assert_array_equal(found.scores, whole.scores)
    assert (whole.positions[2:] != NOTHING).any()


def test_the_papers_defect_by_hand() -> None:
    """Four items of 1.5 words on average: tf / (tf + k1 (1 - b + b 4 / 1.5)), whatever the length of an item."""
    items = entries("lamp lamp desk", "lamp", "chair", "hat")
    top = Bm25(k1=1.2, b=0.5, length="corpus", stop_words=None, stemmer=None).index(items)(entries("lamp"), 2)
    idf = log(1 + (4 - 2 + 0.5) / (2 + 0.5))
    k1 = 1.2 * (1 - 0.5 + 0.5 * 4 / 1.5)
    assert top.scores[0].tolist() == pytest.approx([idf * 2 / (2 + k1), idf * 1 / (1 + k1)], rel=1e-5)
