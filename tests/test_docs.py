"""What the documents promise is there."""

import re
import subprocess

import pytest
from ruamel.yaml import YAML

from docs.generator.best_results import best_results
from itemvec.commands.main import main
from itemvec.datasets import DATASETS
from itemvec.encoders import ENCODERS
from itemvec.metrics import METRICS
from itemvec.recommenders import RECOMMENDERS
from itemvec.reducers import REDUCERS
from itemvec.rerankers import RERANKERS
from itemvec.retrievers import RETRIEVERS
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text()
REGISTRIES = (DATASETS, ENCODERS, REDUCERS, RECOMMENDERS, RETRIEVERS, RERANKERS)
STAGES = YAML(typ="safe").load(ROOT / "dvc.yaml")["stages"]
TARGETS = re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize(
    "name",
    [
        *(kind for registry in REGISTRIES for kind in registry.kinds()),
        *STAGES,
        *(f"{metric}@k" for metric in METRICS),
        *(f"itemvec {command}" for command in main.commands),
        *(f"make {target}" for target in TARGETS if target not in ("repro", "test", "help")),
        "make help",
    ],
)
def test_the_readme_names_it(name: str) -> None:
    assert f"`{name}`" in README


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


def test_every_example_of_a_model_is_one_the_registry_takes() -> None:
    blocks = [YAML(typ="safe").load(block) for block in re.findall(r"^```yaml\n(.*?)^```", README, re.M | re.S)]
    rows = {name: row for block in blocks for name, row in block.items()}
    assert set(rows) == {"mine", "local"}
    for name, row in rows.items():
        assert ENCODERS.build(name, row).dim == row["dim"]


@pytest.mark.parametrize(
    "pattern", [r"/(ho[m]e|ro[o]t|wo[r]k|op[t]|Use[r]s)/", r"^(<{7}|>{7}|={7})( |$)"], ids=["machine", "open merge"]
)
def test_nothing_is_left_that_is_not_ours(pattern: str) -> None:
    found = subprocess.run(["git", "grep", "-nIE", pattern], cwd=ROOT, capture_output=True, text=True)
    assert found.stdout == ""
