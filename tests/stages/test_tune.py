"""What the stage tune reads, learns from and writes."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.columns import INTERACTIONS, ITEMS, QRELS, QUERIES
from itemvec.core.errors import ParamsError
from itemvec.core.files import read_json, write_parquet
from itemvec.core.protocols import SearchProtocol, TuneProtocol
from itemvec.encoders import ENCODERS
from itemvec.retrievers import RETRIEVERS
from itemvec.stages.lesson import Protocol, load_task
from itemvec.stages.search import search
from itemvec.stages.tune import tune_vectors
from itemvec.store import Block, further_seeds, open_vectors, write_database
from itemvec.tuners.low_rank import LowRank
from itemvec.tuners.ridge import Ridge

N, DIM = 60, 24
IDS = [f"i{row:02}" for row in range(N)]


def protocol(split: Any = "given") -> Protocol:
    encoder = ENCODERS.build("hashing", {"kind": "hashing", "dim": DIM})
    return Protocol(1, "leave-one-out", split, 0.0, TuneProtocol(trials=2, seeds=2, duplicates=0.99), encoder)


@pytest.fixture
def made(tmp_path: Path, rng: np.random.Generator) -> Path:
    """Queries that are items, all drawn towards one direction; the last ten of 60 are for testing."""
    items = rng.standard_normal((N, DIM)).astype(np.float32)
    items /= np.linalg.norm(items, axis=1, keepdims=True)
    queries = items + 2 * items[:1]
    ids = pa.array(IDS)
    write_database(tmp_path / "v", {"items": (DIM, [Block(ids, items)]), "queries": (DIM, [Block(ids, queries)])})
    parts = ["train"] * 40 + ["validation"] * 10 + ["test"] * 10
    write(tmp_path, parts)
    return tmp_path


def write(folder: Path, parts: list[str] | None, judged: int = N, histories: int = 0) -> None:
    texts = [f"text {row}" for row in range(N)]
    texts[3] = "TEXT, 55"  # is asked in the test too
    queries = pa.table([IDS, texts, ["given"] * N], schema=QUERIES)
    if parts is not None:
        queries = queries.append_column("split", pa.array(parts))
    relevant = [(one, one, 1.0) for one in IDS[:judged]] + [(IDS[0], IDS[1], 0.0)] * (judged > 0)
    users = [(f"u{user:02}", IDS[(user + step) % N], step) for user in range(histories) for step in range(5)]
    tables: dict[str, Any] = {
        "items": pa.table([IDS, texts], schema=ITEMS),
        "queries": queries,
        "qrels": pa.table([list(one) for one in zip(*relevant, strict=True)] or [[], [], []], schema=QRELS),
        "interactions": pa.table([list(one) for one in zip(*users, strict=True)] or [[], [], []], schema=INTERACTIONS),
    }
    for name, table in tables.items():
        write_parquet(folder / f"{name}.parquet", table)


def test_what_the_test_asks_is_left_out_and_counted(made: Path) -> None:
    task = load_task(made, made / "v.digest", protocol())
    lesson = task.lesson
    assert (len(lesson.train), len(lesson.validation), len(task.exam.asked)) == (39, 10, 10)
    assert task.facts["left_out"]["same_words"] == 1
    assert task.facts["source"] == "judgments"
    assert lesson.train.irrelevant.tolist() == [[0, 1]]
    assert lesson.words is not None
    assert lesson.words(["55"], 2)[0].tolist()[0] in (3, 55)


def test_tuned_vectors_are_written_with_what_came_of_it(made: Path) -> None:
    facts = tune_vectors(Ridge(), made, made / "v.digest", made / "tuned", made / "ridge", protocol())
    said = facts["tuned"]
    assert (facts["dim"], facts["bytes_per_item"]) == (DIM, 4 * DIM)
    assert said["changed"]
    assert said["after"] > said["before"]
    assert len(said["tried"]) == 2
    assert said["by_query"]["queries"] == 10
    assert said["by_query"]["gain"] > 0
    assert said["by_item"]["gain"] == pytest.approx(said["by_query"]["gain"], abs=0.3)  # one answer is one query's
    assert [len(gains) for gains in said["curve"].values()] == [2, 2, 2, 2]
    assert (made / "tuned" / "map.safetensors").is_file()
    assert read_json(made / "tuned" / "seconds.json")["all"] > 0
    items = {name: open_vectors(made / f"{name}.digest", "items").load().vectors for name in ("v", "ridge")}
    assert (items["v"] == items["ridge"]).all()


def test_what_is_random_is_measured_with_every_seed(made: Path) -> None:
    """The same queries once with the vectors of each seed: the mean is reported, and the interval covers the seeds."""
    said = tune_vectors(LowRank(), made, made / "v.digest", made / "tuned", made / "low", protocol())["tuned"]
    gains = said["by_query"]["seeds"]
    assert len(set(gains)) == 2
    assert said["by_query"]["gain"] == pytest.approx(np.mean(gains))
    digest = made / "low.digest"
    assert (further_seeds(digest, "items"), further_seeds(digest, "queries")) == ([], [2])
    tables = {name: made / f"{name}.parquet" for name in ("items", "queries", "qrels")}
    exact, asked = RETRIEVERS.build("exact", {"kind": "exact"}), SearchProtocol(10, ["ndcg@10"])
    base, tuned = (search(exact, tables, made / name, asked, 1) for name in ("v.digest", "low.digest"))
    assert (base.summary["seeds"], tuned.summary["seeds"]) == (1, 2)
    by_seed = np.asarray(tuned.measures["ndcg@10"]).reshape(2, -1).mean(axis=1)
    assert by_seed - base.summary["ndcg@10"]["mean"] == pytest.approx(gains, abs=1e-6)
    assert tuned.summary["ndcg@10"]["sd_of_seeds"] > 0


def test_where_nothing_helps_the_variant_equals_the_first(made: Path) -> None:
    facts = tune_vectors(Ridge(1e9), made, made / "v.digest", made / "tuned", made / "same", protocol())
    assert not facts["tuned"]["changed"]
    assert (made / "same.digest").read_text() == (made / "v.digest").read_text()


def test_histories_are_learnt_from_where_no_judged_query_is(made: Path) -> None:
    """Item i is followed by item i + 1, in all histories."""
    write(made, None, histories=30)
    task = load_task(made, made / "v.digest", protocol())
    asked = task.lesson.train
    assert task.facts["source"] == "histories"
    assert task.lesson.both
    assert (np.diff(asked.judged.offsets) == 1).all()
    assert asked.hidden is not None
    assert asked.judged.items.tolist() == (asked.hidden + 1).tolist()
    assert asked.judged.gains.tolist() == [1, *[2] * 29, 1]  # each user shows two steps to learn from
    assert len(task.exam.asked) == 30


def test_nothing_to_learn_from_is_said(made: Path) -> None:
    write(made, ["test"] * N)
    with pytest.raises(ParamsError, match="all judged queries are for testing"):
        load_task(made, made / "v.digest", protocol())
    write(made, None, judged=0)
    with pytest.raises(ParamsError, match="neither judged queries nor interactions"):
        load_task(made, made / "v.digest", protocol())
    write(made, ["train"] * 8 + ["test"] * 52)
    with pytest.raises(ParamsError, match="are too few to tune on"):
        load_task(made, made / "v.digest", protocol())


def test_a_share_of_the_test_queries_is_divided_by_their_words(made: Path) -> None:
    write(made, None)
    task = load_task(made, made / "v.digest", protocol({"validation": 0.7}))
    sizes = len(task.lesson.train), len(task.lesson.validation), len(task.exam.asked)
    assert 55 <= sum(sizes) <= N
    assert 0 < sizes[1] < sizes[0]
