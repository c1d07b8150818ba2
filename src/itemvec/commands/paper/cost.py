"""What the comparison would cost: tokens, dollars, time and memory of encoding, before anything runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from itemvec.commands.encoding_estimate import estimate
from itemvec.commands.paper.experiments import Experiment
from itemvec.commands.paper.settings import Settings
from itemvec.core.columns import TEXT
from itemvec.core.files import read_parquet, write_parquet
from itemvec.core.params import Params
from itemvec.core.temporary import TemporaryFolder
from itemvec.datasets import DATASETS

LETTERS = 4  # of a token of English text, about
RATES = {16: 400e12, 32: 27e12}  # operations a second of one GPU by bits of a number, assumed: H100, 40 % of its peak
WORK = 2  # operations a token and parameter
ROOM = 1.2  # memory over that of the weights alone, for a batch of 512 tokens
BITS = {"bfloat16": 16, "float16": 16}
HERE = ("hashing", "lsa")  # kinds that are on every machine


@dataclass(frozen=True)
class Texts:
    """Items and queries of a data set; tokens are four letters each.

    measured
        Whether the files were read; else the sizes are those that the publisher states.
    """

    items: int
    queries: int
    tokens: float
    measured: bool


@dataclass(frozen=True)
class Cost:
    """Of encoding one data set with one model; None where it is not known."""

    texts: Texts | None
    gpu_seconds: float | None
    here_seconds: float | None
    memory: float | None
    dollars: float | None


def costs(settings: Settings, params: Params, data: Path, wanted: list[Experiment]) -> dict[str, Cost]:
    """The cost of encoding by name of the experiment. Encoders that are on this machine encode a sample."""
    found: dict[str, Cost] = {}
    rows = {name: row | settings.encoders.get(name, {}) for name, row in params.models.items()}
    with TemporaryFolder() as folder:
        tables = {one: _tables(settings, params, data, one, Path(folder)) for one in _in_order(wanted)}
        texts = {one: _texts(settings, one, table) for one, table in tables.items()}
        speeds = {model: _seconds_a_token(model, rows[model], tables, texts) for model in {one.model for one in wanted}}
        for one in wanted:
            found[one.name] = _cost(rows[one.model], texts[one.dataset], speeds[one.model])
    return found


def _in_order(wanted: Iterable[Experiment]) -> list[str]:
    return list(dict.fromkeys(one.dataset for one in wanted))


def _tables(settings: Settings, params: Params, data: Path, dataset: str, folder: Path) -> dict[str, Path] | None:
    """The tables of a data set whose files are here, as Parquet."""
    row = {**params.datasets, **settings.rows.get("datasets", {})}[dataset]
    if not (data / dataset).exists():
        return None
    loaded = DATASETS.build(dataset, row).load(data / dataset)
    paths = {name: folder / dataset / f"{name}.parquet" for name in ("items", "queries")}
    for name, path in paths.items():
        write_parquet(path, getattr(loaded, name))
    return paths


def _texts(settings: Settings, dataset: str, tables: dict[str, Path] | None) -> Texts | None:
    if tables is not None:
        texts = {name: read_parquet(path, [TEXT])[TEXT] for name, path in tables.items()}
        letters = sum(int(pc.sum(pc.utf8_length(one)).as_py() or 0) for one in texts.values())
        return Texts(len(texts["items"]), len(texts["queries"]), letters / LETTERS, True)
    if dataset not in settings.sizes:
        return None
    size = settings.sizes[dataset]
    stated = size["items"] * size["item_letters"] + size["queries"] * size["query_letters"]
    return Texts(int(size["items"]), int(size["queries"]), stated / LETTERS, False)


def _seconds_a_token(
    model: str, row: Mapping[str, Any], tables: Mapping[str, Any], texts: Mapping[str, Texts | None]
) -> float | None:
    """Measured on the first data set whose files are here, if the model is."""
    here = row["kind"] in HERE or str(row.get("checkpoint", "")).startswith("package:")
    for dataset, paths in tables.items() if here else ():
        known = texts[dataset]
        if paths is not None and known is not None and known.tokens:
            seconds = estimate(model, dict(row), paths).seconds
            return None if seconds is None else seconds / known.tokens
    return None


def _cost(row: Mapping[str, Any], texts: Texts | None, speed: float | None) -> Cost:
    tokens = None if texts is None else texts.tokens
    if row["kind"] == "api":
        price = row.get("price")
        return Cost(texts, None, None, None, None if price is None or tokens is None else tokens * price / 1e6)
    parameters, bits = row.get("parameters"), BITS.get(str(row.get("dtype")), 32)
    memory = None if parameters is None else ROOM * parameters * bits / 8
    gpu = None if parameters is None or tokens is None else WORK * parameters * tokens / RATES[bits]
    return Cost(texts, gpu, None if speed is None or tokens is None else speed * tokens, memory, None)
