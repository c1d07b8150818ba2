"""Embedding of items and queries: texts are encoded through the row cache, checked, and written as a database."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from itemvec.cluster.connection import connect
from itemvec.cluster.driver import fill_on_cluster
from itemvec.core.arrays import Floats
from itemvec.core.columns import ITEM, QUERY, TEXT
from itemvec.core.progress import progress, say
from itemvec.encoders import CachedEncoder, Corpus, Encoder, Role
from itemvec.models.cost import Cost
from itemvec.stages.expectations import meet
from itemvec.store import ROWS, Block, CachedRows, encoding_times, write_database

TABLES: dict[str, tuple[Role, str]] = {"items": ("item", ITEM), "queries": ("query", QUERY)}


def embed(
    encoder: Encoder, texts: dict[str, Path], suite: Path, cache: str, database: Path, engine: str = "local"
) -> Any:
    """Encode the texts of ``items`` and ``queries`` and write them as one vector database.

    Parameters
    ----------
    texts
        Parquet files of ``items`` and ``queries``.
    suite
        Expectations that the item vectors must meet before anything is written.
    cache
        Folder or URI of the row cache.
    database
        Folder to write the vectors to; their digest is written beside it.
    engine
        Where to encode: ``local``, on this machine; ``ray``, on a cluster.

    Returns
    -------
    Facts for the metrics file: rows and width by table, what the token limit cut off, and the encoder's identity; if
    its row has a price, the dollars for all distinct texts, those paid in earlier runs included.
    """
    if engine == "ray":
        connect()
    cached = CachedEncoder(encoder, Corpus(texts["items"]), cache)
    for role, prompt in cached.identity.get("prompts", {}).items():
        say(f"before every {role} stands {prompt!r}, the prompt that the checkpoint states")
    price: float | None = getattr(encoder, "price", None)
    costs = {name: Cost(price) for name in TABLES if price is not None}
    for name in TABLES:
        _fill(name, texts[name], cached, costs.get(name), engine, cache)
    cuts = {name: Cut() for name in TABLES}
    tables = {
        name: (encoder.dim, _blocks(name, texts[name], cached, suite, cuts[name], costs.get(name))) for name in TABLES
    }
    digests = write_database(database, tables)
    rows = {name: one.rows for name, one in digests.items()}
    cut = {name: asdict(one) for name, one in cuts.items() if one.tokens}
    dollars = [cost.dollars() for cost in costs.values()]
    known = {"cost": sum(dollars)} if dollars and None not in dollars else {}  # type: ignore[arg-type]
    return {"dim": encoder.dim, "rows": rows, "cut": cut, **known, "id": cached.id, "encoder": cached.identity}


def _blocks(name: str, path: Path, cached: CachedEncoder, suite: Path, cut: Cut, cost: Cost | None) -> Iterator[Block]:
    role, key = TABLES[name]
    notes = _Notes(key, cached.encoder.dim)
    for batch in pq.ParquetFile(path).iter_batches(ROWS, columns=[key, TEXT]):
        rows = cached.read(batch[TEXT], role)
        cut.add(rows)
        if cost is not None:
            cost.add(batch[TEXT], rows.tokens)
        block = Block(batch[key], rows.vectors)
        if role == "item":
            notes.take(block)
        yield block
    if cut.texts:
        say(f"{name}: {cut}")
    if role == "item":  # queries may be few, alike, or of words no item has
        meet(notes.frame(), suite, [key], "vectors")


def _fill(name: str, path: Path, cached: CachedEncoder, cost: Cost | None, engine: str, cache: str) -> None:
    """Encode what is new, and say how much that was."""
    role = TABLES[name][0]
    file = pq.ParquetFile(path)
    n_rows, started, before = file.metadata.num_rows, time.monotonic(), cached.tokens
    texts = (batch[TEXT] for batch in file.iter_batches(ROWS, columns=[TEXT]))
    with progress(n_rows, f"embed {name}", "texts") as shown:
        if engine == "ray" and cached.may_travel:
            encoded = fill_on_cluster(cached, path, role, shown.update)
        else:
            encoded = cached.fill(texts, role, shown.update)
    share, seconds = encoded / max(n_rows, 1), time.monotonic() - started
    say(
        f"{name}: encoded {encoded:,} of {n_rows:,} texts ({share:.1%}) in {seconds:.1f} s; "
        "the others were in the cache or repeat one"
    )
    if engine == "local":
        encoding_times.record(cache, cached.id, role, encoded, seconds)
    if cost is not None:
        tokens = cached.tokens - before
        unknown = ", of which the server says no number" if encoded and not tokens else ""
        say(f"{name}: {tokens:,} tokens billed in this run{unknown}, {cost.of(tokens):,.4f} dollars")


@dataclass
class Cut:
    """Count of texts and tokens that were cut off by the encoder's token limit."""

    texts: int = 0
    tokens: int = 0
    tokens_cut: int = 0

    def add(self, rows: CachedRows) -> None:
        """Count the texts of these rows."""
        lost = (rows.tokens - rows.kept).astype(np.int64)
        self.texts += int((lost > 0).sum())
        self.tokens += int(rows.tokens.sum(dtype=np.int64))
        self.tokens_cut += int(lost.sum())

    def __str__(self) -> str:
        share = self.tokens_cut / self.tokens
        return f"{self.texts:,} texts are longer than the model takes; {share:.1%} of all tokens are cut off"


class _Notes:
    """A few numbers per vector, about 30 bytes and its id, for the expectations."""

    def __init__(self, key: str, dim: int) -> None:
        self.key, self.dim = key, dim
        self.first: Floats | None = None
        self.ids: list[Any] = []
        self.numbers: list[Floats] = []

    def take(self, block: Block) -> None:
        norms = np.linalg.norm(block.vectors, axis=1)
        units = block.vectors / np.maximum(norms, 1e-12)[:, None]
        if self.first is None:
            self.first = units[0]
        has_width = np.full(len(norms), block.vectors.shape[1] == self.dim)
        self.ids.append(block.ids)
        self.numbers.append(np.stack([norms, np.linalg.norm(units - self.first, axis=1), has_width]))

    def frame(self) -> Any:
        ids = pa.chunked_array(self.ids, pa.string())
        norms, distances, has_width = np.concatenate([*self.numbers, np.empty((3, 0), np.float32)], axis=1)
        if len(ids) == 1:
            distances[:] = 1  # a single vector does not count as collapsed
        columns = [ids, norms, distances, has_width.astype(bool)]
        names = [self.key, "norm", "distance_to_first", "has_declared_width"]
        return pa.table(columns, names=names).to_pandas()
