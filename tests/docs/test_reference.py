"""The reference is what the code says, and says it of everything."""

import ast
import re
from dataclasses import dataclass
from typing import Any

import pytest
from click.testing import CliRunner

from docs.generator.commands import walk
from docs.generator.files import TABLES
from docs.generator.options import Option, options, prose
from docs.generator.pages import PAGES, REFERENCE
from docs.generator.parameters import PROTOCOLS, SECTIONS
from docs.generator.root import yaml
from docs.generator.table import table
from itemvec.commands.main import main
from itemvec.core.columns import MEANINGS
from itemvec.core.options import Share
from itemvec.core.params import Params
from itemvec.datasets.known_datasets import SOURCES
from itemvec.metrics import METRICS
from tests.conftest import ROOT
from tests.docs.commands import TARGETS, check
from tests.sources import MODULES

TEXTS = {name: make() for name, make in PAGES.items()}
KINDS = [(registry, kind) for _, _, registry in SECTIONS for kind in registry.kinds()]
CLASSES = [Params, *PROTOCOLS.values(), *(registry[kind] for registry, kind in KINDS)]
# A variable of the environment, as it stands in the code.
VARIABLE = re.compile(r"(ITEMVEC|DVC|RAY|HF|AWS|GX|LANCE|CUDA|OMP|NO)_[A-Z_]*[A-Z]")


@pytest.mark.parametrize("name", PAGES)
def test_the_page_in_git_is_the_one_the_code_makes(name: str) -> None:
    assert (REFERENCE / name).read_text(encoding="utf-8") == TEXTS[name], "run `make docs` and commit what it writes"


def test_there_is_no_page_that_the_code_does_not_make() -> None:
    assert {path.name for path in REFERENCE.iterdir()} == set(PAGES)


@pytest.mark.parametrize(
    ("page", "line"),
    [
        *(("params.md", f"### {kind}") for _, kind in KINDS),
        *(("params.md", f"| `{key}` |") for key in yaml("params.yaml")),
        *(("models.md", f"| `{name}` |") for name in yaml("models.yaml")),
        *(("datasets.md", f"| `{name}` |") for name in SOURCES),
        *(("cli.md", f"## {name}") for name, _ in walk("itemvec", main)),
        *(("stages.md", f"## {name}") for name in yaml("dvc.yaml")["stages"]),
        *(("metrics.md", f"## {name}@k") for name in METRICS),
        *(("make.md", f"| `make {name}` |") for name in sorted(TARGETS)),
        *(("files.md", f"| `{name}` |") for name in ("params.yaml", "models.yaml", "dvc.yaml", "data.dvc")),
        *(("files.md", f"### {path.name}") for path in (ROOT / "expectations").glob("*.json")),
    ],
)
def test_the_reference_names_it(page: str, line: str) -> None:
    assert any(one == line or (line.startswith("|") and one.startswith(line)) for one in TEXTS[page].splitlines())


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_every_kind_and_option_has_a_meaning(cls: type) -> None:
    assert prose(cls)
    silent = [one.name for one in options(cls) if not one.meaning]
    assert not silent, f"say in the docstring of {cls.__name__} what {silent} means, as a definition below its name"


def test_every_column_has_a_meaning() -> None:
    found = {field.name for _, schema in TABLES.values() for field in schema}
    assert found - MEANINGS.keys() == set(), "add them to MEANINGS in core/columns.py"


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_has_a_formula(name: str) -> None:
    assert re.search(rf"^    {name}@k += ", TEXTS["metrics.md"], re.MULTILINE)


def test_every_stage_says_what_it_does() -> None:
    assert all(stage.get("desc") for stage in yaml("dvc.yaml")["stages"].values())


@pytest.mark.parametrize("name", [name for name, _ in walk("itemvec", main)])
def test_help_ends_in_an_example_that_parses(name: str, tmp_path: Any) -> None:
    printed = CliRunner().invoke(main, [*name.split()[1:], "--help"], terminal_width=200)
    example = re.search(r"^ +Example: (.+)$", printed.output, re.MULTILINE)
    assert example, f"add an example to the docstring of {name}"
    assert example[1].startswith(name)
    check(example[1], {}, tmp_path)


def test_every_variable_of_the_environment_is_explained() -> None:
    read = set()
    for path in MODULES.values():
        constants = (node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant))
        read |= {one for one in constants if isinstance(one, str) and VARIABLE.fullmatch(one)}
    assert {"ITEMVEC_CACHE", "RAY_ADDRESS", "CUDA_VISIBLE_DEVICES"} <= read
    assert {name for name in read if f"`{name}`" not in TEXTS["env.md"]} == set()


def test_options_are_read_from_fields_and_docstring() -> None:
    @dataclass
    class Base:
        """First.

        near, far
            Two
            lines.
        """

        near: int
        far: Share | None = None

    @dataclass
    class Kind(Base):
        """Sentence with ``code``.

        far
            Its own.
        """

        mode: str = "a"

    assert prose(Kind) == "Sentence with `code`."
    # The classes of this test are local, so their annotations must be types, not words.
    assert options(Kind) == [
        Option("`near`", "whole number", "required", "Two lines."),
        Option("`far`", "number above 0 and up to 1, or null", "`null`", "Its own."),
        Option("`mode`", "text", "`a`", ""),
    ]


def test_a_bar_does_not_end_a_cell() -> None:
    assert table(["a"], [["x|y\nz"]]) == "| a |\n| --- |\n| x\\|y z |"
