"""A name for everything that decides an encoder's vectors, so that a cached one is never stale."""

import ast
import hashlib
import importlib
import inspect
import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from itemvec.encoders.base import Encoder, Role

OTHER = {"item": "query_", "query": "item_"}  # options that start so do not touch this role


def fingerprint(encoder: Encoder, role: Role, identity: Mapping[str, Any]) -> str:
    """Hash, 40 hexadecimal digits, of kind, code, options, ``encoder.identity(corpus)`` and role.

    Options that start with ``query_`` count for queries alone, those that start with ``item_`` for items alone, and
    those that are ``aside``, which say how a server is asked and never what, not at all.
    """
    options: Mapping[str, Any] = asdict(encoder)  # type: ignore[call-overload]  # every kind is a dataclass
    aside = {one.name for one in fields(encoder) if "aside" in one.metadata}  # type: ignore[arg-type]
    parts = {
        "kind": type(encoder).__qualname__,
        "code": _code(type(encoder)),
        "options": {
            name: value for name, value in options.items() if not name.startswith(OTHER[role]) and name not in aside
        },
        "identity": dict(identity),
        "role": role,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:40]


def _code(kind: type) -> str:
    """Hash of the module that defines ``kind`` and all it imports beside itself, without remarks and layout."""
    found: dict[str, str] = {}
    waiting = [kind.__module__]
    while waiting:
        name = waiting.pop()
        if name not in found:
            tree = ast.parse(inspect.getsource(importlib.import_module(name)))
            waiting += _neighbours(tree)
            found[name] = ast.dump(_without_docstrings(tree))
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()


def _neighbours(tree: ast.AST) -> list[str]:
    """Modules of this package that ``tree`` imports names from."""
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return [node.module for node in imports if node.module and node.module.startswith(f"{__package__}.")]


def _without_docstrings(tree: ast.AST) -> ast.AST:
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    return tree
