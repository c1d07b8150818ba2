from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from dvc.repo import Repo

from itemvec.commands.lock import misfits
from itemvec.commands.main import main
from itemvec.core.errors import TableError
from tests.decision.repository import Repository
from tests.decision.states import right, state

TITLES = ("search", "titles")
STAGES = """\
stages:
  one: {cmd: cp code.txt one.txt, deps: [code.txt, data.txt], params: [seed], outs: [one.txt]}
  two: {cmd: cp one.txt two.txt, deps: [one.txt], outs: [two.txt: {cache: false}]}
"""
THREE = "  three: {cmd: cp code.txt three.txt, deps: [code.txt], outs: [three.txt]}\n"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """Two stages that have run; main finds 100 of 200 titles, the branch 60, and main went on to 160."""
    repository = Repository.made(tmp_path / "repository")
    for name, text in {"dvc.yaml": STAGES, "code.txt": "1", "data.txt": "d", "params.yaml": "seed: 1\n"}.items():
        (repository.root / name).write_text(text)
    with Repo(str(repository.root)) as repo:
        repo.add(str(repository.root / "data.txt"))
    monkeypatch.chdir(repository.root)
    with Repo(str(repository.root)) as repo:
        repo.reproduce()
    repository.commit(state({TITLES: {"exact": right(0.5)}}))
    repository.git("checkout", "-q", "-b", "branch")
    repository.commit(state({TITLES: {"exact": right(0.3)}}, model="lsa"))
    repository.git("checkout", "-q", "main")
    repository.commit(state({TITLES: {"exact": right(0.8)}}))
    repository.git("checkout", "-q", "branch")
    with Repo(str(repository.root)) as repo:
        repo.checkout()
    return repository


def review(*arguments: str, **environment: str) -> Result:
    return CliRunner(env=environment).invoke(main, ["review", *arguments])


def test_a_branch_is_compared_with_where_it_left_its_base(repository: Repository) -> None:
    """Not with what its base became since."""
    result = review("--out", "comment.md", "--link", "https://example.org/1")
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0] == "<!-- itemvec:films -->"
    assert lines[2] == "### itemvec: ❌ Worse: search, titles (exact)."
    left = repository.git("merge-base", "main", "branch")[:7]
    assert lines[4].startswith(f"films: main {left}, minilm 384 d -&gt; HEAD ")
    assert "0.5000 | 0.3000" in result.output
    assert (repository.root / "comment.md").read_text() == result.output
    assert "[The whole report](https://example.org/1)" in lines


def test_a_loss_fails_where_it_is_asked_for(repository: Repository) -> None:
    assert review("main", ITEMVEC_FAIL_ON="").exit_code == 0
    for result in (review("main", "--fail-on", "worse"), review("main", ITEMVEC_FAIL_ON="worse")):
        assert result.exit_code == 1
        assert result.stderr == "Error: shown to lose more than 1%: exact (search, titles)\n"
        assert "❌ Worse" in result.stdout
    assert review("HEAD", "--fail-on", "worse").exit_code == 0


def test_without_measures_the_means_are_shown(repository: Repository) -> None:
    repository.lose()
    result = review("main", "--fail-on", "worse")
    assert result.exit_code == 0
    assert "### itemvec: Nothing is shown: there are means alone, without the values per query." in result.output
    assert "0.5000 | 0.3000 | -0.200 |  | ? |" in result.output
    assert "> Means alone, nothing is tested. <code>main " in result.stdout
    assert result.stderr.startswith("Warning: nothing was tested, so no loss can be shown. main (")
    assert "`dvc push`" in result.stderr


def test_a_lock_that_does_not_fit_fails_and_names_the_stages(repository: Repository) -> None:
    (repository.root / "params.yaml").write_text("seed: 2\n")
    result = review("main", "workspace")
    assert result.exit_code == 1
    assert (
        result.stderr
        == "Error: dvc.lock does not fit one; run `dvc checkout` and `dvc repro`, and commit what changes\n"
    )
    lines = result.stdout.splitlines()
    assert lines[2:4][1].startswith("> **dvc.lock does not fit.** The numbers below are of other code")
    assert "> - <code>params&#46;yaml&#58; seed</code>, in one" in lines
    assert [line for line in lines if line.startswith("### itemvec: ❌ Worse")]


def test_a_clone_without_data_fits(repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert misfits(repository.root) == {}
    repository.git("clone", "-q", ".", str(tmp_path / "clone"))
    monkeypatch.chdir(tmp_path / "clone")
    assert not (tmp_path / "clone" / "data.txt").exists()
    assert misfits(tmp_path / "clone") == {}


@pytest.mark.parametrize("with_data", [True, False])
@pytest.mark.parametrize(
    ("path", "before", "after", "found"),
    [
        ("code.txt", "1", "2", {"one": ["code.txt"]}),
        ("params.yaml", "seed: 1", "seed: 2", {"one": ["params.yaml: seed"]}),
        ("dvc.yaml", "cp one.txt", "cp -f one.txt", {"two": ["changed command"]}),
        ("dvc.yaml", "  two:", f"{THREE}  two:", {"three": ["code.txt"]}),
        ("two.txt", "1", "", {"two": ["two.txt"]}),
        ("two.txt", "1", None, {"two": ["two.txt"]}),
        ("dvc.lock", None, None, {"one": ["code.txt", "params.yaml"], "two": ["two.txt"]}),
    ],
)  # fmt: skip
def test_what_does_not_fit(
    path: str,
    before: str | None,
    after: str | None,
    found: dict[str, list[str]],
    with_data: bool,
    repository: Repository,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root = repository.root
    if not with_data:
        root = tmp_path / "clone"
        repository.git("clone", "-q", ".", str(root))
        monkeypatch.chdir(root)
    if after is None:
        (root / path).unlink()
    else:
        (root / path).write_text((root / path).read_text().replace(str(before), after))
    wrong = misfits(root)
    assert wrong.keys() == found.keys()
    for name, paths in found.items():
        assert set(paths) <= set(wrong[name])


def test_each_stage_must_have_read_what_the_stage_before_it_wrote(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it is not after two branches were merged into one dvc.lock."""
    path = repository.root / "dvc.lock"
    first, second = path.read_text().split("  two:")
    hashed = second.split("md5: ")[1][:32]
    path.write_text(f"{first}  two:{second.replace(hashed, 'a' * 32, 1)}")
    assert misfits(repository.root) == {"two": ["one.txt"]}
    repository.git("commit", "-qam", "merged")
    repository.git("clone", "-q", ".", str(tmp_path / "clone"))
    monkeypatch.chdir(tmp_path / "clone")
    assert misfits(tmp_path / "clone") == {"two": ["one.txt"]}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nope"], "Error: git merge-base nope "),
        (["main", "main"], "Error: main: is not what is checked out; run `git switch --detach main`\n"),
    ],
)
def test_what_cannot_be_reviewed_is_one_line(repository: Repository, arguments: list[str], said: str) -> None:
    result = review(*arguments)
    assert result.exit_code == 1
    assert result.output.startswith(said)
    assert result.output.count("\n") == 1


def test_a_torn_lock_is_one_line(repository: Repository) -> None:
    (repository.root / "dvc.lock").write_text("<<<<<<< HEAD\n")
    with pytest.raises(TableError, match=r"dvc\.lock cannot be read \(.*run `dvc status`"):
        misfits(repository.root)
