"""`itemvec undo`: the files of a run are those of the last commit, and nothing else is touched."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from dvc.repo import Repo

from itemvec.commands.main import main
from itemvec.core.last_commit import way_back
from tests.decision.repository import Repository

STAGES = """\
stages:
  one: {cmd: "sed s/seed// params.yaml > one.txt", params: [seed], outs: [one.txt]}
  two:
    cmd: mkdir -p results metrics && cp one.txt results/two.json && cp one.txt metrics/m.json
    deps: [one.txt]
    outs: [results: {cache: false}]
    metrics: [metrics/m.json: {cache: false}]
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run that is committed, and one after it with another seed, which is not."""
    repository = Repository.made(tmp_path / "repository")
    root = repository.root
    for name, text in {"dvc.yaml": STAGES, "params.yaml": "seed: 1\n", "src.py": "1", "data.dvc": "outs: []\n"}.items():
        (root / name).write_text(text)
    monkeypatch.chdir(root)
    reproduce()
    repository.git("add", "-A")
    repository.git("commit", "-q", "-m", "first run")
    (root / "params.yaml").write_text("seed: 2\n")
    reproduce()
    return root


def reproduce() -> None:
    with Repo(".") as repo:
        repo.reproduce()


def undo(*arguments: str, answer: str | None = None) -> Result:
    return CliRunner().invoke(main, ["undo", *arguments], input=answer)


def test_parameters_results_and_outputs_are_those_of_the_commit(root: Path) -> None:
    assert (root / "one.txt").read_text() == ": 2\n"
    result = undo("--yes")
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0].startswith("undid the changes of dvc.lock, params.yaml and 2 files more: back at the last commit, ")
    assert lines[0].endswith("(first run); 1 output changed with it")
    assert "  params.yaml: seed 2 -> 1" in lines
    assert [(root / name).read_text() for name in ("params.yaml", "one.txt", "results/two.json", "metrics/m.json")] == [
        "seed: 1\n",
        ": 1\n",
        ": 1\n",
        ": 1\n",
    ]
    with Repo(".") as repo:
        assert repo.status() == {}
    assert undo().output.startswith("nothing to undo: parameters and results are those of the last commit")


def test_code_data_and_files_of_ones_own_are_left_alone(root: Path) -> None:
    own = {
        "src.py": "2",
        "data.dvc": "outs: [] # new\n",
        "results/notes.md": "n",
        "plots/mine.csv": "p",
        "todo.txt": "t",
    }
    for name, text in own.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text)
    (root / "results/new.json").write_text("{}")
    result = undo("--yes")
    assert result.exit_code == 0, result.output
    assert {name: (root / name).read_text() for name in own} == own
    assert not (root / "results/new.json").exists()
    assert "data.dvc differs from it too and is left alone" in result.output


def test_without_a_terminal_it_asks_for_yes_and_changes_nothing(root: Path) -> None:
    result = undo()
    assert result.exit_code == 1
    assert result.output.count("\n") == 1
    assert "then `itemvec undo --yes`" in result.output
    assert (root / "params.yaml").read_text() == "seed: 2\n"


def test_in_a_terminal_it_shows_and_asks(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("itemvec.commands.undo.is_asking", lambda: True)
    result = undo(answer="n\n")
    assert result.exit_code == 1
    assert "  params.yaml: seed 2 -> 1\n" in result.output
    assert "Discard them? [y/N]" in result.output
    assert (root / "params.yaml").read_text() == "seed: 2\n"
    assert undo(answer="y\n").exit_code == 0
    assert (root / "params.yaml").read_text() == "seed: 1\n"


def test_an_output_that_the_cache_lacks_is_said(root: Path) -> None:
    for path in sorted((root / ".dvc/cache").rglob("*"), reverse=True):
        path.chmod(0o777)
        path.rmdir() if path.is_dir() else path.unlink()
    result = undo("--yes")
    assert result.exit_code == 0, result.output
    assert "1 of its outputs are not in DVC's cache; `dvc pull` gets them" in result.output


def test_the_way_back_is_named_only_where_a_committed_file_changed(root: Path) -> None:
    assert way_back(root) == "`itemvec undo` takes dvc.lock, metrics/m.json and 2 more back to the last commit."
    (root / "data.dvc").write_text("outs: [] # new\n")
    assert way_back(root) == ""  # the former parameters would not fit the new data
    (root / "data.dvc").write_text("outs: []\n")
    undo("--yes")
    assert way_back(root) == ""
    assert way_back(root.parent) == ""
