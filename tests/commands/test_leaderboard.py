import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from ruamel.yaml import YAML

from itemvec.commands.main import main
from itemvec.commands.sweep import _values
from itemvec.report.models_tried import larger_model, models_tried
from itemvec.store.encoding_times import record, seconds_a_text, seconds_of
from tests.conftest import ROOT
from tests.decision.repository import Repository
from tests.decision.states import Cells, right, state

TITLES = ("search", "titles")


def measured(share: float) -> dict[tuple[str, str], Cells]:
    return {TITLES: {"exact/full": right(share)}}


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """Three models: on the branch main, in an experiment, and on another branch, without which main has another."""
    repository = Repository.made(tmp_path / "repository")
    repository.git("checkout", "-q", "-b", "potion")
    repository.commit(state(measured(0.2), model="potion", dim=256))
    repository.git("checkout", "-q", "-b", "main")
    repository.commit(state(measured(0.9)))
    repository.experiment(state(measured(0.5), model="lsa", dim=64), "lsa-try")
    monkeypatch.chdir(repository.root)
    return repository


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_branches_and_experiments_are_compared(repository: Repository) -> None:
    result = run("leaderboard")
    assert result.exit_code == 0, result.output
    assert result.output.startswith("Search: use minilm (384 d), the only one of 3 models")
    rows = [line.split()[0] for line in result.output.splitlines() if line.startswith(("minilm", "lsa", "potion"))]
    assert rows[:3] == ["minilm", "lsa", "potion"]
    assert "lsa-try" in result.output


def test_states_can_be_named(repository: Repository) -> None:
    found = json.loads(run("leaderboard", "potion", "lsa-try", "--json").output)
    assert [one["model"] for one in found["models"]] == ["potion", "lsa"]
    assert found["groups"][0]["may_be_best"] == [False, True]
    assert run("leaderboard", "nothing").exit_code == 1


def test_a_page_can_be_written(repository: Repository, tmp_path: Path) -> None:
    result = run("leaderboard", "--html", str(tmp_path / "models.html"))
    assert result.output.splitlines()[0].startswith("Search: use minilm")
    page = (tmp_path / "models.html").read_text()
    assert "<strong>Search: use minilm" in page
    assert page.count("<table>") == 2


def test_geometry_is_refused_for_three_points(repository: Repository, tmp_path: Path) -> None:
    (repository.root / "models.yaml").write_text("lsa: {kind: lsa, dim: 64}\n")
    result = run("leaderboard", "--geometry")
    assert "nothing is said of geometry: 0 models and variants were tried, and at least 8 are needed" in " ".join(
        result.output.split()
    )
    assert run("leaderboard", "--geometry", "--html", str(tmp_path / "x.html")).exit_code == 0
    assert "nothing is said of geometry" in (tmp_path / "x.html").read_text()


def test_states_whose_values_are_nowhere_are_left_out(repository: Repository) -> None:
    repository.lose()
    result = run("leaderboard")
    assert result.exit_code == 0, result.output
    assert "Left out: " in result.output


@pytest.mark.parametrize(
    ("given", "values"),
    [
        ("model=minilm,lsa", ["minilm", "lsa"]),
        ("variants=[full],[full,pca64]", ["[full]", "[full,pca64]"]),
        ("reducers.pca80={kind: pca, dim: 3}", ["{kind: pca, dim: 3}"]),
    ],
)
def test_commas_in_brackets_part_nothing(given: str, values: list[str]) -> None:
    assert _values(given)[1] == values


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["model=minilm,lsb"], "models has no row 'lsb'; did you mean 'lsa'?"),
        (["modle=lsa"], "has no key 'modle'; did you mean 'model'?"),
        (["variants=[full,pca46]"], "reducers has no row 'pca46'; did you mean 'pca64'?"),
        (["model"], "write KEY=VALUE,VALUE"),
    ],
)
def test_a_sweep_of_what_is_nowhere_queues_nothing(
    given: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    result = run("sweep", *given)
    assert result.exit_code != 0
    assert said in result.output


def test_a_sweep_queues_every_combination(repository: Repository) -> None:
    for name in ("params.yaml", "models.yaml"):
        (repository.root / name).write_text((ROOT / name).read_text())
    stage = {"cmd": "true", "params": ["model", "variants"], "deps": ["params.yaml"]}
    YAML().dump({"stages": {"embed": stage}}, repository.root / "dvc.yaml")
    repository.git("add", "-A")
    repository.git("commit", "-q", "-m", "params")
    result = run("sweep", "model=lsa,hashing", "variants=[full],[full,pca64]")
    assert result.exit_code == 0, result.output
    assert result.output.startswith("4 experiments are queued: model=lsa, variants=[full]; ")
    queued = repository.git("for-each-ref", "--format=%(refname)", "refs/exps/celery")
    assert queued


def test_it_is_kept_for_the_report_until_another_run(repository: Repository) -> None:
    assert run("leaderboard", "--save").exit_code == 0
    section = models_tried(Path("report/models.json"), Path("decision.json"))
    assert section.sentences[0].startswith("Search: use minilm (384 d), the only one of 3 models")
    assert [row[0] for row in section.tables[0].rows] == ["minilm", "lsa", "potion"]
    assert larger_model(Path("report/models.json"), Path("decision.json")) == ""  # nothing was tuned
    Path("decision.json").write_text("{}")
    assert models_tried(Path("report/models.json"), Path("decision.json")).sentences[0].startswith("Saved before")


def test_seconds_are_those_of_the_longest_encoding_here(tmp_path: Path) -> None:
    for texts, seconds in ((10, 8.0), (100, 20.0)):
        record(str(tmp_path), "a", "item", texts, seconds)
    record(str(tmp_path), "a", "query", 0, 1.0)  # all were cached
    times = seconds_a_text(str(tmp_path))
    assert seconds_of(times, "a", {"item": 50}) == 10.0
    assert seconds_of(times, "a", {"item": 50, "query": 5}) is None
    assert seconds_of(times, "b", {"item": 50}) is None
    assert seconds_a_text("s3://bucket/cache") == {}


def test_damaged_notes_of_seconds_are_one_line(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ITEMVEC_CACHE", str(tmp_path))
    (tmp_path / "encoding-times.jsonl").write_text('{"encoder": "a", "ro')
    result = run("leaderboard")
    assert result.exit_code == 1
    assert "encoding-times.jsonl: a line of it is damaged; remove the file" in result.output
