"""Texts to vectors: streamed through the row cache, checked, written in one go."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from tqdm import tqdm

from itemvec.arrays import Floats
from itemvec.cluster import connect, fill_on_cluster
from itemvec.columns import ITEM, QUERY, TEXT
from itemvec.encoders import CachedEncoder, Corpus, Encoder, Role
from itemvec.expectations import meet
from itemvec.store import ROWS, Block, CachedRows, write_database

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
        Expectations the vectors of the items must meet before anything is kept.
    cache
        Where the row cache lies.
    database
        Where the vectors go; their digest goes beside it.
    engine
        What encodes: ``local``, this machine; ``ray``, many.

    Returns
    -------
    What to remember about the run: rows and width by table, what the encoder's limit cut off, and what identifies it.
    """
    if engine == "ray":
        connect()
    cached = CachedEncoder(encoder, Corpus(texts["items"]), cache)
    for name in TABLES:
        _fill(name, texts[name], cached, engine)
    cuts = {name: Cut() for name in TABLES}
    tables = {name: (encoder.dim, _blocks(name, texts[name], cached, suite, cuts[name])) for name in TABLES}
    digests = write_database(database, tables)
    rows = {name: one.rows for name, one in digests.items()}
    cut = {name: asdict(one) for name, one in cuts.items() if one.tokens}
    return {"dim": encoder.dim, "rows": rows, "cut": cut, "encoder": cached.identity}


def _blocks(name: str, path: Path, cached: CachedEncoder, suite: Path, cut: Cut) -> Iterator[Block]:
    role, key = TABLES[name]
    notes = _Notes(key, cached.encoder.dim)
    for batch in pq.ParquetFile(path).iter_batches(ROWS, columns=[key, TEXT]):
        rows = cached.read(batch[TEXT], role)
        cut.add(rows)
        block = Block(batch[key], rows.vectors)
        if role == "item":
            notes.take(block)
        yield block
    if cut.texts:
        tqdm.write(f"{name}: {cut}")
    if role == "item":  # queries may be few, alike, or of words no item has
        meet(notes.frame(), suite, key, "vectors")


def _fill(name: str, path: Path, cached: CachedEncoder, engine: str) -> None:
    """Encode what is new, and say how much that was."""
    role = TABLES[name][0]
    file = pq.ParquetFile(path)
    n_rows, started = file.metadata.num_rows, time.monotonic()
    texts = (batch[TEXT] for batch in file.iter_batches(ROWS, columns=[TEXT]))
    with tqdm(total=n_rows, desc=f"embed {name}", unit="text", mininterval=1) as progress:
        # What is fitted on the items is fitted once: on other machines it could come out otherwise.
        if engine == "ray" and not cached.is_fitted:
            encoded = fill_on_cluster(cached, path, role, progress.update)
        else:
            encoded = cached.fill(texts, role, progress.update)
    share, seconds = encoded / max(n_rows, 1), time.monotonic() - started
    tqdm.write(
        f"{name}: encoded {encoded:,} of {n_rows:,} texts ({share:.1%}) in {seconds:.1f} s; "
        "the others were in the cache or repeat one"
    )


@dataclass
class Cut:
    """What the encoder's limit on tokens cut off: how many texts, and how many of all tokens."""

    texts: int = 0
    tokens: int = 0
    tokens_cut: int = 0

    def add(self, rows: CachedRows) -> None:
        """Count some texts."""
        lost = (rows.tokens - rows.kept).astype(np.int64)
        self.texts += int((lost > 0).sum())
        self.tokens += int(rows.tokens.sum(dtype=np.int64))
        self.tokens_cut += int(lost.sum())

    def __str__(self) -> str:
        share = self.tokens_cut / self.tokens
        return f"{self.texts:,} texts are longer than the model takes; {share:.1%} of all tokens are cut off"


class _Notes:
    """A few numbers per vector, for its expectations."""

    def __init__(self, key: str, dim: int) -> None:
        self.key, self.dim = key, dim
        self.first: Floats | None = None
        self.parts: list[Any] = []

    def take(self, block: Block) -> None:
        import pandas as pd

        norms = np.linalg.norm(block.vectors, axis=1)
        units = block.vectors / np.maximum(norms, 1e-12)[:, None]
        if self.first is None:
            self.first = units[0]
        self.parts.append(
            pd.DataFrame(
                {
                    self.key: block.ids.to_pylist(),
                    "has_declared_width": block.vectors.shape[1] == self.dim,
                    "norm": norms,
                    "distance_to_first": np.linalg.norm(units - self.first, axis=1),
                }
            )
        )

    def frame(self) -> Any:
        import pandas as pd

        frame = pd.concat(self.parts, ignore_index=True)
        if len(frame) == 1:
            frame["distance_to_first"] = 1.0  # one vector alone has not collapsed
        return frame
