"""dvc.yaml and the parameters: each stage names the code, the files and the parameters it reads, so no cache lies."""

import ast
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from dvc.utils.hydra import apply_overrides
from ruamel.yaml import YAML

from itemvec.core.params import Params
from tests.conftest import ROOT
from tests.sources import MODULES, closure, package_graph, package_of

# Packages that are cache keys file by file, and of them the files that can change a result (dvc.yaml says why).
BY_FILE = {
    "core": {f"itemvec.core.{name}" for name in ("sampling", "time_units", "top_k", "words")},
    "models": {"itemvec.models.cost"},
    "stages": {name for name in MODULES if name.startswith("itemvec.stages.")} - {"itemvec.stages.stage"},
}
STAGES: dict[str, Any] = YAML(typ="safe").load(ROOT / "dvc.yaml")["stages"]
TUNED = "_tuned"  # behind the name of a stage that runs on the variants of tuners; for the rest it is that of its name


def script_of(stage: str) -> str:
    return stage.removesuffix(TUNED)


def test_tuned_variants_are_measured_as_the_others() -> None:
    tuned = [name for name in STAGES if name.endswith(TUNED)]
    assert {script_of(name) for name in tuned} == {
        name for name in STAGES if "variant" in STAGES[name].get("matrix", {})
    } - {"reduce", *tuned}
    for name in tuned:
        ours, theirs = STAGES[name], STAGES[script_of(name)]
        assert ours["matrix"] == theirs["matrix"] | {"variant": "${tuners}"}
        assert {key: ours[key] for key in ours if key != "matrix"} == {
            key: theirs[key] for key in theirs if key != "matrix"
        }


def test_contributing_shows_what_an_edit_runs_again() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    for package in package_graph():
        place = f"src/itemvec/{package}"
        named = [name for name in STAGES if not name.endswith(TUNED)]
        stages = [name for name in named if any(dep.split(".py")[0].startswith(place) for dep in STAGES[name]["deps"])]
        whole = [name for name in named if place in STAGES[name]["deps"]]
        if package in BY_FILE:
            assert not whole
        else:
            assert stages == whole
            assert f"| `{package}` | {', '.join(f'`{name}`' for name in whole) or 'nothing'} |" in text


@pytest.mark.parametrize("name", sorted(STAGES))
def test_stage_depends_on_the_code_it_runs_and_no_other(name: str) -> None:
    script = f"pipelines/{script_of(name)}.py"
    needed = {script}
    for module in closure(ROOT / script):
        package = package_of(module)
        if package not in BY_FILE:
            needed.add(f"src/itemvec/{package}")
        elif module in BY_FILE[package]:
            needed.add(str(MODULES[module].relative_to(ROOT)))
    assert {dep for dep in STAGES[name]["deps"] if dep.startswith(("src/", "pipelines/"))} == needed


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
    tree = ast.parse((ROOT / "pipelines" / f"{script_of(name)}.py").read_text())
    read = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "params"
    }
    declared = {_path(param).split(".")[0] for param in STAGES[name].get("params", [])}
    assert read <= declared
    if any(isinstance(node, ast.Name) and node.id == "params" for node in ast.walk(_without_attributes(tree))):
        rows = {
            "datasets",
            "models",
            "reducers",
            "tunings",
            "systems",
        }  # of which DVC cannot name those that a list selects
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
    assert STAGES[name]["cmd"].split()[:2] == ["pipelines/run", script_of(name)]
    assert len((ROOT / "pipelines" / f"{script_of(name)}.py").read_text().splitlines()) <= 50


def test_every_script_is_a_stage() -> None:
    assert {path.stem for path in (ROOT / "pipelines").glob("*.py")} == {script_of(name) for name in STAGES}


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
    "name", ["variants", "tuners", "recommenders", "retrievers", "baselines", "rerankers", "recommend.metrics"]
)
def test_dvc_can_empty_a_list_of_params(name: str, tmp_path: Path) -> None:
    copy = tmp_path / "params.yaml"
    copy.write_text((ROOT / "params.yaml").read_text())
    apply_overrides(str(copy), [f"{name}=[]"])
    value = YAML(typ="safe").load(copy)
    for key in name.split("."):
        value = value[key]
    assert value == []
