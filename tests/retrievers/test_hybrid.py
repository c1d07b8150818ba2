from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.errors import ParamsError
from itemvec.core.top_k import Top
from itemvec.retrievers import RETRIEVERS, Entries, Tuning, prepare
from itemvec.retrievers.hybrid import Hybrid

PARTS: list[dict[str, Any]] = [{"kind": "exact"}, {"kind": "bm25"}]
TEXTS = ["red lamp", "blue lamp", "green desk"]
ITEMS = Entries(pa.array(["a", "b", "c"]), pa.array(TEXTS), [np.eye(3, dtype=np.float32)])


def asked(text: str, *vector: float) -> Entries:
    return Entries(pa.array(["q"]), pa.array([text]), [np.array([vector], dtype=np.float32)])


def test_reciprocal_rank_fusion_by_hand() -> None:
    """Vectors say c, b, a; words say b, then a: b = 1/62 + 1/61, a = 1/63 + 1/62, c = 1/61."""
    top = Hybrid(PARTS).index(ITEMS)(asked("blue lamp", 0.1, 0.5, 0.8), 3)
    assert top.positions.tolist() == [[1, 0, 2]]
    assert top.scores[0].tolist() == pytest.approx([1 / 62 + 1 / 61, 1 / 63 + 1 / 62, 1 / 61])


@pytest.mark.parametrize(("weights", "first"), [([1.0, 0.0], 2), ([0.0, 1.0], 1), ([3.0, 1.0], 2)])
def test_given_weights_decide(weights: list[float], first: int) -> None:
    retrieve, chosen = prepare(Hybrid(PARTS, fusion="convex", weights=weights), ITEMS, None)
    assert retrieve(asked("blue lamp", 0.1, 0.2, 0.8), 1).positions.tolist() == [[first]]
    assert chosen == {}


@pytest.mark.parametrize(("right", "part"), [(2, 0), (1, 1)])
@pytest.mark.parametrize("normalise", ["tmm", "minmax", "z"])
def test_weights_are_tuned_on_validation(right: int, part: int, normalise: str) -> None:
    """The vectors find c, the words find b: whichever is relevant gets more weight, as close to half as does it."""

    def quality(top: Top) -> float:
        return float((top.positions[:, 0] == right).mean())

    tuning = Tuning(asked("blue lamp", 0.1, 0.2, 0.8), quality, 1)
    row = {"kind": "hybrid", "parts": PARTS, "fusion": "convex", "normalise": normalise}
    retrieve, chosen = prepare(RETRIEVERS.build("mine", row), ITEMS, tuning)
    assert retrieve(tuning.queries, 1).positions.tolist() == [[right]]
    assert chosen["validation"] == 1
    assert sum(chosen["weights"]) == pytest.approx(1)
    assert 0.5 <= chosen["weights"][part] < 1


def test_what_a_part_chooses_is_said() -> None:
    inner = {"kind": "hybrid", "parts": PARTS, "fusion": "convex"}
    tuning = Tuning(asked("lamp", 1, 0, 0), lambda top: 0.5, 1)
    _, chosen = prepare(Hybrid([inner, {"kind": "bm25"}]), ITEMS, tuning)
    assert chosen == {"part 1": {"weights": [0.5, 0.5], "validation": 0.5}}


def test_three_parts_are_tuned_in_larger_steps() -> None:
    tuning = Tuning(asked("lamp", 1, 0, 0), lambda top: 0.5, 1)
    _, chosen = prepare(Hybrid([*PARTS, {"kind": "bm25", "stemmer": None}], fusion="convex"), ITEMS, tuning)
    assert sorted(chosen["weights"]) == [0.3, 0.3, 0.4]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"parts": [{"kind": "exact"}]}, "fewer than two"),
        (
            {"parts": [{"kind": "exat"}, {"kind": "bm25"}]},
            "'hybrid, part 1': unknown kind 'exat'; did you mean 'exact'",
        ),
        ({"parts": [{"kind": "exact"}, {"kind": "bm25", "k2": 1}]}, "'hybrid, part 2': unknown option 'k2'"),
        ({"parts": PARTS, "weights": [1.0]}, "give one per part"),
        ({"parts": PARTS, "weights": [0.0, 0.0]}, "not all 0"),
    ],
)
def test_a_row_that_does_not_fit_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ParamsError, match=said):
        RETRIEVERS.build("mine", {"kind": "hybrid", **options})


