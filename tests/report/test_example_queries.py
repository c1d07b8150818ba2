from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from itemvec.core.columns import ITEMS, RUN
from itemvec.core.files import read_parquet, write_parquet
from itemvec.decision.results import Results
from itemvec.report.example_queries import LENGTH, Answer, Example, listings
from tests.report.conftest import CELLS, measured
from tests.report.plain_decision import written


def test_the_worst_queries_of_the_first_variant_and_of_baselines(results: Results, folder: Path) -> None:
    """Of 40 queries the last 8 are wrong."""
    worst = listings(results, folder)[0]
    assert worst.title == "exact on full: lowest hit@1"
    assert [one.text for one in worst.examples] == [f"what is q{number}" for number in (32, 33, 34, 35, 36)]
    answer = Answer("exact on full", 0.0, [("the wrong one", 1.0, 0.0)])
    assert worst.examples[0] == Example("what is q32", [("the right one", 1.0)], 1, [answer])
    assert listings(results, folder)[1].title == "bm25: lowest hit@1"


def test_the_most_changed_queries_of_what_is_compared(results: Results, folder: Path) -> None:
    """full is right on 32, small on 8; full and bm25 differ nowhere."""
    changed = listings(results, folder)[2:]
    assert [one.title for one in changed] == ["exact on small against exact on full: hit@1 changed most"]
    first = changed[0].examples[0]
    assert first.text == "what is q08"
    assert [(one.system, one.measure, one.returned) for one in first.answers] == [
        ("exact on small", 0.0, [("the wrong one", 1.0, 0.0)]),
        ("exact on full", 1.0, [("the right one", 1.0, 1.0)]),
    ]


def test_nothing_returned_is_said(results: Results, folder: Path) -> None:
    write_parquet(folder / "runs" / "baseline" / "bm25.parquet", RUN.empty_table())
    assert listings(results, folder)[1].examples[0].answers[0].returned == []


def test_pairs_have_no_list(results: Results, folder: Path) -> None:
    params = replace(results.params, search=replace(results.params.search, judge="pair"))
    assert listings(replace(results, params=params), folder) == []


def test_texts_are_shortened_and_escaped(results: Results, folder: Path, told: dict[str, Any]) -> None:
    long = "<script>alert(1)</script> " + "word " * 100
    write_parquet(folder / "tables" / "items.parquet", pa.table([["x", "y"], [long, "y"]], schema=ITEMS))
    ((text, _),) = listings(results, folder)[0].examples[0].relevant
    assert len(text) == LENGTH
    assert text.endswith("…")
    written(results, folder, folder / "page.html", told)
    html = (folder / "page.html").read_text()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; word" in html
    assert html.count("<details>\n<summary><h3>") == 3


def test_several_ranks_come_in_order(results: Results, folder: Path) -> None:
    path = folder / "runs" / "baseline" / "bm25.parquet"
    run = read_parquet(path).to_pylist()
    more = [{**row, "item_id": "x" if row["item_id"] == "y" else "y", "rank": 2, "score": 0.5} for row in run]
    write_parquet(path, pa.Table.from_pylist([*reversed(more), *run], schema=RUN))
    returned = listings(results, folder)[1].examples[0].answers[0].returned
    assert returned == [("the wrong one", 1.0, 0.0), ("the right one", 0.5, 1.0)]


def test_of_several_seeds_the_first_is_shown(results: Results, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second seed is right on one query more, which nothing that is shown may say."""
    before = listings(results, folder)
    monkeypatch.setitem(CELLS, "search/exact/small", ("search", 0.2, 2))
    measured(folder, "search/exact/small")
    assert len(read_parquet(folder / "measures/search/exact/small.parquet")) == 80
    assert listings(results, folder) == before
