"""The parameters: ``params.yaml`` and ``models.yaml``, checked and read into one frozen object."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from itemvec.core.errors import ParamsError
from itemvec.core.options import Seed
from itemvec.core.protocols import (
    DecideProtocol,
    RecommendProtocol,
    RerankProtocol,
    Row,
    SearchProtocol,
    TuneProtocol,
)
from itemvec.core.registry import checked, suggest
from itemvec.core.yaml_text import read_yaml

__all__ = [
    "MODELS",
    "DecideProtocol",
    "Params",
    "RecommendProtocol",
    "RerankProtocol",
    "Row",
    "SearchProtocol",
    "TuneProtocol",
    "no_row",
]

Table = dict[str, Row]

FILE = "params.yaml"
MODELS = "models.yaml"  # a file of its own: it has many rows, and DVC rewrites params.yaml
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
# Selector -> the table whose rows it names.
SELECTORS = {
    "dataset": "datasets",
    "model": "models",
    "variants": "reducers",
    "tuners": "tunings",
    "recommenders": "systems",
    "retrievers": "systems",
    "baselines": "systems",
    "rerankers": "systems",
}


@dataclass(frozen=True)
class Params:
    """All parameters of a run: everything it depends on besides code and data.

    The singular keys select a row of the plural table beside them, so ``dvc exp run -S model=lsa`` runs the ``lsa`` row
    of ``models``; the lists select several rows.

    Parameters
    ----------
    seed
        Seed of everything that is random.
    dataset
        The row of ``datasets`` to use; its files lie in ``data/<dataset>``.
    model
        The row of ``models.yaml`` that encodes the texts.
    variants
        Rows of ``reducers``: the vectors that are compared. Differences are taken against the first.
    tuners
        Rows of ``tunings``: vectors, or models, that learn from judged queries or histories. Each makes a variant of
        its name.
    recommenders
        Rows of ``systems`` that recommend from every variant.
    retrievers
        Rows of ``systems`` that search every variant.
    baselines
        Rows of ``systems`` that need no vectors, to recommend or to search.
    rerankers
        Rows of ``systems`` that reorder the first items of one run.
    recommend
        How recommendation is measured.
    search
        How search is measured.
    rerank
        What the rerankers reorder.
    tune
        How the tuners are tried.
    decide
        How the verdict is reached.
    datasets
        Data sets, by name.
    models
        Encoders, by name. They are the file ``models.yaml``, beside ``params.yaml``.
    reducers
        Reducers, by name.
    tunings
        Tuners, by name.
    systems
        Recommenders, retrievers and rerankers, by name.
    """

    seed: Seed
    dataset: str
    model: str
    variants: list[str]
    tuners: list[str]
    recommenders: list[str]
    retrievers: list[str]
    baselines: list[str]
    rerankers: list[str]
    recommend: RecommendProtocol
    search: SearchProtocol
    rerank: RerankProtocol
    tune: TuneProtocol
    decide: DecideProtocol
    datasets: Table
    models: Table
    reducers: Table
    tunings: Table
    systems: Table

    @classmethod
    def load(cls, path: Path) -> Params:
        """Read and check ``path`` and the ``models.yaml`` beside it; every selector must name an existing row.

        Raises
        ------
        ParamsError
            The file is not YAML; a key is unknown, missing or of the wrong type; a selector names no row.
        """
        raw = _read(path)
        if "models" in raw:
            raise ParamsError(f"{path}: rows of models lie in {MODELS}, beside it; move them there")
        raw["models"] = _read(path.with_name(MODELS))
        _check_rows(str(path.with_name(MODELS)), raw["models"])
        for table in ("datasets", "reducers", "tunings", "systems"):
            _check_rows(f"{path}: {table}", raw.get(table))
        protocols = {
            "recommend": RecommendProtocol,
            "search": SearchProtocol,
            "rerank": RerankProtocol,
            "tune": TuneProtocol,
            "decide": DecideProtocol,
        }
        for key, protocol in protocols.items():
            if isinstance(raw.get(key), dict):
                raw[key] = checked(protocol, raw[key], f"{path}: {key}")
        params: Params = checked(cls, raw, str(path))
        for selector, table in SELECTORS.items():
            chosen = getattr(params, selector)
            _check_names(f"{path}: {selector}", [chosen] if isinstance(chosen, str) else chosen, table, params)
        if not params.variants:
            raise ParamsError(f"{path}: variants: name at least one row of reducers")
        for name in sorted({*params.tuners} & {*params.reducers}):  # their vectors would lie in one place
            raise ParamsError(f"{path}: tuners: {name!r} is also a row of reducers; rename one of them")
        return params

    @property
    def all_variants(self) -> list[str]:
        """What systems run on: the rows of ``variants``, then those of ``tuners``."""
        return [*self.variants, *self.tuners]


def no_row(table: str, name: str, rows: Iterable[str]) -> ParamsError:
    """The error that a table has no row ``name``, with the nearest of ``rows``, or the file that lists them."""
    return ParamsError(f"{table} has no row {name!r}{suggest(name, rows, MODELS if table == 'models' else FILE)}")


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ParamsError(f"{path}: {error.strerror}; run this in the root of the repository") from None
    except UnicodeDecodeError as error:
        raise ParamsError(f"{path}: not valid YAML: {error}; save it as UTF-8") from None
    return read_yaml(text, str(path))


def _check_rows(where: str, table: Any) -> None:
    for name, row in table.items() if isinstance(table, dict) else ():
        if not isinstance(row, dict):
            raise ParamsError(f"{where}: row {name!r} is {row!r}; write its options, as {{kind: ...}}")


def _check_names(where: str, names: list[str], table: str, params: Params) -> None:
    rows = getattr(params, table)
    for name in names:
        if name not in rows:
            raise ParamsError(f"{where}: {no_row(table, name, rows).message}")
        if not NAME.fullmatch(name):  # it becomes part of a path, and DVC takes a dot for nesting
            raise ParamsError(f"{where}: name {name!r} may hold letters, digits, '_' and '-' alone; rename the row")
    if len(set(names)) < len(names):
        raise ParamsError(f"{where}: a row is named twice in {', '.join(names)}; name it once")
