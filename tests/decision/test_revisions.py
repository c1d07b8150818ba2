from pathlib import Path

import pytest
from dvc.repo import Repo

from itemvec.core.errors import TableError
from itemvec.decision.diff import diff
from itemvec.decision.revisions import MissingMeasuresError, Revision, revision, workspace
from tests.decision.repository import Repository
from tests.decision.states import right, state

TITLES = ("search", "titles")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Two commits and an experiment: 100, 140 and 20 of 200 queries are right."""
    repository = Repository.made(tmp_path / "repository")
    repository.commit(state({TITLES: {"exact": right(0.5)}}))
    repository.commit(state({TITLES: {"exact": right(0.7)}}, model="lsa", dim=64))
    repository.experiment(state({TITLES: {"exact": right(0.1)}}), "lsa-try")
    return repository


def mean(state: Revision) -> float:
    return float(state.measures.of(["search/exact"], "titles", ["ndcg@10"]).means.mean())


def test_each_state_has_its_own_measures(repository: Repository) -> None:
    names = ("HEAD~1", "main", "lsa-try", repository.git("rev-parse", "main~1"))
    before, after, tried, by_hash = (revision(repository.root, name) for name in names)
    assert [mean(one) for one in (before, after, tried, by_hash)] == [0.5, 0.7, 0.1, 0.5]
    assert mean(diff(before, after, 1).right) == 0.7
    assert [one.mark for one in diff(before, after, 1).changes] == ["better"]
    assert [one.mark for one in diff(after, tried, 1).changes] == ["worse"]
    assert before.label == f"HEAD~1 {repository.git('rev-parse', 'main~1')[:7]}, minilm 384 d"
    assert after.label == f"main {repository.git('rev-parse', 'main')[:7]}, lsa 64 d"
    assert revision(repository.root, "main~1", "main").name == "main"


def test_the_workspace_is_what_lies_there(repository: Repository) -> None:
    repository.write(state({TITLES: {"exact": right(0.3)}}))
    found = workspace(repository.root)
    assert (mean(found), found.label) == (0.3, "workspace, minilm 384 d")


def add_remote(repository: Repository) -> None:
    """In the configuration of the workspace: the commits before know of none."""
    with Repo(str(repository.root)) as repo, repo.config.edit() as config:
        config["remote"] = {"store": {"url": str(repository.root.parent / "store")}}
        config["core"]["remote"] = "store"


def test_measures_come_from_the_remote(repository: Repository) -> None:
    add_remote(repository)
    repository.git("checkout", "-q", "main~1")
    with Repo(str(repository.root)) as repo:
        repo.push()
    repository.git("checkout", "-q", "main")
    repository.lose()
    assert mean(revision(repository.root, "HEAD~1")) == 0.5


@pytest.mark.parametrize("remote", [False, True])
def test_measures_that_are_nowhere_are_one_line(repository: Repository, remote: bool) -> None:
    if remote:  # and nothing was pushed to it
        add_remote(repository)
    repository.lose()
    with pytest.raises(MissingMeasuresError) as refusal:
        mean(revision(repository.root, "HEAD~1"))
    commit = repository.git("rev-parse", "main~1")[:7]
    assert refusal.value.message == (
        f"HEAD~1 ({commit}): artifacts/measures/search/exact.parquet is neither in the cache nor on a remote; "
        "run `dvc push` where it was measured and `dvc fetch --all-commits` here, "
        f"or check {commit} out and run `dvc repro`"
    )
    with pytest.raises(MissingMeasuresError, match=r"exact\.parquet is missing; run `dvc pull` or `dvc repro`$"):
        mean(workspace(repository.root))


def test_what_is_no_revision_or_has_no_decision(repository: Repository) -> None:
    with pytest.raises(TableError, match=r"nope: is no revision or experiment of this repository; .*`dvc exp list`"):
        revision(repository.root, "nope")
    path = repository.root / "decision.json"
    path.write_text("{")
    repository.git("commit", "-qam", "torn")
    with pytest.raises(TableError, match=r"main: decision.json is no JSON \(.*\); run `dvc repro` there"):
        revision(repository.root, "main")
    path.unlink()
    repository.git("commit", "-qam", "none")
    with pytest.raises(TableError, match=r"main: has no decision.json; check it out, run `dvc repro`, commit"):
        revision(repository.root, "main")
    with pytest.raises(TableError, match=r"decision.json: cannot be read .* run `dvc repro`"):
        workspace(repository.root)
