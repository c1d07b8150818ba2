"""The selected rows against the data."""

from pathlib import Path
from typing import Any

import pytest

from itemvec.core.errors import ParamsError
from itemvec.core.params import Params
from itemvec.stages.check import check_selected_data
from itemvec.stages.fits import check_items
from tests.core.test_params import write

NONE: dict[str, Any] = {"recommenders": [], "retrievers": [], "baselines": [], "rerankers": [], "variants": ["full"]}
FULL = {"full": {"kind": "identity"}}


def params(tmp_path: Path, **changes: Any) -> Params:
    return Params.load(write(tmp_path / "params.yaml", **(NONE | {"reducers": FULL} | changes)))


@pytest.mark.parametrize(
    ("changes", "n_items", "said"),
    [
        (
            {"baselines": ["e"], "systems": {"e": {"kind": "ease"}}},
            30_001,
            "baselines: 'e': the exact solution takes at most",
        ),
        (
            {"recommenders": ["e"], "systems": {"e": {"kind": "text-ease"}}},
            100_000,
            "100,000 it would need 120 GB of memory",
        ),
        (
            {"model": "l", "models": {"l": {"kind": "lsa", "dim": 50}}},
            49,
            "model 'l': dim 50 is more than the 49 items",
        ),
        ({"reducers": {"full": {"kind": "pca", "dim": 50}}}, 50, "dim 50 is more than the 49 directions that 50 items"),
        (
            {"reducers": {"full": {"kind": "product-quantize", "parts": 4}}},
            255,
            "255 items are too few for 256 centroids; lower bits",
        ),
    ],
)
def test_rows_that_the_number_of_items_does_not_allow(
    tmp_path: Path, changes: dict[str, Any], n_items: int, said: str
) -> None:
    found = params(tmp_path, **changes)
    with pytest.raises(ParamsError) as error:
        check_items(found, n_items)
    assert said in error.value.message
    check_items(found, 30_000 if n_items > 30_000 else n_items + 1)  # one more, or the most, is allowed


def test_neighbours_take_a_million_items_and_no_more(tmp_path: Path) -> None:
    found = params(tmp_path, recommenders=["e"], systems={"e": {"kind": "text-ease", "neighbours": 100}})
    check_items(found, 1_000_000)
    with pytest.raises(ParamsError, match="'e': with neighbours it takes at most 1,000,000 items; for 1,000,001 it"):
        check_items(found, 1_000_001)


def test_of_a_sample_only_too_many_items_are_refused(tmp_path: Path) -> None:
    found = params(tmp_path, reducers={"full": {"kind": "pca", "dim": 50}})
    check_items(found, 50, whole=False)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "mine"
    folder.mkdir(parents=True)
    (folder / "items.csv").write_text("item_id,text\n" + "".join(f"i{n},shirt {n}\n" for n in range(9)))
    (folder / "interactions.csv").write_text("user_id,item_id,timestamp\nu,i1,1\nu,i2,2\n")
    (folder / "queries.csv").write_text("query_id,text\nq,shirt\n")
    (folder / "qrels.csv").write_text("query_id,item_id\nq,i1\n")
    return tmp_path / "data"


MINE = {"dataset": "mine", "datasets": {"mine": {"kind": "tables"}}}
TUNED = {"kind": "hybrid", "parts": [{"kind": "exact"}, {"kind": "bm25"}], "fusion": "convex"}


def test_splits_and_weights_that_the_data_does_not_allow_are_named_together(tmp_path: Path, data: Path) -> None:
    recommend = {"split": "given", "mask_history": True, "depth": 10, "seeds": 1, "metrics": ["ndcg@10"]}
    systems = {"tuned": TUNED, "deep": {"kind": "hybrid", "parts": [{"kind": "bm25"}, TUNED]}}
    systems["policy"] = {"kind": "query-policy", "of": TUNED}
    changes = MINE | {"retrievers": ["tuned", "deep", "policy"], "systems": systems}
    with pytest.raises(ParamsError) as error:
        check_selected_data(data, params(tmp_path, **changes, recommend=recommend))
    split, tuned, deep, inner, policy = error.value.message.splitlines()
    assert split.startswith("recommend: split is 'given', the interactions have no column split")
    assert tuned.startswith("retriever 'tuned': there are no validation queries to choose weights by")
    assert deep.startswith("retriever 'deep': there are no validation queries")
    assert inner.startswith("retriever 'policy': there are no validation queries")
    assert policy.startswith("retriever 'policy': there are no training or validation queries to learn from")
    search = {"depth": 10, "metrics": ["ndcg@10"], "split": {"validation": 0.2}}
    check_selected_data(data, params(tmp_path, **changes, search=search))


def test_a_reduction_that_learns_from_histories_needs_some(tmp_path: Path, data: Path) -> None:
    row = {"kind": "chain", "links": [{"kind": "graph-pca", "dim": 2}]}
    found = params(tmp_path, **MINE, reducers={"full": row})
    check_selected_data(data, found)
    (data / "mine" / "interactions.csv").unlink()
    with pytest.raises(ParamsError, match="reducer 'full': there are no interactions to learn from"):
        check_selected_data(data, found)


def test_tuners_need_something_to_learn_from(tmp_path: Path, data: Path) -> None:
    found = params(tmp_path, **MINE, tuners=["ridge"])
    check_selected_data(data, found)  # from histories
    (data / "mine" / "interactions.csv").unlink()
    with pytest.raises(ParamsError, match="tuners: nothing to learn from for ridge: there are no interactions"):
        check_selected_data(data, found)
    search = {"depth": 10, "metrics": ["ndcg@10"], "split": {"validation": 0.2}}
    check_selected_data(data, params(tmp_path, **MINE, tuners=["ridge"], search=search))
