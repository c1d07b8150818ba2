"""A stage ends with its DVC and by a signal from its first imports on: in one line, and nothing is left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT

BEFORE = """
import sys, time
print("importing", flush=True)
time.sleep(60)  # as imports take
"""
WITHIN = """
import sys, time
from pathlib import Path
import click
from itemvec.core.files import replacing
from itemvec.core.temporary import TemporaryFolder
from itemvec.stages.stage import stage

@stage
@click.argument("out", type=Path)
def work(out):
    "Work."
    with replacing(out) as partial:
        kept = TemporaryFolder()
        (Path(kept.name) / "table").write_text("rows")
        partial.write_text("half")
        HOW

work()
"""
WAIT = 'print("working", flush=True); time.sleep(60)'
SWALLOW = """
        from itemvec.core import interrupts
        interrupts.GRACE = 1
        while True:
            try:
                print("working", flush=True)
                time.sleep(60)
            except KeyboardInterrupt:  # as callbacks of foreign libraries do
                pass
"""
WRAP = """
        try:
            print("working", flush=True)
            time.sleep(60)
        except KeyboardInterrupt:
            raise RuntimeError("lance error: KeyboardInterrupt")
"""


def environment(tmp_path: Path) -> dict[str, str]:
    folder = tmp_path / "temporary"
    folder.mkdir(exist_ok=True)
    return os.environ | {"PYTHONPATH": str(ROOT / "src"), "TMPDIR": str(folder), "DVC_STAGE": "work"}


def start(tmp_path: Path, code: str) -> subprocess.Popen[str]:
    """A stage that has said where it is."""
    (tmp_path / "work.py").write_text(code)
    command = [sys.executable, "-P", "-m", "itemvec.stages.start", str(os.getpid()), "work.py", "out.txt"]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, cwd=tmp_path, env=environment(tmp_path), stdout=pipe, stderr=pipe, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() in ("importing\n", "working\n")
    return process


def left(tmp_path: Path) -> list[str]:
    """Files besides the script."""
    return [path.name for path in tmp_path.rglob("*") if path.name not in ("work.py", "temporary")]


@pytest.mark.parametrize("code", [BEFORE, *(WITHIN.replace("HOW", how) for how in (WAIT, SWALLOW, WRAP))])
@pytest.mark.parametrize(("number", "said"), [(signal.SIGINT, "interrupted"), (signal.SIGTERM, "terminated")])
def test_a_signal_gives_one_line_and_leaves_nothing(
    tmp_path: Path, code: str, number: signal.Signals, said: str
) -> None:
    process = start(tmp_path, code)
    process.send_signal(number)
    output, complaints = process.communicate(timeout=30)
    assert complaints == f"work: {said}; nothing incomplete was kept\n"
    assert process.returncode == 128 + number
    assert output.count("working") <= 1 or "except KeyboardInterrupt" in code
    assert left(tmp_path) == []


def test_a_second_signal_ends_at_once(tmp_path: Path) -> None:
    process = start(tmp_path, WITHIN.replace("HOW", SWALLOW.replace("GRACE = 1", "GRACE = 60")))
    started = time.monotonic()
    for _ in range(2):
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)
    assert process.communicate(timeout=30)[1] == "work: interrupted; nothing incomplete was kept\n"
    assert time.monotonic() - started < 10
    assert left(tmp_path) == []


@pytest.fixture(scope="module")
def whole() -> float:
    """Seconds that the stage of the next test takes, undisturbed: the most of it is imports."""
    started = time.monotonic()
    subprocess.run(["pipelines/run", "check", "--help"], cwd=ROOT, check=True, capture_output=True)
    return time.monotonic() - started


def holds_interrupts(pid: int) -> bool:
    """Whether the shell has come to its first line, which catches SIGINT; told by Linux alone."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return True
    masks = [
        int(line.split()[1], 16) for line in status.read_text().splitlines() if line.startswith(("SigCgt", "SigBlk"))
    ]
    return any(mask >> (signal.SIGINT - 1) & 1 for mask in masks)


@pytest.mark.parametrize("share", [0.01, 0.03, 0.06, 0.1, 0.2, 0.3, 0.5])
def test_ctrl_c_while_a_real_stage_is_imported(tmp_path: Path, share: float, whole: float) -> None:
    out = tmp_path / "out"
    command = ["pipelines/run", "check", "data", str(out)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    while process.poll() is None and not holds_interrupts(process.pid):
        time.sleep(0.001)
    time.sleep(share * whole)
    process.send_signal(signal.SIGINT)
    output, complaints = process.communicate(timeout=30)
    assert (output, complaints) == ("", "check: interrupted; nothing incomplete was kept\n")
    assert process.returncode == 130
    assert not out.exists()


PARENT = """
import subprocess, sys
subprocess.run(sys.argv[1:])
"""


def test_a_stage_whose_dvc_is_killed_during_its_imports_ends(tmp_path: Path) -> None:
    (tmp_path / "pipelines").mkdir()
    (tmp_path / "pipelines" / "run").write_bytes((ROOT / "pipelines" / "run").read_bytes())
    (tmp_path / "pipelines" / "run").chmod(0o755)
    (tmp_path / "src").symlink_to(ROOT / "src")
    late = 'import time\nprint("importing", flush=True)\ntime.sleep(4)\nopen("late", "w").close()\n'
    (tmp_path / "pipelines" / "work.py").write_text(late)
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = [sys.executable, "-c", PARENT, "pipelines/run", "work"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment(tmp_path) | {"PATH": programs}, stdout=subprocess.PIPE
    ) as dvc:
        assert dvc.stdout is not None
        assert dvc.stdout.readline() == b"importing\n"
        dvc.kill()
        started = time.monotonic()
        assert dvc.communicate(timeout=30)[0] == b""  # the end of the pipe: the stage, which held it, is gone
        assert time.monotonic() - started < 3
    time.sleep(4)
    assert not (tmp_path / "late").exists()


def test_a_stage_whose_dvc_was_gone_before_python_started_ends(tmp_path: Path) -> None:
    (tmp_path / "work.py").write_text('import time\ntime.sleep(4)\nopen("late", "w").close()\n')
    command = [sys.executable, "-P", "-m", "itemvec.stages.start", "1", "work.py"]  # 1 is not its parent
    assert subprocess.run(command, cwd=tmp_path, env=environment(tmp_path), timeout=30).returncode == 1
    assert not (tmp_path / "late").exists()


@pytest.mark.parametrize("code", [BEFORE, WITHIN.replace("HOW", WAIT)])
def test_many_signals_at_once_give_one_line(tmp_path: Path, code: str) -> None:
    process = start(tmp_path, code)
    for _ in range(50):
        process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=30)[1] == "work: interrupted; nothing incomplete was kept\n"
    assert process.returncode == 130
    assert left(tmp_path) == []


def test_a_stage_starts_without_what_it_may_not_need() -> None:
    """All scripts, read by one process: libraries that take a second to import wait until something is computed."""
    scripts = sorted(map(str, (ROOT / "pipelines").glob("*.py")))
    code = "import runpy, sys; [runpy.run_path(script) for script in sys.argv[1:]]; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code, *scripts], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "itemvec.stages.tune" in loaded
    heavy = {"great_expectations", "lancedb", "matplotlib", "pandas", "ray", "scipy.optimize", "scipy.stats", "sklearn"}
    heavy |= {"sentence_transformers", "torch", "transformers"}
    assert loaded & heavy == set()
