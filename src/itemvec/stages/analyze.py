"""Geometry of the vectors of one variant: spectrum, isotropy, hubness, alignment and margins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from itemvec.core.arrays import Doubles, Floats, Ids, Ints
from itemvec.core.columns import ITEM, USER
from itemvec.core.files import read_parquet
from itemvec.core.progress import progress
from itemvec.core.sampling import sample
from itemvec.protocol.histories import Histories
from itemvec.protocol.judged_queries import Asked
from itemvec.reducers import Moments
from itemvec.retrievers import RETRIEVERS, Entries
from itemvec.store import VectorTable, open_vectors
from itemvec.studies.hubness import NEIGHBOURS, hubness
from itemvec.studies.isotropy import Directions, alignment, to_unit, uniformity
from itemvec.studies.margin import margins, summary
from itemvec.studies.spectrum import spread

UNIFORM = 4096  # items compared with each other; larger catalogues are sampled
ALL_ASK, ASKERS = 10_000, 2_000  # catalogue size up to which every item's neighbours are found; else size of a sample
PAIRS = 10_000  # related pairs of one kind; more are sampled


@dataclass(frozen=True)
class Tables:
    """Parquet files of queries, judgments and interactions; any of them may be empty."""

    queries: Path
    qrels: Path
    interactions: Path


def describe(digest: Path, tables: Tables, seed: int) -> tuple[dict[str, Any], Doubles]:
    """Measure the geometry of the vectors of the database that ``digest`` describes.

    The items are read twice: once for their moments, directions and samples, and once to rank them for sampled items
    and for queries.

    Parameters
    ----------
    seed
        Seed of the samples, which are drawn above the sizes ``UNIFORM``, ``ALL_ASK`` and ``PAIRS``.

    Returns
    -------
    Facts for the metrics file, and the eigenvalues of the covariance, descending, float64 of shape (dim,). The facts
    are those of ``spectrum.spread``, ``mean_cosine``, ``uniformity`` and ``hubness``. If the data has queries or
    histories, also ``alignment`` of query and relevant item and of consecutive items of a history, and ``margin`` by
    group of queries.
    """
    rng = np.random.default_rng(seed)
    table = open_vectors(digest, "items")
    ids = table.ids()
    asked = Asked.load(digest, tables.queries, tables.qrels, ids)
    chosen = sample(np.arange(table.rows), UNIFORM, rng)
    askers = sample(np.arange(table.rows), table.rows if table.rows <= ALL_ASK else ASKERS, rng)
    rows, relevant = _relevant(asked, rng)
    before, after = _consecutive(tables.interactions, ids, rng)
    wanted = np.unique(np.concatenate([chosen, askers, relevant, before, after]))
    directions, kept = Directions(table.dim), np.empty((len(wanted), table.dim), dtype=np.float32)
    eigenvalues, _ = Moments.of(_watched(table, directions, wanted, kept)).spectrum()

    def units(positions: Ints) -> Floats:
        return to_unit(kept[np.searchsorted(wanted, positions)])

    retrieve = RETRIEVERS.build("hubness", {"kind": "exact"}).index(Entries(ids, vectors=table.vectors))
    nearest = retrieve(Entries(ids.take(pa.array(askers)), vectors=[units(askers)]), NEIGHBOURS + 1)
    together = {"queries": (to_unit(asked.vectors[rows]), relevant), "histories": (units(before), after)}
    found = margins(asked.vectors, table.vectors, asked.judgments, asked.hidden) if len(rows) else np.empty(0)
    facts = {"dim": table.dim, "items": table.rows} | spread(eigenvalues)
    facts |= {
        "mean_cosine": directions.mean_cosine(),
        "uniformity": uniformity(units(chosen)),
        "hubness": hubness(nearest, askers, table.rows),
        "alignment": {name: alignment(left, units(right)) for name, (left, right) in together.items() if len(right)},
        "margin": {group: summary(found[asked.groups == group]) for group in sorted(set(asked.groups.tolist()))},
    }
    return facts, eigenvalues


def _relevant(asked: Asked, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Pairs of a query and a relevant item."""
    rows = np.repeat(np.arange(len(asked.judgments)), np.diff(asked.judgments.offsets))
    kept = sample(np.arange(len(rows)), PAIRS, rng)
    return rows[kept], asked.judgments.items[kept]


def _consecutive(interactions: Path, ids: Ids, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Pairs of consecutive, different items of a history."""
    whole = Histories.of(read_parquet(interactions, encoded=[USER, ITEM]), ids)
    pairs = np.flatnonzero((whole.rows[1:] == whole.rows[:-1]) & (whole.items[1:] != whole.items[:-1]))
    kept = sample(pairs, PAIRS, rng)
    return whole.items[kept], whole.items[kept + 1]


def _watched(table: VectorTable, directions: Directions, wanted: Ints, kept: Floats) -> Iterator[Floats]:
    """Stream the vectors of a table, add them to ``directions``, and copy those ``wanted`` to ``kept``."""
    start = 0
    with progress(len(table), "analyze", "vectors") as shown:
        for vectors in table.vectors:
            directions.add(vectors)
            here = slice(*np.searchsorted(wanted, [start, start + len(vectors)]))
            kept[here] = vectors[wanted[here] - start]
            yield vectors
            start += len(vectors)
            shown.update(len(vectors))
