from dataclasses import replace
from pathlib import Path

import pytest

from itemvec.core.params import Params
from itemvec.decision.decision import decide_all
from itemvec.decision.results import Results, collect
from itemvec.decision.values import Measures
from itemvec.report import write_report


def page(results: Results, folder: Path) -> str:
    decision = decide_all(results, Measures.below(folder / "measures"), folder / "tables")
    write_report(results, folder, decision, folder / "report.html", folder / "quality.csv")
    return (folder / "report.html").read_text()


def test_the_page_holds_answers_tables_and_drawings(results: Results, folder: Path) -> None:
    html = page(results, folder)
    assert html.lstrip().startswith("<!doctype html>")
    assert html.count("<svg") == 3
    assert html.count("<table>") == 3 + 3 + 1 + 3 + 1 + 1 + 3 + 2 + 1
    assert "nothing smaller is shown to lose less than 1%" in html
    assert "red &lt;b&gt;" in html
    assert "profile on full has the highest hit@1" in html
    assert "<strong>Constructed queries.</strong>" in html
    assert "http" not in html.replace("http-equiv", "")  # nothing is loaded from elsewhere


def test_quality_is_written_as_csv(results: Results, folder: Path) -> None:
    page(results, folder)
    lines = (folder / "quality.csv").read_text().splitlines()
    assert lines[0] == "task,group,system,variant,dim,bytes_per_item,metric,mean,low,high"
    assert lines[1].startswith("recommend,users,profile,full,8,32,hit@1,0.8875,")
    assert len(lines) == 1 + 3 + 3 * 2 * 2


def test_what_users_supply_is_escaped(params: Params, folder: Path) -> None:
    evil = "constructed: <script>alert(1)</script>"
    for path in folder.rglob("*.json"):
        path.write_text(path.read_text().replace("constructed: a", evil))
    from itemvec.core.files import read_parquet, write_parquet

    for path in (folder / "measures").rglob("*/*.parquet"):
        table = read_parquet(path)
        groups = [group.replace("constructed: a", evil) for group in table["group"].to_pylist()]
        write_parquet(path, table.set_column(2, "group", [groups]))
    html = page(collect(replace(params, dataset="<b>mine</b>"), folder / "results"), folder)
    assert "<script" not in html
    assert "<b>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


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
    assert html.count("<svg") == (2 if task == "recommend" else 1)
