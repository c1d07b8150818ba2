"""The check of a GPU runs through on a processor, in miniature; what fails or takes too long is named."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

BENCHMARKS = ROOT / "benchmarks"


@pytest.fixture
def gpu_check(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import gpu_check

    return gpu_check


@pytest.mark.weights
def test_the_miniature_runs_every_part_on_a_processor(tmp_path: Path, gpu_check: Any) -> None:
    out = tmp_path / "found.json"
    command = [sys.executable, str(BENCHMARKS / "gpu_check.py"), "--miniature", "--device", "cpu", "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True)
    found = json.loads(out.read_text())
    assert [(one["part"], one["state"], one["said"]) for one in found["parts"]] == [
        (name, "done", "") for name, part in gpu_check.PARTS.items() if part.mini
    ]
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("cpu: 9 of 9 parts done") == 1
    by_part = {one["part"]: one["found"] for one in found["parts"]}
    assert by_part["encoder: out of memory"]["tokens of a batch"].startswith("2,048 to ")
    assert {"tokens/s", "of matmul", "ratio"} < by_part["embed tiny"].keys()


def test_every_part_has_its_seconds_within_eight_minutes(gpu_check: Any) -> None:
    assert sum(part.seconds for part in gpu_check.PARTS.values() if part.whole) <= gpu_check.SECONDS == 8 * 60


def test_a_part_that_takes_too_long_is_cut_off_and_named(
    gpu_check: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(gpu_check, "STARTED", ())
    cut = gpu_check.run("exact search", "cpu", True, 0.01)
    assert (cut.state, cut.said) == ("CUT OFF", "it did not end within 0.01 s")
    gpu_check.show([cut], "cpu")
    assert capsys.readouterr().out.startswith("cpu: 0 of 1 parts done; not done:\n  exact search (cut off: it did not")


def test_a_part_that_fails_says_why(gpu_check: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def other(*_: object) -> dict[str, str]:
        raise AssertionError("other items at 3 of 50 ranks")

    for name in ("ITEMVEC_DEVICE", "ITEMVEC_CACHE"):
        monkeypatch.setenv(name, "cpu")  # so that they are put back
    monkeypatch.setitem(gpu_check.PARTS, "search", gpu_check.Budgeted(other, 1))
    gpu_check.child("search", "cpu", True, str(tmp_path / "found.json"))
    said = json.loads((tmp_path / "found.json").read_text())
    assert said == {"error": "AssertionError: other items at 3 of 50 ranks"}


def test_what_there_is_no_time_for_is_named(
    gpu_check: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(gpu_check, "_device", lambda _: ("cpu", "cpu"))
    with pytest.raises(SystemExit, match="True"):
        gpu_check.main(["--miniature", "--seconds", "9", "--out", str(tmp_path / "out.json")], standalone_mode=False)
    assert [one["state"] for one in json.loads((tmp_path / "out.json").read_text())["parts"]] == ["LEFT OUT"] * 9
    assert "search (left out: 9 s were left of 9)" in capsys.readouterr().out