def test_weights_need_queries_to_be_chosen_by() -> None:
    with pytest.raises(ParamsError, match=r"no validation queries .* set search.split to \{validation: 0.2\}"):
        Hybrid(PARTS, fusion="convex").index(ITEMS)


def test_words_alone_need_no_vectors() -> None:
    assert not Hybrid([{"kind": "bm25"}, {"kind": "bm25", "stemmer": None}]).needs_vectors
    assert Hybrid(PARTS).needs_vectors


def test_what_is_no_candidate_of_any_part_is_not_ranked() -> None:
    """However many are asked for, so that a score does not depend on that."""
    top = Hybrid(PARTS, candidates=1).index(ITEMS)(asked("blue lamp", 0.1, 0.5, 0.8), 3)
    assert top.positions.tolist() == [[1, 2, -1]]


def planted(rng: np.random.Generator) -> tuple[Entries, Entries]:
    """200 items of few words and 8 dimensions, and 50 queries; words and vectors know nothing of each other."""
    return tuple(  # type: ignore[return-value]
        Entries(
            pa.array([f"{n}" for n in range(size)]),
            pa.array([" ".join(f"w{word}" for word in rng.integers(30, size=4)) for _ in range(size)]),
            [rng.standard_normal((size, 8), dtype=np.float32)],
        )
        for size in (200, 50)
    )


@pytest.mark.parametrize("normalise", ["tmm", "minmax", "z"])
@pytest.mark.parametrize("alone", [0, 1])
def test_all_weight_on_a_part_gives_exactly_that_part(rng: np.random.Generator, alone: int, normalise: Any) -> None:
    items, queries = planted(rng)
    weights = [float(part == alone) for part in (0, 1)]
    found = Hybrid(PARTS, fusion="convex", normalise=normalise, weights=weights).index(items)(queries, 100)
    expected = RETRIEVERS.build("alone", PARTS[alone]).index(items)(queries, 100)
    assert (found.positions == expected.positions).all()
    assert (found.scores == expected.scores).all()


@pytest.mark.parametrize("alone", [0, 1])
def test_tuning_sees_what_all_weight_on_a_part_gives(rng: np.random.Generator, alone: int) -> None:
    items, queries = planted(rng)
    expected = RETRIEVERS.build("alone", PARTS[alone]).index(items)(queries, 10)

    def quality(top: Top) -> float:
        return float((top.positions == expected.positions).all(axis=1).mean())

    _, chosen = prepare(Hybrid(PARTS, fusion="convex"), items, Tuning(queries, quality, 10))
    assert chosen == {"weights": [1.0 - alone, float(alone)], "validation": 1.0}


def test_the_last_that_words_find_is_above_what_has_none_of_them() -> None:
    """The vectors hold the desk a hair above the blue lamp, which has a word of the query, as the last that has."""
    vectors = np.array([[1, 0], [0.5, 0.5], [0.49, 0.51]], dtype=np.float32)
    items = Entries(pa.array(["a", "b", "c"]), pa.array(TEXTS), [vectors])
    query = Entries(pa.array(["q"]), pa.array(["red lamp"]), [np.array([[0, 1]], dtype=np.float32)])

    def found(normalise: Any) -> list[int]:
        row = Hybrid(PARTS, fusion="convex", normalise=normalise, weights=[0.5, 0.5])
        positions: list[int] = row.index(items)(query, 3).positions[0].tolist()
        return positions

    assert found("tmm").index(1) < found("tmm").index(2)
    assert found("minmax").index(1) > found("minmax").index(2)


def test_four_feet_are_not_six_though_vectors_hardly_tell_them_apart() -> None:
    texts = ["6 ft ladder", "4 ft ladder", "8 ft ladder", "rope"]
    vectors = np.array([[1, 0.01], [1, 0.02], [1, 0.03], [0, 1]], dtype=np.float32)
    items = Entries(pa.array(list("abcd")), pa.array(texts), [vectors])
    query = Entries(pa.array(["q"]), pa.array(["4 ft ladder"]), [np.array([[1, 0]], dtype=np.float32)])
    found = Hybrid(PARTS, fusion="convex", weights=[0.8, 0.2]).index(items)(query, 4)
    assert found.positions[0].tolist() == [1, 0, 2, 3]
