"""What the README promises is there. The other pages are held to it by tests/docs."""

import re
import subprocess

import pytest

from docs.generator.best_results import best_results
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text()
TARGETS = re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_the_two_commands_come_first() -> None:
    assert "make repro" in README
    assert "make test" in README
    assert {"repro", "test"} <= set(TARGETS)


def test_the_readme_shows_the_last_run() -> None:
    """After a run that moved a metric, `make docs-results` writes the table anew."""
    shown = re.search(r"<!-- results -->\n(.*)\n<!-- /results -->", README, re.DOTALL)
    assert shown is not None
    assert shown[1].strip() == best_results(ROOT)
    assert len(shown[1].strip().splitlines()) - 2 <= 8


def test_files_the_readme_maps_exist() -> None:
    block = README.split("## Map")[1].split("```")[1]
    for line in block.strip().splitlines():
        path = line.split()[0].rstrip(",")
        inside = ROOT / "src" / "itemvec" if line.startswith("  ") else ROOT
        assert any(inside.glob(path.rstrip("/"))), path


def test_pins_carry_their_reason() -> None:
    pins = re.findall(r'^  "[\w.-]+==.*$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert len(pins) >= 3
    assert all("#" in pin for pin in pins)


@pytest.mark.parametrize(
    "pattern", [r"/(ho[m]e|ro[o]t|wo[r]k|op[t]|Use[r]s)/", r"^(<{7}|>{7}|={7})( |$)"], ids=["machine", "open merge"]
)
def test_nothing_is_left_that_is_not_ours(pattern: str) -> None:
    found = subprocess.run(["git", "grep", "-nIE", pattern], cwd=ROOT, capture_output=True, text=True)
    assert found.stdout == ""
