"""The fingerprint of an encoder: a hash of everything that can change its vectors. It names its cache table."""

import ast
import hashlib
import importlib
import inspect
import json
from collections.abc import Mapping
from dataclasses import fields
from importlib.util import find_spec
from typing import Any

from itemvec.encoders.base import Encoder, Role
from itemvec.store import LAYOUT

BELOW = ("itemvec.core.words",)  # modules of lower floors that decide vectors
OTHER = {"item": "query_", "query": "item_"}  # options that start so do not touch this role


def fingerprint(encoder: Encoder, role: Role, identity: Mapping[str, Any]) -> str:
    """Hash, 40 hexadecimal digits, of kind, code, options, ``encoder.identity(corpus)``, role and layout of the cache.

    Options that start with ``query_`` count for queries only, those that start with ``item_`` for items only, unless
    the identity holds them too. Options declared ``aside`` cannot change a vector and do not count.
    """
    known = fields(encoder)  # type: ignore[arg-type]  # every kind is a dataclass
    options = {one.name: getattr(encoder, one.name) for one in known if "aside" not in one.metadata}
    parts = {
        "kind": type(encoder).__qualname__,
        "code": _code(type(encoder)),
        "options": {name: value for name, value in options.items() if not name.startswith(OTHER[role])},
        "identity": dict(identity),
        "role": role,
        "layout": LAYOUT,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:40]


def encoder_id(encoder: Encoder, identity: Mapping[str, Any]) -> str:
    """Hash, 16 hexadecimal digits, of kind, options and identity: of what a row names, whatever our code."""
    known = fields(encoder)  # type: ignore[arg-type]  # every kind is a dataclass
    options = {one.name: getattr(encoder, one.name) for one in known}
    parts = {"kind": type(encoder).__qualname__, "options": options, "identity": dict(identity)}
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def _code(kind: type) -> str:
    """Hash of the module that defines ``kind`` and what it imports of encoders and ``BELOW``, without remarks."""
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
    """Modules of this package and of ``BELOW`` that ``tree`` imports, or imports names from."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == __package__:
            found += [name for name in (f"{node.module}.{alias.name}" for alias in node.names) if find_spec(name)]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith((f"{__package__}.", *BELOW)):
            found.append(str(node.module))
    return found


def _without_docstrings(tree: ast.AST) -> ast.AST:
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    return tree
