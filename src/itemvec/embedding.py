"""Texts to vectors: streamed through the row cache, checked, written in one go."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from tqdm import tqdm

from itemvec.arrays import Floats
from itemvec.columns import ITEM, QUERY, TEXT
from itemvec.encoders import CachedEncoder, Corpus, Encoder, Role
from itemvec.expectations import meet
from itemvec.store import ROWS, Block, write_database

TABLES: dict[str, tuple[Role, str]] = {"items": ("item", ITEM), "queries": ("query", QUERY)}


def embed(encoder: Encoder, texts: dict[str, Path], suite: Path, cache: Path, database: Path) -> Any:
    """Encode the texts of ``items`` and ``queries`` and write them as one vector database.

    Parameters
    ----------
    texts
        Parquet files of ``items`` and ``queries``.
    suite
        Expectations the vectors of the items must meet before anything is kept.
    cache
        Folder of the row cache.
    database
        Where the vectors go; their digest goes beside it.

    Returns
    -------
    What to remember about the run: rows and width by table, and what identifies the encoder.
    """
    cached = CachedEncoder(encoder, Corpus(texts["items"]), cache)
    tables = {name: (encoder.dim, _blocks(name, texts[name], cached, suite)) for name in TABLES}
    digests = write_database(database, tables)
    rows = {name: one.rows for name, one in digests.items()}
    return {"dim": encoder.dim, "rows": rows, "encoder": cached.identity}


def _blocks(name: str, path: Path, cached: CachedEncoder, suite: Path) -> Iterator[Block]:
    role, key = TABLES[name]
    file = pq.ParquetFile(path)
    notes = _Notes(key, cached.encoder.dim)
    encoded, reused = cached.encoded, cached.reused
    with tqdm(total=file.metadata.num_rows, desc=f"embed {name}", unit="text", mininterval=1) as progress:
        for batch in file.iter_batches(ROWS, columns=[key, TEXT]):
            block = Block(batch[key], cached.encode(batch[TEXT], role))
            if role == "item":
                notes.take(block)
            yield block
            progress.update(len(batch))
    new, old = cached.encoded - encoded, cached.reused - reused
    tqdm.write(f"{name}: encoded {new:,} of {new + old:,} distinct texts, {old:,} from the cache")
    if role == "item":  # queries may be few, alike, or of words no item has
        meet(notes.frame(), suite, key, "vectors")


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
