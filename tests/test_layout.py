"""The rules of the layout, checked from source: imports point one way, the cache never lies."""

import ast
import re
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from dvc.utils.hydra import apply_overrides
from ruamel.yaml import YAML

from itemvec.params import Params
from tests.conftest import ROOT

PACKAGE = ROOT / "src" / "itemvec"
PLAIN = {
    "arrays",
    "checkpoint",
    "columns",
    "errors",
    "files",
    "machine",
    "options",
    "params",
    "posting",
    "registry",
    "stage",
}
# Of the foundation, those that can change a result.
FOUNDATION = PLAIN | {"attribution", "flips", "histories", "store", "topk"}
COMPONENTS = {"datasets", "encoders", "metrics", "recommenders", "reducers", "rerankers", "retrievers"}
STAGES: dict[str, Any] = YAML(typ="safe").load(ROOT / "dvc.yaml")["stages"]
SOURCES = sorted(path for folder in ("src", "pipelines", "tests") for path in (ROOT / folder).rglob("*.py"))


def imports(path: Path) -> set[str]:
    """First-level modules of the package that a file imports, at its top or inside a function."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("itemvec."):
            names.add(node.module.split(".")[1])
    return names


def files(module: str) -> list[Path]:
    folder = PACKAGE / module
    return sorted(folder.glob("*.py")) if folder.is_dir() else [PACKAGE / f"{module}.py"]


@cache
def closure(module: str) -> frozenset[str]:
    """A module and all it imports, directly or not."""
    found, waiting = set(), [module]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += [name for path in files(one) for name in imports(path)]
    return frozenset(found)


@pytest.mark.parametrize("module", sorted(FOUNDATION))
def test_foundation_imports_only_foundation(module: str) -> None:
    assert closure(module) <= FOUNDATION


@pytest.mark.parametrize("module", sorted(COMPONENTS))
def test_components_do_not_import_each_other(module: str) -> None:
    assert closure(module) <= FOUNDATION | {module}


def test_nothing_imports_the_command_line() -> None:
    importing = {path.name for path in PACKAGE.rglob("*.py") if "cli" in imports(path)}
    assert importing == {"__main__.py"}


@pytest.mark.parametrize(
    ("library", "adapter"),
    [
        ("lancedb", "lance.py served.py"),
        ("great_expectations", "expectations.py"),
        ("openvino", "openvino.py"),
        ("nncf", "openvino.py"),
        ("onnxruntime", "onnx.py"),
        ("httpx2", "posting.py"),
        ("ray", "cluster.py"),
        ("recbole", "recbole_training.py"),
    ],
)
def test_a_foreign_library_stays_in_its_adapter(library: str, adapter: str) -> None:
    importing = {
        path.name
        for path in PACKAGE.rglob("*.py")
        if re.search(rf"^\s*(import|from) {library}\b", path.read_text(), re.MULTILINE)
    }
    assert importing == set(adapter.split())


@pytest.mark.parametrize("name", sorted(STAGES))
def test_stage_depends_on_the_code_it_runs_and_no_other(name: str) -> None:
    script = f"pipelines/{name}.py"
    needed = set().union(*(closure(module) for module in imports(ROOT / script))) - PLAIN
    code = {module if (PACKAGE / module).is_dir() else f"{module}.py" for module in needed}
    declared = {dep for dep in STAGES[name]["deps"] if dep.startswith(("src/", "pipelines/"))}
    assert declared == {f"src/itemvec/{one}" for one in code} | {script}


@pytest.mark.parametrize("name", sorted(STAGES))
def test_stage_depends_on_the_files_it_is_given(name: str) -> None:
    stage = STAGES[name]
    made = {path for kind in ("outs", "metrics", "plots") for path in map(_path, stage.get(kind, []))}
    given = {word for word in stage["cmd"].split()[2:] if "/" in word and word not in made}
    for path in given:
        inside = [dep for dep in stage["deps"] if dep == path or dep.startswith(f"{path}/")]
        beside = [out for out in made if out.startswith(f"{path}/")]
        assert inside or beside, f"{name} reads {path}, which is not among its deps"


def _path(out: Any) -> str:
    return next(iter(out)) if isinstance(out, dict) else str(out)


@pytest.mark.parametrize("name", sorted(STAGES))
def test_stage_declares_the_params_it_reads(name: str) -> None:
    tree = ast.parse((ROOT / "pipelines" / f"{name}.py").read_text())
    read = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "params"
    }
    declared = {_path(param).split(".")[0] for param in STAGES[name].get("params", [])}
    assert read <= declared
    if any(isinstance(node, ast.Name) and node.id == "params" for node in ast.walk(_without_attributes(tree))):
        rows = {"datasets", "models", "reducers", "systems"}  # of which DVC cannot name those that a list selects
        assert {field.name for field in fields(Params)} - rows <= declared | {"seed"}


def _without_attributes(tree: ast.AST) -> ast.AST:
    """The tree in which ``params.x`` is gone, so that a bare ``params`` handed on remains."""

    class Remove(ast.NodeTransformer):
        def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
            return ast.Constant(0) if isinstance(node.value, ast.Name) else self.generic_visit(node)

        def visit_arguments(self, node: ast.arguments) -> ast.AST:
            return ast.arguments([], [], None, [], [], None, [])

    return Remove().visit(tree)  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", sorted(STAGES))
def test_stage_is_one_short_script_of_the_same_name(name: str) -> None:
    assert STAGES[name]["cmd"].split()[:2] == ["pipelines/run", name]
    assert len((ROOT / "pipelines" / f"{name}.py").read_text().splitlines()) <= 50


def test_every_script_is_a_stage() -> None:
    assert {path.stem for path in (ROOT / "pipelines").glob("*.py")} == set(STAGES)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_are_under_200_lines(path: Path) -> None:
    assert len(path.read_text().splitlines()) < 200


@pytest.mark.parametrize(
    ("name", "changes"),
    [("params.yaml", ["model=lsa", "model=minilm"]), ("models.yaml", ["lsa.dim=64", "lsa.dim=256"])],
)
def test_dvc_leaves_params_as_they_are_written(tmp_path: Path, name: str, changes: list[str]) -> None:
    """`dvc exp run -S` writes the file anew; there and back again nothing may differ."""
    copy = tmp_path / name
    copy.write_text((ROOT / name).read_text())
    for change in changes:
        apply_overrides(str(copy), [change])
    assert copy.read_text() == (ROOT / name).read_text()


@pytest.mark.parametrize(
    "name", ["variants", "recommenders", "retrievers", "baselines", "rerankers", "recommend.metrics"]
)
def test_dvc_can_empty_a_list_of_params(name: str, tmp_path: Path) -> None:
    copy = tmp_path / "params.yaml"
    copy.write_text((ROOT / "params.yaml").read_text())
    apply_overrides(str(copy), [f"{name}=[]"])
    value = YAML(typ="safe").load(copy)
    for key in name.split("."):
        value = value[key]
    assert value == []
