"""The page of ``params.yaml``: its keys, then every kind of every table with its options."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from typing import Any, get_type_hints

from docs.generator.options import options, prose
from docs.generator.root import yaml
from docs.generator.table import page, table
from itemvec.core.params import Params
from itemvec.core.registry import Registry
from itemvec.datasets import DATASETS
from itemvec.encoders import ENCODERS
from itemvec.protocol.splits import SPLITS
from itemvec.recommenders import RECOMMENDERS
from itemvec.reducers import REDUCERS
from itemvec.rerankers import RERANKERS
from itemvec.retrievers import RETRIEVERS
from itemvec.tuners import TUNERS

PROTOCOLS = {key: hint for key, hint in get_type_hints(Params).items() if isinstance(hint, type) and is_dataclass(hint)}
SECTIONS: list[tuple[str, str, Registry[Any]]] = [
    ("Kinds of data sets", "Rows of `datasets`: what the files in `data/` are.", DATASETS),
    ("Kinds of encoders", "Rows of `models.yaml`: what turns a text into a vector.", ENCODERS),
    ("Kinds of reducers", "Rows of `reducers`: what makes vectors smaller. All are fitted on the items.", REDUCERS),
    ("Kinds of tuners", "Rows of `tunings`, named in `tuners`: what learns from judgments or histories.", TUNERS),
    ("Kinds of recommenders", "Rows of `systems`, named in `recommenders` or `baselines`.", RECOMMENDERS),
    ("Kinds of retrievers", "Rows of `systems`, named in `retrievers` or `baselines`.", RETRIEVERS),
    ("Kinds of rerankers", "Rows of `systems`, named in `rerankers`.", RERANKERS),
    ("Kinds of splits", "Values of `recommend.split`: a kind alone, or a row with its kind and options.", SPLITS),
]
LEAD = """`params.yaml` says what is compared and how it is measured. `dvc exp run -S KEY=VALUE` changes a key for one
run, as in `dvc exp run -S model=lsa -S recommend.depth=50`; `++` in front of the key adds one that is not there, as in
`-S '++systems.sasrec.dropout=0.5'`. An unknown key, kind or option is an error that names the nearest known one."""
HEAD = ("option", "type", "default", "meaning")


def parameters() -> str:
    """The whole page."""
    params = yaml("params.yaml") | {"models": yaml("models.yaml")}
    keys = [[one.name, _now(params, one.name.strip("`")), one.meaning] for one in options(Params)]
    parts = ["## Keys", table(("key", "now", "meaning"), keys)]
    for key, protocol in PROTOCOLS.items():
        parts += [f"### {key}", prose(protocol), _options(protocol)]
    for title, lead, registry in SECTIONS:
        parts += [f"## {title}", lead]
        for kind in registry.kinds():
            parts += _kind(registry, kind, params)
    return page("params.yaml", LEAD, *parts)


def _now(params: dict[str, Any], key: str) -> str:
    value = params[key]
    if key in PROTOCOLS:
        return f"[options](#{key})"
    if isinstance(value, dict):
        return f"{len(value)} rows"
    return ", ".join(f"`{one}`" for one in (value if isinstance(value, list) else [value])) or "none"


def _kind(registry: Registry[Any], kind: str, params: dict[str, Any]) -> list[str]:
    cls = registry[kind]
    example = _example(registry, kind, params)
    return [f"### {kind}", prose(cls), *([f"Example: {example}"] if example else []), _options(cls)]


def _example(registry: Registry[Any], kind: str, params: dict[str, Any]) -> str:
    """The shortest row of this kind that the parameters have, as one line of YAML."""
    if registry is SPLITS:
        return f"`{{kind: {kind}, max_history: 50}}`"
    tables = {DATASETS: "datasets", ENCODERS: "models", REDUCERS: "reducers", TUNERS: "tunings"}
    table = tables.get(registry, "systems")
    names = {field.name for field in fields(registry[kind])} | {"kind"}  # `recbole` is a data set and a recommender
    found = [(name, row) for name, row in params[table].items() if row["kind"] == kind and row.keys() <= names]
    return min((f"`{name}: {_flow(row)}`" for name, row in found), key=len, default="")


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    plain = isinstance(value, str) and value and not set(value) & set(":{}[],'\"#&*!|>%@`\n") and value.strip() == value
    return str(value) if plain else json.dumps(value, ensure_ascii=False)


def _options(cls: type) -> str:
    found = options(cls)
    return table(HEAD, [[one.name, one.type, one.default, one.meaning] for one in found]) if found else "No options."
