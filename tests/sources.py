"""What the sources import, read without running them; the tests of the layout and of the documents ask it."""

import ast
from functools import cache
from pathlib import Path

from tests.conftest import ROOT

SOURCE = ROOT / "src"
PACKAGE = SOURCE / "itemvec"


def name_of(path: Path) -> str:
    """The dotted name of a module: ``itemvec.core.files``; of ``__init__.py``, that of its package."""
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


MODULES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


@cache
def imports(path: Path) -> frozenset[str]:
    """Modules of itemvec that a file imports, at its top or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "itemvec":
            whole = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= whole & MODULES.keys()
            if whole - MODULES.keys():
                found.add(str(node.module))
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names} & MODULES.keys()
    return frozenset(found)


def closure(path: Path) -> set[str]:
    """All modules that are imported with a file, directly or not, their packages included."""
    found: set[str] = set()
    waiting = list(imports(path))
    while waiting:
        module = waiting.pop()
        if module not in found and module != "itemvec":
            found.add(module)
            waiting += [module.rpartition(".")[0], *imports(MODULES[module])]
    return found


def package_of(module: str) -> str:
    """``core`` of ``itemvec.core.files``."""
    return module.split(".")[1]


def package_graph() -> dict[str, set[str]]:
    """For each package, the other packages that its modules import."""
    graph: dict[str, set[str]] = {}
    for module, path in MODULES.items():
        if module.count(".") and package_of(module) != "__main__":
            arrows = {package_of(one) for one in imports(path) if one != "itemvec"}
            graph[package_of(module)] = graph.get(package_of(module), set()) | arrows - {package_of(module)}
    return graph
