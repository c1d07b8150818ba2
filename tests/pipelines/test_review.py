"""What the workflow of a review runs, between two real revisions."""

import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.conftest import ROOT
from tests.pipelines.conftest import Done, Project

pytestmark = pytest.mark.pipeline

JOBS: dict[str, Any] = YAML(typ="safe").load(ROOT / ".github" / "workflows" / "review.yml")["jobs"]
SCRIPTS = {step["name"]: step["run"] for step in JOBS["review"]["steps"] if "name" in step and "run" in step}


def in_workflow(project: Project, fail_on: str = "") -> tuple[dict[str, int], str, str]:
    """Run the scripts of the workflow in turn; their exit codes, what they printed, and the summary."""
    environment = project.root / ".venv"  # in place of the one that `make setup` would install
    environment.mkdir(exist_ok=True)
    (environment / "bin").unlink(missing_ok=True)
    (environment / "bin").symlink_to(Path(sys.executable).parent)
    summary = environment / "summary"
    summary.unlink(missing_ok=True)
    given = {"BASE": "base", "RUN": "https://example.org/run", "ITEMVEC_FAIL_ON": fail_on}
    given |= {"GITHUB_STEP_SUMMARY": str(summary), "GITHUB_OUTPUT": str(environment / "output")}
    words = [f"{name}={value}" for name, value in given.items()]
    done = {name: project.run("env", *words, "bash", "-e", "-c", script, ok=False) for name, script in SCRIPTS.items()}
    assert summary.read_text() == (project.root / "comment.md").read_text()
    return {name: one.code for name, one in done.items()}, done["Compare with the base"].output, summary.read_text()


def test_a_review_of_a_real_change(project: Project, tmp_path: Path, finished: tuple[Project, Done]) -> None:
    """Vectors of a variant lose nearly everything; then a parameter is changed and nothing is run."""
    project.run("git", "branch", "base")
    project.edit("params.yaml", lambda text: text.replace("variance: 0.8}", "variance: 0.02}"))
    project.dvc("repro")
    project.commit()

    codes, _, comment = in_workflow(project)
    assert set(codes.values()) == {0}
    lines = comment.splitlines()
    assert lines[0] == "<!-- itemvec:movielens-100k -->"
    assert lines[2].startswith("### itemvec: ❌ Worse: search, constructed: ")
    assert "not fit" not in comment
    assert "[The whole report](https://example.org/run)" in lines
    rows = {line.split(" | ")[0].lstrip("| "): line.split(" | ")[-1].rstrip(" |") for line in lines if line[:2] == "| "}
    assert rows["**search, constructed: known item** · exact on pca80"] == "❌ worse"
    assert rows["**search, constructed: known item** · exact on full"] == "="
    assert rows["**recommend** · popular"] == "="

    codes, output, _ = in_workflow(project, "worse")
    assert codes["Compare with the base"] == 1
    assert "Error: shown to lose more than 1%: exact on pca80 (search, constructed: " in output

    clone = Project(tmp_path / "clone", tmp_path / "no-cache")
    project.run("git", "clone", "-q", ".", str(clone.root))
    clone.run("git", "branch", "base", "origin/base")
    codes, _, comment = in_workflow(clone, "worse")  # neither data nor measures
    assert set(codes.values()) == {0}
    assert "Nothing is shown: there are means alone, without the values per query." in comment
    assert "The whole report" not in comment

    clone.edit("params.yaml", lambda text: text.replace("half_life: 5", "half_life: 6"))
    clone.commit()
    codes, output, comment = in_workflow(clone)
    assert codes["Compare with the base"] == 1
    assert "Error: dvc.lock does not fit recommend@full-profile, recommend@pca80-profile; run" in output
    assert comment.splitlines()[3].startswith("> **dvc.lock does not fit.**")
