from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from itemvec import __version__
from itemvec.core.errors import TableError
from itemvec.decision.results import Results
from itemvec.report.facts import facts, provenance, split


def test_what_the_run_is_about(results: Results, told: dict[str, Any]) -> None:
    assert facts(results, told) == [
        (f"{told['model']} (8 d, @0123456)", ""),
        ("2 items", ""),
        ("40 users", ""),
        ("40 queries", "constructed"),
    ]


def test_what_is_not_known_or_not_there_is_left_out(results: Results, told: dict[str, Any]) -> None:
    embed = {"dim": 8, "rows": {"items": 2, "queries": 0}}
    tasks = {"recommend": told["tasks"]["recommend"]}
    found = facts(replace(results, embed=embed), {**told, "tasks": tasks})
    assert [fact for fact, _ in found] == [f"{told['model']} (8 d)", "2 items", "40 users"]


def test_some_queries_may_be_constructed(results: Results, told: dict[str, Any]) -> None:
    groups = told["tasks"]["search"]["groups"]
    groups["asked"] = groups.pop("constructed: b")
    assert facts(results, told)[-1] == ("40 queries", "partly constructed")


def test_where_the_numbers_come_from(results: Results, told: dict[str, Any], folder: Path) -> None:
    data, vectors, cut, seeds, versions = provenance(results, told, folder)
    assert data == "data: items 00000000, qrels 11111111"
    assert vectors == "item vectors abababab"
    assert (cut, seeds) == ("split leave-one-out", "seed 42; 2 seeds where training is random")
    assert versions == f"itemvec {__version__}, torch 2.13.0"


def test_a_missing_digest_says_what_to_run(results: Results, told: dict[str, Any], folder: Path) -> None:
    (folder / "embeddings.digest").unlink()
    with pytest.raises(TableError, match=r"embeddings\.digest: cannot be read .*; run `dvc repro`"):
        provenance(results, told, folder)


def test_a_split_is_named_with_its_options() -> None:
    assert split("given") == "given"
    assert split({"kind": "timestamp", "test_from": 0.9}) == "timestamp (test_from 0.9)"
