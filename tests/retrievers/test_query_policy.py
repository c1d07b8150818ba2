"""A policy that rewrites queries: the rewrites by hand, and a catalogue in which one of them is right."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.arrays import Doubles
from itemvec.core.errors import ParamsError
from itemvec.core.top_k import Top
from itemvec.retrievers import RETRIEVERS, Entries, Judged, prepare
from itemvec.retrievers.chosen import ACTIONS, TITLES, Chosen, titles_of
from itemvec.retrievers.query_policy import QueryPolicy
from itemvec.retrievers.rewrites import Rewriter

BM25 = {"kind": "bm25"}
N = 20


def entries(*texts: str) -> Entries:
    return Entries(pa.array([f"e{row}" for row in range(len(texts))]), pa.array(texts, pa.string()))


ITEMS = entries(*(f"thing{n} box. it is never a lamp" for n in range(N)), *(f"very{n} very{n} lamp" for n in range(N)))
QUERIES = entries(*(f"very{n} thing{n}" for n in range(N)))  # their first word leads astray


def judged(queries: Entries) -> Judged:
    """What is relevant to query n is item n; the value of a query is 1 / rank."""

    def values(top: Top) -> Doubles:
        places = np.array([int(one.removeprefix("e")) for one in queries.ids.to_pylist()])
        found: Doubles = ((top.positions == places[:, None]) / np.arange(1.0, top.positions.shape[1] + 1)).sum(axis=1)
        return found

    return Judged(queries, values, 5)


def learn(**options: Any) -> tuple[Chosen, dict[str, Any]]:
    half = QUERIES.where(np.arange(N) < N // 2)
    retrieve, said = prepare(QueryPolicy(BM25, **options), ITEMS, None, judged(half))
    assert isinstance(retrieve, Chosen)
    return retrieve, said


def test_the_right_rewrite_is_learnt_and_serves_other_queries() -> None:
    retrieve, said = learn()
    others = QUERIES.where(np.arange(N) >= N // 2)
    assert said["learnt from"] == N // 2
    assert said["policy"] == said["oracle"] == 1 > said["as asked"]
    assert retrieve(others, 1).positions[:, 0].tolist() == list(range(N // 2, N))
    assert set(retrieve.actions(others)) <= {ACTIONS.index("drop first"), ACTIONS.index("double last")}
    again = prepare(QueryPolicy(BM25, weights=said["weights"]), ITEMS, None)[0]
    assert (again(others, 5).positions == retrieve(others, 5).positions).all()


def test_a_clip_of_zero_is_the_retriever_and_no_beta_is_no_teacher() -> None:
    retrieve, _ = learn(clip=0.0, kl=0.0)
    plain = RETRIEVERS.build("plain", BM25).index(ITEMS)(QUERIES, 5)
    assert (retrieve(QUERIES, 5).positions == plain.positions).all()
    assert learn(teacher="on_failure", beta=0.0)[1] == learn()[1]
    assert learn(teacher="on_failure")[1]["weights"] != learn()[1]["weights"]


def test_rewrites_by_hand() -> None:
    """Of four items two have red and one has lamp; the first result is item 0."""
    items = ["red lamp glass glass", "red desk", "green desk", "oak desk"]
    rewriter = Rewriter.of(items)
    first = Top(np.array([[0, -1]]), np.array([[2.0, -np.inf]], dtype=np.float32))
    forms = rewriter.rewrite(["red big lamp"], first)
    assert rewriter.rarities(["red big lamp"])[0] == pytest.approx([np.log(4 / 3), np.log(4), np.log(2)])
    assert {name: one[0] for name, one in forms.items()} == {
        "as asked": "red big lamp",
        "drop first": "big lamp",
        "drop last": "red big",
        "drop commonest": "big lamp",
        "drop rarest": "red lamp",
        "double last": "red big lamp lamp",
        "double rarest": "red big lamp big",
        "add 1": "red big lamp glass",
        "add 3": "red big lamp glass",
        "add 10": "red big lamp glass",
    }
    alone = rewriter.rewrite(["lamp"], first)
    assert {one[0] for one in alone.values()} == {"lamp", "lamp lamp", "lamp glass", "lamp glass red"}


def test_titles_count_double() -> None:
    items = entries("desk. with a red lamp, a red lamp and a lamp", "red lamp. for a desk of oak in the hall", "chair")
    assert titles_of(items).words("")[:2] == ["desk", "red lamp"]
    retrieve: Any = QueryPolicy(BM25).index(items)
    found = retrieve.outcomes(entries("red lamp"), 3)
    assert found["as asked"].positions[0].tolist() == [0, 1, -1]
    assert found[TITLES].positions[0].tolist() == [1, 0, -1]


def test_queries_without_words_or_results_are_no_errors() -> None:
    retrieve, _ = learn()
    assert (retrieve(entries("", "zebra", "!"), 3).positions == -1).all()
    assert retrieve(entries(), 3).positions.shape == (0, 3)


def test_it_needs_queries_to_learn_from() -> None:
    with pytest.raises(ParamsError, match="query-policy: there are no training or validation queries"):
        prepare(QueryPolicy(BM25), ITEMS, None, None)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"of": {"kind": "bm52"}}, "'query-policy, of': unknown kind 'bm52'; did you mean 'bm25'"),
        ({"of": BM25, "weights": [[1.0]]}, r"weights is of shape \(1, 1\), not 11 actions by 8 features"),
        ({"of": BM25, "weights": [[1.0], [1.0, 2.0]]}, r"weights is of shape \(2,\), not 11 actions"),
    ],
)
def test_a_row_that_does_not_fit_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ParamsError, match=said):
        RETRIEVERS.build("mine", {"kind": "query-policy", **options})
