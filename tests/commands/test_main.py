import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from itemvec import __version__
from itemvec.commands.cache import cache
from itemvec.commands.main import main
from tests.conftest import ROOT


def run(folder: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    monkeypatch.chdir(folder)
    return CliRunner().invoke(main, arguments)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("params.yaml", "models.yaml"):
        (tmp_path / name).write_text((ROOT / name).read_text())
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run([sys.executable, "-m", "dvc", "init", "-q"], cwd=tmp_path, check=True)
    return tmp_path


@pytest.mark.parametrize(
    "command",
    [[], *([name] for name in main.list_commands(click.Context(main))), *(["cache", one] for one in cache.commands)],
)
def test_help_has_an_example(command: list[str]) -> None:
    output = CliRunner().invoke(main, [*command, "--help"]).output
    assert "Example: itemvec" in output or not command
    assert CliRunner().invoke(main, ["--version"]).output == f"itemvec, version {__version__}\n"


def test_fetch_brings_the_selected_data_set(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(project, monkeypatch, "check").output.startswith("Error: data/movielens-100k is missing; run `itemvec")
    result = run(project, monkeypatch, "fetch")
    assert result.exit_code == 0, result.output
    assert {path.name for path in (project / "data" / "movielens-100k").iterdir()} == {"ml-100k.inter", "ml-100k.item"}
    assert "params.yaml: valid" in run(project, monkeypatch, "check").output


def test_fetch_of_an_unknown_data_set_is_one_line(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(project, monkeypatch, "fetch", "movielens-100")
    assert result.exit_code == 1
    assert result.output.count("\n") == 1
    assert "did you mean 'movielens-100k'?" in result.output


@pytest.mark.pipeline
def test_fetch_pulls_where_there_is_a_remote(project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Other bytes than the published ones are what data.dvc names, so they can only come from the remote."""

    def dvc(*arguments: str) -> None:
        subprocess.run([sys.executable, "-m", "dvc", *arguments], cwd=project, check=True, capture_output=True)

    (project / "data" / "movielens-100k").mkdir(parents=True)
    (project / "data" / "movielens-100k" / "ml-100k.item").write_text("from the remote")
    dvc("add", "data")
    dvc("remote", "add", "--default", "store", str(tmp_path / "store"))
    dvc("push")
    for folder in ("data", ".dvc/cache"):
        subprocess.run(["rm", "-r", folder], cwd=project, check=True)
    result = run(project, monkeypatch, "fetch")
    assert "pulling the files of data.dvc" in result.output
    assert (project / "data" / "movielens-100k" / "ml-100k.item").read_text() == "from the remote"

    subprocess.run(["rm", "-r", "data", ".dvc/cache", "store"], cwd=project, check=True)
    result = run(project, monkeypatch, "fetch")
    assert "the remote does not have it; fetching it from where it is published" in result.output
    assert "2 files, as published" in result.output


def test_show_before_anything_ran_says_what_to_run(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(project, monkeypatch, "show")
    assert result.exit_code == 1
    assert "was not measured yet: run `dvc repro`" in result.output
    assert "run `dvc repro`" in result.output


SEARCH = [sys.executable, "-m", "itemvec", "search"]
OF_ROOT = os.environ | {"PYTHONPATH": str(ROOT / "src")}


@pytest.mark.parametrize("library", ["_multiarray_umath", "libarrow_compute", "_ufuncs_cxx"])
def test_ctrl_c_is_one_line_also_while_modules_are_imported(library: str) -> None:
    """Python takes 0.03 s to start; meanwhile it says what it likes. From ``library`` on, more is imported."""
    pipe = subprocess.PIPE
    with subprocess.Popen(SEARCH, cwd=ROOT, env=OF_ROOT, text=True, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        while process.poll() is None and library not in Path(f"/proc/{process.pid}/maps").read_text():
            time.sleep(0.001)
        process.send_signal(signal.SIGINT)
        output, said = process.communicate(timeout=30)
    assert said == "itemvec: interrupted; nothing incomplete was kept\n"
    assert (process.returncode, output) == (130, "")


@pytest.mark.parametrize("command", ["check", "show"])
def test_a_key_that_dvc_does_not_read_is_named(project: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """A stage of DVC depends on keys, so a new one runs nothing again."""
    path = project / "params.yaml"
    path.write_text(path.read_text() + "\nretreivers: [exact]\n")
    result = run(project, monkeypatch, command)
    assert result.output == "Error: params.yaml: unknown option 'retreivers'; did you mean 'retrievers'?\n"
    assert result.exit_code == 1
