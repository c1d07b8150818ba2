"""The rules of the layout, checked from source: packages, the arrows between them, files."""

import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.sources import MODULES, PACKAGE, imports, package_graph

# The packages from the top floor down, each with those that it may import. Nothing else is allowed.
FLOORS: list[dict[str, str]] = [
    {
        "commands": "judging stages report decision rerankers retrievers reducers encoders protocol models datasets "
        "store metrics core"
    },
    {
        "stages": "studies synthetic cluster recommenders tuners encoders rerankers retrievers reducers "
        "language_models protocol models datasets store metrics core"
    },
    {"studies": "recommenders reducers protocol metrics core", "judging": "report protocol datasets metrics core"},
    {
        "cluster": "encoders store core",
        "recommenders": "protocol core",
        "synthetic": "rerankers language_models core",
        "tuners": "encoders rerankers metrics core",
    },
    {
        "encoders": "models store core",
        "rerankers": "language_models models core",
        "retrievers": "language_models models store core",
        "reducers": "metrics core",
        "report": "decision metrics core",
    },
    {"language_models": "models core", "protocol": "store metrics core", "decision": "metrics core"},
    {"models": "core", "datasets": "clicks core", "store": "core", "metrics": "core"},
    {"clicks": "core"},
    {"core": ""},
]
ALLOWED = {name: set(arrows.split()) for floor in FLOORS for name, arrows in floor.items()}
SOURCES = sorted(path for folder in ("src", "pipelines", "tests") for path in (ROOT / folder).rglob("*.py"))


def test_packages_import_what_their_floor_allows_and_no_other() -> None:
    assert package_graph() == ALLOWED


def test_arrows_point_down() -> None:
    floors = {name: number for number, floor in enumerate(FLOORS) for name in floor}
    upward = {(name, one) for name, arrows in ALLOWED.items() for one in arrows if floors[one] <= floors[name]}
    assert upward == set()


def test_modules_import_each_other_in_no_circle() -> None:
    TopologicalSorter({name: imports(path) for name, path in MODULES.items()}).prepare()


def test_every_module_is_in_a_package() -> None:
    assert {path.name for path in PACKAGE.glob("*.py")} == {"__init__.py", "__main__.py"}


def test_contributing_shows_the_packages() -> None:
    lines = [f"{name:<15} {' '.join(arrows.split())}".rstrip() for floor in FLOORS for name, arrows in floor.items()]
    assert "\n".join(lines) in (ROOT / "CONTRIBUTING.md").read_text()


@pytest.mark.parametrize(
    ("library", "adapter"),
    [
        ("lancedb", "lance.py lancedb_index.py"),
        ("great_expectations", "expectations.py"),
        ("openpyxl", "excel.py"),
        ("orjson", "json_lines.py"),
        ("charset_normalizer", "text_encoding.py"),
        ("openvino", "openvino.py"),
        ("nncf", "openvino.py"),
        ("onnxruntime", "onnx.py"),
        ("httpx2", "server.py"),
        ("ray", "connection.py engine.py"),
        ("recbole", "recbole_training.py"),
        ("tqdm", "progress.py"),
    ],
)
def test_a_foreign_library_stays_in_its_adapter(library: str, adapter: str) -> None:
    importing = {
        path.name
        for path in PACKAGE.rglob("*.py")
        if re.search(rf"^\s*(import|from) {library}\b", path.read_text(), re.MULTILINE)
    }
    assert importing == set(adapter.split())


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_are_under_200_lines(path: Path) -> None:
    assert len(path.read_text().splitlines()) < 200
