"""No byte of a file commands the terminal: not through messages, remarks, results, bars or tracebacks."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from itemvec.commands.group import Commands
from itemvec.core.progress import progress
from itemvec.core.terminal import escaped_output
from itemvec.stages.stage import stage
from tests.conftest import ROOT

EVIL = "a\x1b]0;title\x07\u202eb\r\x9bc"
SHOWN = r"a\x1b]0;title\x07\u202eb\r\x9bc"


@stage
def act() -> None:
    """Do."""
    click.echo(EVIL)
    click.echo(EVIL, err=True)


@click.group(cls=Commands)
def main() -> None:
    """Do."""


@main.command("act")
def act_too() -> None:
    """Do."""
    click.echo(EVIL)
    click.echo(EVIL, err=True)


@pytest.mark.parametrize(("command", "arguments"), [(act, []), (main, ["act"])])
def test_what_a_stage_or_a_command_prints_is_escaped(command: click.Command, arguments: list[str]) -> None:
    result = CliRunner().invoke(command, arguments)
    assert result.stdout == result.stderr == SHOWN + "\n"


def test_streams_are_as_before_afterwards() -> None:
    out, errors = sys.stdout, sys.stderr
    with escaped_output(), escaped_output():
        assert sys.stdout.encoding == out.encoding
    assert (sys.stdout, sys.stderr) == (out, errors)


def test_spaces_tabs_and_lines_stay(capsys: pytest.CaptureFixture[str]) -> None:
    with escaped_output():
        sys.stdout.writelines(["a\tb\u00a0c\u3000d\n"])
    assert capsys.readouterr().out == "a\tb\u00a0c\u3000d\n"


def test_the_name_of_a_step_is_escaped(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("itemvec.core.progress.QUIET", 0.0)
    with progress(2, f"checkpoint {EVIL}", "files") as shown:
        shown.update(2)
    assert f"checkpoint {SHOWN}: 2 files in" in capsys.readouterr().err


def test_a_traceback_is_escaped(tmp_path: Path) -> None:
    (tmp_path / "work.py").write_text(f"raise RuntimeError({EVIL!r})")
    command = [sys.executable, "-P", "-m", "itemvec.stages.start", str(os.getpid()), "work.py"]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.stderr.endswith(f"RuntimeError: {SHOWN}\n")
    assert done.returncode == 1
