"""What a run measured, as files that need no itemvec: a model folder, a LanceDB folder, and a card."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from itemvec.commands.deploy.best_index import best_index
from itemvec.commands.deploy.query_rounding import rounding
from itemvec.commands.deploy.tuned_map import is_tuned, tuned_parts
from itemvec.commands.deploy.vector_map import Affine, affine, parts
from itemvec.commands.search_box import check_stored
from itemvec.core.arrays import Floats
from itemvec.core.columns import TEXT
from itemvec.core.errors import ParamsError, TableError
from itemvec.core.files import read_json, read_parquet, write_json
from itemvec.core.params import FILE, Params
from itemvec.core.registry import suggest
from itemvec.encoders import ENCODERS, Encoder
from itemvec.encoders.base import Role
from itemvec.encoders.plain_folder import Dense, plain_model, save
from itemvec.encoders.sentence_transformer import SentenceTransformerEncoder
from itemvec.models.checkpoint import OURS
from itemvec.reducers import REDUCERS
from itemvec.stages.reduce import Interactions, Judging, fit
from itemvec.store import VectorTable, open_vectors
from itemvec.store.deployed import write_deployed

NEAR = 1e-5  # of a vector's length: what the folder's vectors may differ from the run's
SHOWN = 64  # texts of each role to compare by
TABLES: dict[Role, str] = {"item": "items", "query": "queries"}


@dataclass(frozen=True)
class Exported:
    """What was written.

    stored
        What an index would do to the vectors besides, as the variant does: kinds of quantisation.
    difference
        The largest of the folder's vectors to those of the run, as a share of a vector's length, by role; empty where
        no model was written.
    index
        Row of systems whose vector index the table has, or None.
    distance
        By which to compare, ``cosine`` or ``dot``.
    effort
        Options of a search in the index, as the row has them: ``probes``, ``candidates`` and ``refine``.
    query_rounding
        What the variant does to a query besides, as ``int8``; None where a query stays as the model gives it.
    digest
        sha256 of ids and vectors of the items.
    """

    variant: str
    dim: int
    items: int
    stored: list[str]
    difference: dict[str, float]
    index: str | None
    distance: str
    effort: dict[str, int]
    query_rounding: str | None
    digest: str


def export(root: Path, params: Params, variant: str, folder: Path, with_model: bool = True) -> Exported:
    """Write ``folder/model``, ``folder/lancedb`` and ``folder/itemvec.json`` of one variant of the last run.

    Raises
    ------
    ParamsError
        There is no such variant, or a plain model folder cannot give its vectors.
    TableError
        The run is of another model, or what was written gives other vectors than the run has.
    """
    if variant not in params.all_variants:
        known = suggest(variant, params.all_variants)
        no_row = "" if variant in params.reducers | params.tunings else f", nor has {FILE} such a row"
        raise ParamsError(f"{variant!r} is not among variants and tuners{no_row}{known}")
    artifacts = root / "artifacts"
    digest = artifacts / "vectors" / f"{variant}.digest"
    if not digest.exists():
        raise TableError(
            f"{digest} is missing: variants or tuners has not {variant!r}, or nothing was run; run `dvc repro`"
        )
    said = read_json(artifacts / "results" / "embed.json")["model"]
    if said != params.model:
        raise TableError(f"artifacts holds vectors of model {said!r}, not of {params.model!r}; run `dvc repro`")
    encoder, tuned = ENCODERS.build(params.model, params.models[params.model]), is_tuned(params, variant)
    row, stored = ({}, []) if tuned else parts(params.reducers[variant])
    difference: dict[str, float] = {}
    rounded = None
    if with_model and tuned:
        encoder, maps = tuned_parts(artifacts, params, variant, encoder)
        place = artifacts / "tables", encoder, params.model, maps, folder / "model"
        difference = _write_model(*place, lambda role: _first(digest, role))
    elif with_model:
        source, maps = artifacts / "embeddings.digest", _maps(artifacts, params, variant, row)
        rounded = rounding(params.reducers[variant], map(maps["item"], open_vectors(source, "items").vectors))
        if rounded is not None:
            rounded.save(folder)
        place = artifacts / "tables", encoder, params.model, maps, folder / "model"
        difference = _write_model(*place, lambda role: maps[role](_first(source, role)))
    vectors = open_vectors(digest, "items")
    best = best_index(artifacts, params, variant)
    options = {} if best is None else params.systems[best]
    named = {"partitions": "num_partitions", "sub_vectors": "num_sub_vectors", "neighbours": "m"}
    write_deployed(
        folder / "lancedb",
        artifacts / "tables" / "items.parquet",
        vectors,
        None if best is None else options.get("index_type", "IVF_PQ"),
        options.get("similarity", "cosine"),
        {name: options[ours] for ours, name in named.items() if ours in options},
    )
    effort = {name: options[name] for name in ("probes", "candidates", "refine") if options.get(name) is not None}
    found = Exported(
        *(variant, vectors.dim, len(vectors), stored, difference, best),
        distance=options.get("similarity", "cosine"),
        effort=effort,
        query_rounding=None if rounded is None else rounded.to,
        digest=read_json(digest)["items"]["sha256"],
    )
    write_json(folder / "itemvec.json", vars(found) | {"model": params.model, "dataset": params.dataset})
    return found


def _maps(artifacts: Path, params: Params, variant: str, row: Any) -> dict[Role, Affine]:
    """The affine maps of both roles, fitted as the run fitted them."""
    source, moments, tables = artifacts / "embeddings.digest", artifacts / "moments.digest", artifacts / "tables"
    judging = Judging(tables / "queries.parquet", tables / "qrels.parquet", params.search.split)
    log = Interactions(tables / "interactions.parquet", params.recommend.split)
    known = moments if moments.exists() else None
    whole, transform = (
        fit(REDUCERS.build(variant, one), source, params.seed, known, judging, log)
        for one in (params.reducers[variant], row)
    )
    check_stored(artifacts, variant, whole)
    first = next(iter(open_vectors(source, "items").vectors))
    try:
        return {role: affine(transform, role, first) for role in TABLES}
    except ParamsError as error:
        raise ParamsError(f"variant {variant!r}: {error}; --table-only writes the table of its vectors") from None


def _first(digest: Path, role: Role) -> Floats:
    """The first vectors of a table."""
    table: VectorTable = open_vectors(digest, TABLES[role])
    return next(iter(table.vectors), np.empty((0, table.dim), np.float32))[:SHOWN]


def _write_model(
    tables: Path, encoder: Encoder, name: str, maps: dict[Role, Affine], folder: Path, wanted: Callable[[Role], Floats]
) -> dict[str, float]:
    """Write the model; say by how much its vectors differ from those of the run, and refuse if that is too much.

    Parameters
    ----------
    wanted
        The first vectors of the run for a role, in the order of the texts of ``tables``.
    """
    if not isinstance(encoder, SentenceTransformerEncoder):
        raise ParamsError(
            f"model {name!r}: its kind has no folder that sentence-transformers loads; --table-only writes the table"
        )
    dense = {
        role: None if one.changes_nothing else Dense(one.matrix, one.bias, one.scaled) for role, one in maps.items()
    }
    save(plain_model(encoder, dense), folder)
    from sentence_transformers import SentenceTransformer

    loaded = SentenceTransformer(str(folder), device="cpu", **OURS)
    difference: dict[str, float] = {role: _difference(tables, loaded, role, wanted(role)) for role in TABLES}
    exact = encoder.backend == "torch" and encoder.dtype == "float32"
    if exact and max(difference.values()) > NEAR:
        raise TableError(f"{folder}: its vectors differ from those of the run by {max(difference.values()):.1e}")
    return difference


def _difference(tables: Path, model: Any, role: Role, wanted: Floats) -> float:
    texts = read_parquet(tables / f"{TABLES[role]}.parquet", [TEXT])[TEXT].slice(0, len(wanted)).to_pylist()
    if not texts:
        return 0.0
    encode = model.encode_query if role == "query" else model.encode_document
    given: Floats = encode(texts, show_progress_bar=False, convert_to_numpy=True).astype(np.float32)
    lengths = np.maximum(np.linalg.norm(wanted, axis=1), 1e-12)
    return float((np.abs(wanted - given).max(axis=1) / lengths).max())
