import json
import re
import unicodedata
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from markupsafe import escape

from itemvec.core.files import read_json, read_parquet, write_parquet
from itemvec.core.params import Params
from itemvec.decision.results import TITLES, Results, collect
from tests.report.plain_decision import written


def page(results: Results, folder: Path, decision: dict[str, Any] | None = None) -> str:
    written(results, folder, folder / "report.html", decision)
    return (folder / "report.html").read_text()


def renamed(folder: Path, group: str) -> None:
    """Give a group of queries another name in all that was measured."""
    for path in folder.rglob("*.json"):
        path.write_text(path.read_text().replace("constructed: a", json.dumps(group)[1:-1]))
    for path in (folder / "measures").rglob("*/*.parquet"):
        table = read_parquet(path)
        groups = [one.replace("constructed: a", group) for one in table["group"].to_pylist()]
        write_parquet(path, table.set_column(2, "group", [groups]))


def test_the_page_holds_answers_tables_and_drawings(results: Results, folder: Path) -> None:
    html = page(results, folder)
    assert html.lstrip().startswith("<!doctype html>")
    assert html.count("<figure>") == html.count('role="img"') == 3
    assert html.count("<table>") == 3 + 3 + 1 + 3 + 1 + 1 + 3 + 2 + 1
    assert "nothing smaller is shown to lose less than 1%" in html
    assert "red &lt;b&gt;" in html
    assert "profile on full has the highest hit@1" in html
    assert "<strong>Constructed queries.</strong>" in html
    assert "http" not in html.replace("http-equiv", "")  # nothing is loaded from elsewhere
    assert "Single queries" not in html
    assert "no difference shown" not in html


def test_what_is_folded_can_be_linked_to(results: Results, folder: Path) -> None:
    html = page(results, folder)
    linked = re.findall(r'<li><a href="#([a-z]+)">', html)
    assert linked == [
        *("sizes", "cells", "comparisons", "examples", "smaller", "shorter", "geometry", "dimensions", "behaviour"),
        *("capacity", "method"),
    ]
    assert [html.count(f' id="{anchor}"') for anchor in linked] == [1] * len(linked)


def test_only_the_style_and_the_script_of_the_page_are_allowed(results: Results, folder: Path) -> None:
    html = page(results, folder)
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    rules = dict(rule.split(" ", 1) for rule in policy.replace("&#39;", "'").split("; "))
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    for kind, tag in (("style-src", "style"), ("script-src", "script")):
        (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        assert rules[kind] == f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
    assert not re.search(r"\s(style|on[a-z]+)=", html)


def test_the_page_begins_with_what_was_decided(results: Results, folder: Path, decision: dict[str, Any]) -> None:
    html = page(results, folder, decision)
    for facts in read_json(folder / "decision.json")["tasks"].values():
        choice = re.escape(facts["verdict"]) if facts["left"] == [] else rf"[^<]*{re.escape(facts['left'][0])}"
        assert re.search(rf'<p class="choice">(Use |[^<]*use |Undecided)({choice})?', html)
        for note in facts["notes"]:
            assert escape(note[1:].replace("`", "")) in html
        for one in facts["text"]:
            assert f"{one['with_text']} against {one['without']} {one['difference']:+.3f}" in html


def test_quality_is_written_as_csv(results: Results, folder: Path) -> None:
    page(results, folder)
    lines = (folder / "quality.csv").read_text().splitlines()
    assert lines[0] == "task,group,system,variant,dim,bytes_per_item,metric,mean,low,high"
    assert lines[1].startswith("recommend,users,profile,full,8,32,hit@1,0.8875,")
    assert len(lines) == 1 + 3 + 3 * 2 * 2


def test_what_users_supply_is_escaped(params: Params, folder: Path) -> None:
    renamed(folder, "constructed: <script>alert(1)</script>")
    html = page(collect(replace(params, dataset="<b>mine</b>"), folder / "results"), folder)
    assert html.count("<script") == 1
    assert "<b>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_what_cannot_be_seen_is_written_out(params: Params, folder: Path) -> None:
    html = page(collect(replace(params, dataset="mine\u202eenim\x07"), folder / "results"), folder)
    assert "Which model, at which size: mine\\u202eenim\\u0007" in html
    assert not set("\u202e\x07") & set(html)


def test_markup_of_groups_is_written_out_in_what_dvc_plots(params: Params, folder: Path) -> None:
    renamed(folder, "constructed: </script><script>alert(1)</script>")
    page(collect(params, folder / "results"), folder)
    text = (folder / "quality.csv").read_text()
    assert "<" not in text
    assert "constructed: \\u003c/script\\u003e" in text


def test_equal_results_are_equal_bytes(results: Results, folder: Path) -> None:
    assert page(results, folder) == page(results, folder)


@pytest.mark.parametrize("task", ["recommend", "search"])
def test_a_task_without_cases_is_left_out(params: Params, folder: Path, task: str) -> None:
    from itemvec.protocol.evaluation import nothing

    for path in folder.joinpath("results").rglob("*.json"):
        if f'"task": "{task}"' in path.read_text():
            cell = path.relative_to(folder / "results").with_suffix("")
            nothing(["hit@1"], {"task": task}).write(
                folder / "runs" / f"{cell}.parquet", folder / "measures" / f"{cell}.parquet", path
            )
    html = page(collect(params, folder / "results"), folder)
    assert html.count("<figure>") == (2 if task == "recommend" else 1)
    other = "Search" if task == "recommend" else "Recommendation"
    assert re.findall('class="card [a-z]*"><h2>(.*?)</h2>', html) == [other, "Would tuning pay?"]
    assert f"<p>{TITLES[task]}: " not in html  # how it was measured
    assert (f"<p>{other}: " in html, f"split {params.recommend.split}" in html) == (True, task == "search")


def test_no_text_of_the_data_can_hide_anything_on_the_page(params: Params, folder: Path) -> None:
    """Names of groups, texts of queries and of items."""
    evil = "x\u202ey\x1b[2J\x85\u2066z"
    renamed(folder, f"constructed: {evil}")
    for path in folder.rglob("*.parquet"):
        table = read_parquet(path)
        for number, field in enumerate(table.schema):
            if field.name == "text":
                texts = pa.array([f"{text} {evil}" for text in table["text"].to_pylist()], pa.string())
                table = table.set_column(number, "text", texts)
        write_parquet(path, table)
    html = page(collect(params, folder / "results"), folder)
    assert html.count("x\\u202ey\\u001b[2J\\u0085\\u2066z") > 3
    assert not {one for one in html if unicodedata.category(one) in ("Cc", "Cf")} - {"\n"}
