"""The examples in the documents work: rows that a registry builds, commands that print what is shown."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from ruamel.yaml import YAML

from itemvec.datasets import DATASETS
from itemvec.encoders import ENCODERS
from itemvec.recommenders import RECOMMENDERS
from itemvec.reducers import REDUCERS
from itemvec.rerankers import RERANKERS
from itemvec.retrievers import RETRIEVERS
from tests.conftest import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
ROW = re.compile(r"^( *)<!-- row: (\w+) -->\n\1```yaml\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
RUN = re.compile(r"^<!-- run -->\n```sh\n(.*?)^```\n\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
Build = Callable[[str, Mapping[str, Any]], object]


def build_system(name: str, row: Mapping[str, Any]) -> object:
    for registry in (RECOMMENDERS, RETRIEVERS, RERANKERS):
        if row["kind"] in registry.kinds():
            return registry.build(name, dict(row))
    raise AssertionError(f"{name}: no system is of kind {row['kind']!r}")


BUILDERS: dict[str, Build] = {
    "datasets": lambda name, row: DATASETS.build(name, dict(row)),
    "models": lambda name, row: ENCODERS.build(name, dict(row)),
    "reducers": lambda name, row: REDUCERS.build(name, dict(row)),
    "systems": build_system,
}


def rows() -> Iterator[Any]:
    for page in PAGES:
        for found in ROW.finditer(page.read_text(encoding="utf-8")):
            table, block = found[2], dedent(found[3])
            for name, row in YAML(typ="safe").load(block).items():
                yield pytest.param(table, name, row, id=f"{page.stem}-{table}-{name}")


@pytest.mark.parametrize(("table", "name", "row"), list(rows()))
def test_a_row_that_is_shown_can_be_built(table: str, name: str, row: dict[str, Any]) -> None:
    assert BUILDERS[table](name, row)


def test_every_row_that_is_shown_is_found() -> None:
    marks = sum(page.read_text(encoding="utf-8").count("<!-- row: ") for page in PAGES)
    assert marks == sum(len(ROW.findall(page.read_text(encoding="utf-8"))) for page in PAGES) > 0


def test_the_tutorial_prints_what_it_shows(tmp_path: Path) -> None:
    """One command after another, in a folder with the parameters and metrics of the last run."""
    for name in ("params.yaml", "models.yaml"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "results", tmp_path / "results")
    blocks = RUN.findall((ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8"))
    assert len(blocks) == 4
    for command, shown in blocks:
        ours = command.replace("itemvec ", f"{sys.executable} -m itemvec ", 1)
        printed = subprocess.run(ours, shell=True, cwd=tmp_path, capture_output=True, text=True, check=True)
        assert printed.stdout.strip() == shown.strip()
