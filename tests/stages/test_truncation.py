from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.arrays import Floats
from itemvec.core.columns import ITEMS, QRELS, QUERIES
from itemvec.core.files import read_parquet, write_parquet
from itemvec.core.params import SearchProtocol
from itemvec.retrievers.exact import Exact
from itemvec.stages.search import search
from itemvec.stages.truncation import conclusions, lengths, measure_truncation
from itemvec.store import Block, write_database

PROTOCOL = SearchProtocol(depth=20, metrics=["ndcg@10", "hit@1"])
KNOWN = 16  # dimensions in which a query is like its item


def written(folder: Path, items: Floats, queries: Floats, first: str = "one") -> tuple[dict[str, Path], Path]:
    """Query i wants item i; the first half is one group, the second another."""
    n = len(queries)
    ids, asked = (
        pa.array([f"i{row:04}" for row in range(len(items))]),
        pa.array([f"q{row:04}" for row in range(n)], pa.string()),
    )
    vectors = {"items": Block(ids, items), "queries": Block(asked, queries)}
    write_database(folder / "full", {name: (items.shape[1], [block]) for name, block in vectors.items()})
    groups = [first] * (n // 2) + ['an"other'] * (n - n // 2)
    tables = {
        "items": pa.table([ids, ids], schema=ITEMS),
        "queries": pa.table([asked, asked, groups], schema=QUERIES),
        "qrels": pa.table([asked, ids[:n], [1.0] * n], schema=QRELS),
    }
    for name, table in tables.items():
        write_parquet(folder / f"{name}.parquet", table)
    return {name: folder / f"{name}.parquet" for name in tables}, folder / "full.digest"


@pytest.fixture
def made(tmp_path: Path, rng: np.random.Generator) -> tuple[dict[str, Path], Path]:
    """Beyond the first 16 dimensions items and queries have faint noise."""
    items = rng.standard_normal((1500, 40), dtype=np.float32)
    queries = items[:1400] + 0.6 * rng.standard_normal((1400, 40), dtype=np.float32)
    for vectors in (items, queries):
        vectors[:, KNOWN:] = 0.005 * rng.standard_normal((len(vectors), 40 - KNOWN))
    return written(tmp_path, items, queries)


def test_powers_of_two_halfway_and_the_whole() -> None:
    assert lengths(384) == [8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384]
    assert lengths(100) == [8, 12, 16, 24, 32, 48, 64, 96, 100]
    assert lengths(8) == [8]
    assert lengths(3) == [3]


def test_all_dimensions_are_what_exact_search_finds(made: tuple[dict[str, Path], Path]) -> None:
    tables, digest = made
    facts, _ = measure_truncation(tables, digest, PROTOCOL, seed=1)
    whole = search(Exact(), tables, digest, PROTOCOL, seed=1).summary["groups"]
    assert facts["metric"] == "ndcg@10"
    assert set(facts["groups"]) == set(whole) == {"one", 'an"other'}
    for group, found in facts["groups"].items():
        assert found["queries"] == 700
        expected = {name: whole[group]["ndcg@10"][name] for name in ("mean", "low", "high")}
        assert found["lengths"]["40"] == expected | {"change": 0.0, "p": 1.0}


def test_the_length_that_holds_what_is_known_loses_nothing(made: tuple[dict[str, Path], Path]) -> None:
    facts, csv = measure_truncation(*made, PROTOCOL, seed=1)
    found = facts["groups"]["one"]["lengths"]
    assert list(found) == ["8", "12", "16", "24", "32", "40"]
    assert found["8"]["change"] < -0.1
    assert found["8"]["p"] > 0.999
    assert max(found[length]["p"] for length in ("16", "24", "32")) < 0.05
    lines = csv.splitlines()
    assert lines[0] == "group,length,mean,low,high"
    assert lines[1].startswith('"an""other",8,0.')
    assert len(lines) == 1 + 2 * 6


def test_test_queries_alone_are_reported(made: tuple[dict[str, Path], Path]) -> None:
    tables, digest = made
    queries = read_parquet(tables["queries"])
    parts = pa.array((["train"] * 300 + ["validation"] * 200 + ["test"] * 200) * 2)
    write_parquet(tables["queries"], queries.append_column("split", parts))
    facts, _ = measure_truncation(tables, digest, PROTOCOL, seed=1)
    whole = search(Exact(), tables, digest, PROTOCOL, seed=1).summary["groups"]
    assert {group: found["queries"] for group, found in facts["groups"].items()} == {"one": 200, 'an"other': 200}
    assert facts["groups"]["one"]["lengths"]["40"]["mean"] == whole["one"]["ndcg@10"]["mean"]


def test_nothing_asked(tmp_path: Path) -> None:
    eye = np.eye(3, dtype=np.float32)
    facts, csv = measure_truncation(*written(tmp_path, eye, eye[:0]), PROTOCOL, seed=1)
    assert facts == {"metric": "ndcg@10", "groups": {}}
    assert csv == "group,length,mean,low,high\n"


def test_the_conclusion_is_the_shortest_that_is_shown_to_lose_little() -> None:
    means = {"8": (0.5, 0.9), "16": (0.795, 0.04), "24": (0.8, 0.001), "32": (0.8, 1.0)}
    found = {length: {"mean": mean, "p": p} for length, (mean, p) in means.items()}
    facts = {"metric": "ndcg@10", "groups": {"given": {"lengths": found}, "few": {"lengths": {"8": found["32"]}}}}
    assert conclusions(facts, "full") == [
        "full, given: the first 16 of 32 dimensions are shown to lose less than 1% of nDCG@10 0.8000",
        "full, few: no fewer than all of 8 dimensions are shown to lose less than 1% of nDCG@10 0.8000",
    ]


def test_markup_of_a_group_is_written_out_in_what_dvc_plots(tmp_path: Path) -> None:
    eye = np.eye(8, dtype=np.float32)
    facts, csv = measure_truncation(*written(tmp_path, eye, eye, "</script>"), PROTOCOL, seed=1)
    assert "</script>" in facts["groups"]
    assert csv.splitlines()[1].startswith(r'"\u003c/script\u003e",8,')
