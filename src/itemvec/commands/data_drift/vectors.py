"""Vectors of texts through the row cache, so that what a run has encoded costs nothing again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa

from itemvec.commands.data_drift.sources import Version
from itemvec.core.arrays import Floats
from itemvec.core.files import write_parquet
from itemvec.core.machine import cache_folder
from itemvec.core.params import Params
from itemvec.core.temporary import TemporaryFolder
from itemvec.encoders import ENCODERS, CachedEncoder, Corpus, Role

# Texts of a table -> vectors of unit length, float32 of shape (n, dim), and the share of the texts that is cut off.
Encode = Callable[[list[str], str], tuple[Floats, float | None]]
ROLES: dict[str, Role] = {"items": "item", "queries": "query"}


@contextmanager
def encoded(params: Params, old: Version) -> Iterator[Encode]:
    """Encode with the model that ``params`` selects; one that is fitted on items is fitted on those of ``old``."""
    with TemporaryFolder() as folder:
        corpus = Path(folder) / "items.parquet"
        write_parquet(corpus, old.items)
        encoder = ENCODERS.build(params.model, params.models[params.model])
        cached = CachedEncoder(encoder, Corpus(corpus), cache_folder())

        def encode(texts: list[str], table: str) -> tuple[Floats, float | None]:
            block = pa.array(texts, pa.string())
            cached.fill([block], ROLES[table])
            rows = cached.read(block, ROLES[table])
            lengths = np.linalg.norm(rows.vectors, axis=1, keepdims=True)
            units = (rows.vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
            return units, float(np.mean(rows.tokens > rows.kept)) if rows.tokens.any() else None

        yield encode
