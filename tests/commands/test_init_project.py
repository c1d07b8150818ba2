"""`itemvec init` in an empty folder makes a project that needs no checkout, of files that the wheel carries."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from ruamel.yaml import YAML

from itemvec import __version__
from itemvec.commands.main import main
from itemvec.commands.setup import skeleton
from itemvec.core import installed
from itemvec.core.errors import ItemvecError
from itemvec.core.installed import changed_parts, check_installed, digest
from tests.conftest import ROOT


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty git repository."""
    root = tmp_path / "shop"
    root.mkdir()
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    monkeypatch.chdir(root)
    return root


def init(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["init", *arguments])


def test_the_wheel_carries_what_a_project_is_made_of() -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    carried = {source: target.removeprefix("itemvec/skeleton/") for source, target in wheel["force-include"].items()}
    assert carried == {name: name for name in (*skeleton.COPIED, skeleton.MERGED)}
    assert all((ROOT / name).exists() for name in carried)


def test_a_project_names_installed_code_where_a_clone_names_its_own(folder: Path) -> None:
    result = init()
    assert result.exit_code == 0, result.output
    assert result.output.startswith("made a project in shop: dvc.yaml,")
    stages = YAML(typ="safe").load(folder / "dvc.yaml")["stages"]
    deps = {dep for stage in stages.values() for dep in stage["deps"]}
    ours = {dep for stage in YAML(typ="safe").load(ROOT / "dvc.yaml")["stages"].values() for dep in stage["deps"]}
    assert {dep for dep in deps if dep.startswith("src/")} == set()
    assert len(deps) == len(ours)
    for dep in deps:
        if not dep.startswith(("artifacts/", "data/", "report/", "results", "decision", "pipelines/", "expectations/")):
            assert (folder / dep).read_text() == f"{digest(dep.removeprefix('installed/'))}\n"
    assert (folder / "report/models.json").read_text() == "{}\n"
    assert (folder / "pipelines/run").stat().st_mode & 0o111
    assert (folder / "requirements.txt").read_text().splitlines()[-1] == f"itemvec=={__version__}"
    review = (folder / ".github/workflows/review.yml").read_text()
    assert "make " not in review
    assert YAML(typ="safe").load(review)["jobs"]["review"]["steps"][2]["name"] == "Install what requirements.txt names"
    done = subprocess.run([sys.executable, "-m", "dvc", "stage", "list"], capture_output=True, text=True)
    assert "prepare" in done.stdout, done.stderr


def test_code_that_is_not_what_the_project_names_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    init()
    check_installed(folder)
    (folder / "installed/datasets").write_text("0\n")
    (folder / "installed/version").write_text("0.0.1\n")
    assert changed_parts(folder) == ["datasets"]
    with pytest.raises(ItemvecError, match=r"names itemvec 0.0.1, installed is .* datasets differ; run `itemvec init"):
        check_installed(folder)
    assert "names itemvec 0.0.1" in CliRunner().invoke(main, ["check"]).output
    assert init("--upgrade").output.startswith(
        f"itemvec 0.0.1 -> {__version__}: 1 part of the code differs (datasets);"
    )
    check_installed(folder)
    assert "no part of the code differs" in init("--upgrade").output
    monkeypatch.chdir(ROOT)
    assert "this is no project that `itemvec init` made" in init("--upgrade").output


def test_a_hash_is_of_names_and_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installed, "PACKAGE", tmp_path)
    (tmp_path / "one" / "__pycache__").mkdir(parents=True)
    (tmp_path / "one" / "a.py").write_text("1")
    found = {digest("one"), digest("one/a")}
    assert len(found) == 1  # the same file
    (tmp_path / "one" / "__pycache__" / "a.pyc").write_text("2")
    assert digest("one") in found
    (tmp_path / "one" / "a.py").rename(tmp_path / "one" / "b.py")
    found.add(digest("one"))
    (tmp_path / "one" / "b.py").write_text("3")
    found.add(digest("one"))
    assert len(found) == 3


def test_files_that_are_there_are_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / ".gitignore").write_text("mine\n/data")
    (folder / "requirements.txt").write_text("itemvec @ git+https://example.org/itemvec\n")
    assert init().exit_code == 0
    assert (folder / ".gitignore").read_text().startswith("mine\n/data\n/.venv\n")
    assert (folder / ".gitignore").read_text().count("/data\n") == 1
    assert (folder / "requirements.txt").read_text() == "itemvec @ git+https://example.org/itemvec\n"
    (folder / "params.yaml").unlink()
    assert "dvc.yaml: is there already" in init().output
    (folder / "below").mkdir()
    monkeypatch.chdir(folder / "below")
    assert "lies within the repository" in init().output


def contents(root: Path) -> dict[str, bytes | None]:
    """Files and folders, but for what is in the repository of git."""
    found = (path for path in root.rglob("*") if ".git/" not in str(path))
    return {str(path): None if path.is_dir() else path.read_bytes() for path in found}


def test_a_failure_leaves_the_folder_empty(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(folder)
    monkeypatch.setattr(skeleton, "_adapt", lambda root: (_ for _ in ()).throw(OSError("disk")))
    assert isinstance(init().exception, OSError)
    assert contents(folder) == before


@pytest.mark.parametrize("name", ["./", "./new/shop"])
def test_what_dvc_cannot_add_leaves_no_half_of_a_project(
    name: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file stands where the cache of DVC should be. What was in the folder is there as before."""
    (tmp_path / "train.csv").write_text("query,title,grade\nlight,Lamp,1\nseat,Chair,1\nseat,Lamp,0\n")
    (tmp_path / "no-folder").write_text("")
    (tmp_path / "config").write_text(f"[cache]\n    dir = {tmp_path / 'no-folder'}\n")
    monkeypatch.setenv("DVC_GLOBAL_CONFIG_DIR", str(tmp_path))
    (folder / ".github/workflows").mkdir(parents=True)
    (folder / ".github/workflows/own.yml").write_text("on: push\n")
    (folder / ".gitignore").write_text("mine\n")
    before = contents(folder)
    if name != "./":
        monkeypatch.chdir(tmp_path)
        before = contents(tmp_path)
    result = init(name, "--items", str(tmp_path / "train.csv"))
    assert "`dvc add data` failed, nothing was changed: " in result.output
    assert f"Not a directory: '{tmp_path / 'no-folder'}" in result.output
    assert "made a project" not in result.output
    assert before == contents(folder if name == "./" else tmp_path)


def test_project_and_data_set_in_one_go(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text("query,title,grade\nlight,Lamp,1\nseat,Chair,1\nseat,Lamp,0\n")
    result = init("./", "--items", str(tmp_path / "train.csv"))
    assert result.exit_code == 0, result.output
    assert "wrote data/shop" in result.output
    assert (folder / "data.dvc").exists()
    assert "params.yaml: valid; data/shop: can be read" in CliRunner().invoke(main, ["check"]).output
