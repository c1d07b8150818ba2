from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from itemvec.arrays import Floats
from itemvec.columns import ITEMS
from itemvec.encoders import Corpus, Role
from itemvec.files import write_parquet

TEXTS = [
    "red cotton shirt",
    "blue cotton shirt",
    "red wool hat",
    "green garden hose",
    "long garden hose",
    "red cotton shirt",  # again, as catalogues do
]


def corpus_of(folder: Path, texts: list[str]) -> Corpus:
    path = folder / "items.parquet"
    write_parquet(path, pa.table([[f"i{row}" for row in range(len(texts))], texts], schema=ITEMS))
    return Corpus(path)


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return corpus_of(tmp_path, TEXTS)


def vectors_of(encoder: Any, corpus: Corpus, texts: Sequence[str], role: Role = "item") -> Floats:
    """What an encoder that was just loaded makes of ``texts``, in their order."""
    loaded = encoder.load(corpus)
    vectors = np.full((len(texts), encoder.dim), np.nan, dtype=np.float32)
    for rows, some in loaded.encode(loaded.prepare(texts, role)):
        assert some.dtype == np.float32
        assert np.isnan(vectors[rows]).all()  # no row twice
        vectors[rows] = some
    return vectors
