"""The parameters: ``params.yaml`` and ``models.yaml``, checked and read into one frozen object."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from itemvec.core.errors import ParamsError
from itemvec.core.options import NaturalFloat, OpenShare, Positive, Seed
from itemvec.core.registry import checked, suggest

Row = dict[str, Any]
Table = dict[str, Row]

MODELS = "models.yaml"  # a file of its own: it has many rows, and DVC rewrites params.yaml
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
# Selector -> the table whose rows it names.
SELECTORS = {
    "dataset": "datasets",
    "model": "models",
    "variants": "reducers",
    "recommenders": "systems",
    "retrievers": "systems",
    "baselines": "systems",
    "rerankers": "systems",
}


@dataclass(frozen=True)
class RecommendProtocol:
    """How recommendation is measured.

    ``split`` is a kind of split, or a row with its kind and options. ``mask_history`` keeps the items of a case's
    history out of the ranking. The first of ``metrics`` decides comparisons. Training that is random is repeated with
    ``seeds`` seeds.
    """

    split: str | Row
    mask_history: bool
    depth: Positive
    seeds: Positive
    metrics: list[str]


@dataclass(frozen=True)
class SearchProtocol:
    """How search is measured; the first of ``metrics`` decides comparisons.

    split
        ``given``: the column ``split`` says whether a query is for training, validation or test; without that column,
        all are test queries. ``{validation: 0.2}`` takes that share of the test queries for tuning.
    judge
        ``query``: one case per query, with all its relevant items. ``pair``: one case per pair of query and relevant
        item, to which the query's other items are not relevant (as in arXiv 2507.05006).
    least_gain
        Least gain of a relevant item for binary metrics, like the level of trec_eval; 0 for any gain above zero.
        Queries without such an item are left out.
    unjudged
        ``irrelevant``: an item that is not judged for a query counts as not relevant. ``skipped``: it is removed from
        the ranking, and the items below move up (condensed lists: Sakai, SIGIR 2007). Raise ``depth`` then, since
        nothing moves up from below it.
    """

    depth: Positive
    metrics: list[str]
    split: Literal["given"] | dict[Literal["validation"], OpenShare] = "given"
    judge: Literal["query", "pair"] = "query"
    least_gain: NaturalFloat = 0.0
    unjudged: Literal["irrelevant", "skipped"] = "irrelevant"


@dataclass(frozen=True)
class RerankProtocol:
    """What is reranked: the best ``depth`` items of each query in the run ``first``, such as ``baseline/bm25``."""

    first: str
    depth: Positive


@dataclass(frozen=True)
class Params:
    """All parameters of a run: everything it depends on besides code and data.

    The singular keys select a row of the plural table beside them, so ``dvc exp run -S model=lsa`` runs the ``lsa``
    row of ``models``; the lists select several rows.
    """

    seed: Seed
    dataset: str
    model: str
    variants: list[str]
    recommenders: list[str]
    retrievers: list[str]
    baselines: list[str]
    rerankers: list[str]
    recommend: RecommendProtocol
    search: SearchProtocol
    rerank: RerankProtocol
    datasets: Table
    models: Table
    reducers: Table
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
        for table in ("datasets", "reducers", "systems"):
            _check_rows(f"{path}: {table}", raw.get(table))
        protocols = {"recommend": RecommendProtocol, "search": SearchProtocol, "rerank": RerankProtocol}
        for key, protocol in protocols.items():
            if isinstance(raw.get(key), dict):
                raw[key] = checked(protocol, raw[key], f"{path}: {key}")
        params: Params = checked(cls, raw, str(path))
        for selector, table in SELECTORS.items():
            chosen = getattr(params, selector)
            _check_names(f"{path}: {selector}", [chosen] if isinstance(chosen, str) else chosen, table, params)
        if not params.variants:
            raise ParamsError(f"{path}: variants: name at least one row of reducers")
        return params


def _read(path: Path) -> dict[str, Any]:
    try:
        raw = YAML(typ="safe", pure=True).load(path)  # YAML 1.2, as DVC reads it: 1e-3 is a number
    except OSError as error:
        raise ParamsError(f"{path}: {error.strerror}; run this in the root of the repository") from None
    except (YAMLError, UnicodeDecodeError) as error:
        raise ParamsError(f"{path}: not valid YAML: {' '.join(str(error).split())}") from None
    if not isinstance(raw, dict):
        raise ParamsError(f"{path}: expected keys and values, found {type(raw).__name__}")
    return raw


def _check_rows(where: str, table: Any) -> None:
    for name, row in table.items() if isinstance(table, dict) else ():
        if not isinstance(row, dict):
            raise ParamsError(f"{where}: row {name!r} is {row!r}; write its options, as {{kind: ...}}")


def _check_names(where: str, names: list[str], table: str, params: Params) -> None:
    rows = getattr(params, table)
    for name in names:
        if name not in rows:
            raise ParamsError(f"{where}: {table} has no row {name!r}{suggest(name, rows)}")
        if not NAME.fullmatch(name):  # it becomes part of a path, and DVC takes a dot for nesting
            raise ParamsError(f"{where}: name {name!r} may hold letters, digits, '_' and '-' alone; rename the row")
    if len(set(names)) < len(names):
        raise ParamsError(f"{where}: a row is named twice in {', '.join(names)}; name it once")
