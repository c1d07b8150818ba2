"""Rankings of judged products by BM25 and by LSA, for simulated users."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc

from itemvec.core.arrays import Floats, Ints
from itemvec.core.columns import ITEM, QUERY, TEXT
from itemvec.core.files import write_parquet
from itemvec.datasets import Tables
from itemvec.encoders import ENCODERS, Corpus, encode
from itemvec.retrievers import RETRIEVERS, Entries


def judged(tables: Tables) -> Ints:
    """The grade of each query and item from 0; -1 where nobody judged."""
    ids, items = (table[key].combine_chunks() for table, key in ((tables.queries, QUERY), (tables.items, ITEM)))
    grades = np.full((len(ids), len(items)), -1)
    rows, places = (
        np.asarray(pc.index_in(tables.qrels[key], value_set=known)) for key, known in ((QUERY, ids), (ITEM, items))
    )
    grades[rows, places] = np.asarray(tables.qrels["gain"]).astype(int)
    return grades


def scored(tables: Tables) -> list[Floats]:
    """Scores of all items for every query, by BM25 and by LSA."""
    entries = [
        Entries(table[key].combine_chunks(), table[TEXT].combine_chunks())
        for table, key in ((tables.queries, QUERY), (tables.items, ITEM))
    ]
    top = RETRIEVERS.build("bm25", {"kind": "bm25"}).index(entries[1])(entries[0], len(entries[1]))
    words = np.zeros((len(entries[0]), len(entries[1])), dtype=np.float32)
    rows, columns = np.nonzero(top.positions >= 0)
    words[rows, top.positions[rows, columns]] = top.scores[rows, columns]
    queries, items = lsa(tables)
    return [words, queries @ items.T]


def lsa(tables: Tables) -> tuple[Floats, Floats]:
    """Vectors of queries and items, of length 1."""
    encoder = ENCODERS.build("lsa", {"kind": "lsa", "dim": 256})
    with tempfile.TemporaryDirectory() as folder:
        write_parquet(Path(folder) / "items.parquet", tables.items)
        loaded = encoder.load(Corpus(Path(folder) / "items.parquet"))
        texts = (tables.queries[TEXT].to_pylist(), tables.items[TEXT].to_pylist())
        return _vectors(loaded, texts[0], "query", encoder.dim), _vectors(loaded, texts[1], "item", encoder.dim)


def _vectors(loaded: Any, texts: list[str], role: Any, dim: int) -> Floats:
    found = np.zeros((len(texts), dim), dtype=np.float32)
    for rows, vectors in encode(loaded, loaded.prepare(texts, role), dim):
        found[rows] = vectors
    return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12))


def ranked(scores: Floats, grades: Ints, depth: int) -> Ints:
    """The first ``depth`` judged items of each query, best first."""
    return np.argsort(-np.where(grades >= 0, scores, -np.inf), axis=1, kind="stable")[:, :depth]
