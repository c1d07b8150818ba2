"""What `dvc plots` draws of the quality of a run, by a real DVC in a folder of its own."""

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from itemvec.core.params import Params
from itemvec.decision.results import collect
from itemvec.report.quality import quality_csv
from tests.conftest import ROOT
from tests.report.test_page import renamed

pytestmark = pytest.mark.pipeline


def run(root: Path, *command: str) -> str:
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command, cwd=root, env=os.environ | {"PATH": programs}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def project(params: Params, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plot of the small run, drawn as dvc.yaml says, and committed."""
    renamed(folder, "constructed: </script><script>alert(1)</script>")
    root = tmp_path_factory.mktemp("project")
    (drawn,) = YAML(typ="safe").load(ROOT / "dvc.yaml")["stages"]["report"]["plots"]
    how = {name: value for name, value in drawn["plots/quality.csv"].items() if name != "cache"}
    run(root, "git", "init", "-q")
    run(root, "dvc", "init", "-q")
    shutil.copytree(ROOT / ".dvc" / "plots", root / ".dvc" / "plots")
    (root / "plots").mkdir()
    (root / "plots" / "quality.csv").write_text(quality_csv(collect(params, folder / "results")))
    YAML().dump({"plots": [{"plots/quality.csv": how}]}, root / "dvc.yaml")
    run(root, "git", "add", "-A")
    run(root, "git", "-c", "user.name=test", "-c", "user.email=test", "commit", "-qm", "state")
    return root


def rows(root: Path) -> list[dict[str, str]]:
    with (root / "plots" / "quality.csv").open() as file:
        return list(csv.DictReader(file))


def drawn(output: str) -> dict[str, Any]:
    (plot,) = json.loads(output)["data"]["plots/quality.csv"]
    content: dict[str, Any] = plot["content"]
    return content


def values(content: dict[str, Any], revision: str, header: list[str]) -> list[dict[str, str]]:
    return [{name: one[name] for name in header} for one in content["data"]["values"] if one["rev"] == revision]


def test_show_draws_the_numbers_of_the_table_by_task_and_group(project: Path) -> None:
    content = drawn(run(project, "dvc", "plots", "show", "--json"))
    wanted = rows(project)
    assert len(wanted) == 15
    assert values(content, "workspace", list(wanted[0])) == wanted
    assert content["facet"]["field"] == "panel"
    assert {one["as"]: one["calculate"] for one in content["transform"]} == {
        "panel": "datum.task + ', ' + datum.group + ', ' + datum.metric",
        "size": "toNumber(datum['bytes_per_item'])",
        "value": "toNumber(datum['mean'])",
        "low": "toNumber(datum.low)",
        "high": "toNumber(datum.high)",
    }
    assert "DVC_METRIC" not in json.dumps(content)


def test_diff_draws_both_sides(project: Path) -> None:
    before = rows(project)
    path = project / "plots" / "quality.csv"
    path.write_text(path.read_text().replace(before[0]["mean"], "0.125"))
    content = drawn(run(project, "dvc", "plots", "diff", "HEAD", "--json"))
    after = rows(project)
    assert after != before
    assert values(content, "HEAD", list(before[0])) == before
    assert values(content, "workspace", list(before[0])) == after


def test_the_name_of_a_group_runs_no_script(project: Path) -> None:
    run(project, "dvc", "plots", "show", "-o", "shown")
    page = (project / "shown" / "index.html").read_text()
    assert "alert(1)" in page
    assert "<script>alert" not in page
    assert "</script>alert" not in page
    assert page.count("</script") == page.count("<script")
