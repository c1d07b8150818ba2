import errno
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from itemvec.core.errors import TableError
from itemvec.core.params import Params
from itemvec.stages.stage import stage
from tests.conftest import ROOT


@stage
@click.argument("what")
def act(params: Params, what: str) -> None:
    """Do something.

    \b
    Example: act now
    """
    if what == "full":
        raise OSError(errno.ENOSPC, "No space left on device")
    if what == "lance":
        raise RuntimeError("lance error: LanceError(IO): No space left on device (os error 28)")
    if what == "table":
        raise TableError("items: something is wrong; do this")
    if what == "bug":
        raise RuntimeError("a bug")
    click.echo(params.seed)


@stage
def plain() -> None:
    """Do without parameters."""
    click.echo("done")


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(act, ["--params", str(ROOT / "params.yaml"), *arguments])
    return result.exit_code, result.output


def test_params_are_read_and_passed() -> None:
    assert run("now") == (0, "42\n")


@pytest.mark.parametrize("what", ["full", "lance"])
def test_a_full_disk_is_one_line(what: str) -> None:
    code, output = run(what)
    assert code == 1
    assert output == "Error: act: no space left on the disk; nothing incomplete was kept: free some, run again\n"


def test_an_expected_error_is_one_line() -> None:
    assert run("table") == (1, "Error: items: something is wrong; do this\n")


def test_a_bug_keeps_its_traceback() -> None:
    result = CliRunner().invoke(act, ["--params", str(ROOT / "params.yaml"), "bug"])
    assert isinstance(result.exception, RuntimeError)


def test_a_stage_without_params_has_no_such_option(tmp_path: Path) -> None:
    assert CliRunner().invoke(plain).output == "done\n"
    assert "--params" not in CliRunner().invoke(plain, ["--help"]).output
    assert "Example: act now" in CliRunner().invoke(act, ["--help"]).output


NAP = """
import time
from itemvec.stages.stage import stage

@stage
def nap():
    "Sleep."
    print("asleep", flush=True)
    time.sleep(60)

nap()
"""


def test_a_stage_ends_with_the_dvc_that_started_it() -> None:
    start = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]])"
    environment = {**os.environ, "DVC_STAGE": "nap", "PYTHONPATH": str(ROOT / "src")}
    with subprocess.Popen([sys.executable, "-c", start, NAP], stdout=subprocess.PIPE, env=environment) as dvc:
        assert dvc.stdout is not None
        assert dvc.stdout.readline() == b"asleep\n"
        dvc.kill()
        assert dvc.communicate(timeout=30)[0] == b""  # the end of the pipe: the stage, which held it, is gone


def test_a_failed_stage_names_the_way_back_where_committed_files_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=test", "-c", "user.email=test@localhost")
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True)

    for name in ("params.yaml", "models.yaml"):
        (tmp_path / name).write_text((ROOT / name).read_text())
    git("init")
    git("add", "-A")
    git("commit", "-m", "state")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DVC_STAGE", "act")
    assert run("table") == (1, "Error: items: something is wrong; do this\n")
    with (tmp_path / "params.yaml").open("a") as file:
        file.write("# changed\n")
    said = "Error: items: something is wrong; do this\n`itemvec undo` takes params.yaml back to the last commit.\n"
    assert run("table") == (1, said)
    monkeypatch.delenv("DVC_STAGE")
    assert run("table") == (1, "Error: items: something is wrong; do this\n")
