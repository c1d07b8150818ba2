import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from itemvec.commands.main import main
from tests.decision.repository import Repository
from tests.decision.states import right, state

TITLES, USERS = ("search", "titles"), ("recommend", "users")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """100 of 200 titles are found, then 60, and in the workspace 140; nothing is left of the recommender."""
    repository = Repository.made(tmp_path / "repository")
    repository.commit(state({TITLES: {"exact": right(0.5), "bm25": right(0.4)}, USERS: {"ease": right(0.5)}}))
    repository.commit(state({TITLES: {"exact": right(0.3), "bm25": right(0.4)}}, model="lsa", dim=64))
    repository.write(state({TITLES: {"exact": right(0.7), "bm25": right(0.4)}}))
    monkeypatch.chdir(repository.root)
    return repository


def diff(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["diff", *arguments])


def test_head_and_workspace_are_compared_by_default(repository: Repository) -> None:
    result = diff()
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0] == "Better: search, titles (exact)."
    assert lines[2].startswith("films: HEAD ")
    assert lines[2].endswith("-> workspace, minilm 384 d")
    assert not [line for line in lines if "bm25" in line]
    assert [line for line in diff("--all").output.splitlines() if "bm25" in line]


def test_two_revisions(repository: Repository) -> None:
    lines = diff("HEAD~1", "main").output.splitlines()
    assert lines[0] == "Worse: search, titles (exact)."
    assert [line.split()[-1] for line in lines if line.startswith("  ") and "ease" in line] == ["gone"]


def test_json_can_be_read(repository: Repository) -> None:
    found = json.loads(diff("HEAD~1", "main", "--json").output)
    assert found["conclusion"] == "Worse: search, titles (exact)."
    assert found["lost"] == [{"task": "search", "group": "titles", "key": "exact"}]
    assert {one["key"]: one["mark"] for one in found["changes"]} == {"exact": "worse", "bm25": "=", "ease": "gone"}
    assert next(one for one in found["changes"] if one["key"] == "exact")["difference"] == pytest.approx(-0.2)


def test_markdown_is_a_comment(repository: Repository) -> None:
    lines = diff("HEAD~1", "main", "--markdown", "--link", "https://example.org/1").output.splitlines()
    assert lines[0] == "<!-- itemvec:films -->"
    assert lines[2] == "### itemvec: ❌ Worse: search, titles (exact)."
    assert "[The whole report](https://example.org/1)" in lines


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["HEAD~1", "main"], 0),
        (["HEAD~1", "main", "--fail-on", "worse"], 1),
        (["HEAD~1", "main", "--fail-on", "worse", "--json"], 1),
        (["main", "--fail-on", "worse"], 0),
        (["main", "HEAD~1", "--fail-on", "worse"], 0),
        (["main", "main", "--fail-on", "worse"], 0),
    ],
)
def test_a_shown_loss_fails_on_demand(repository: Repository, arguments: list[str], code: int) -> None:
    assert diff(*arguments).exit_code == code


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nope"], "Error: nope: is no revision or experiment of this repository"),
        (["HEAD~1", "HEAD"], "`dvc fetch --all-commits`"),
        (["workspace", "workspace"], "`dvc pull`"),
    ],
)
def test_what_is_missing_is_one_line(repository: Repository, arguments: list[str], said: str) -> None:
    repository.lose()
    result = diff(*arguments)
    assert result.exit_code == 1
    assert said in result.output
    assert result.output.count("\n") == 1
