from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.arrays import Floats
from itemvec.core.columns import ITEMS
from itemvec.core.files import write_parquet
from itemvec.encoders import Corpus, Role
from tests.conftest import ENCODER_ROWS
from tests.encoders.embedding_server import KEY, Server, serving

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


@pytest.fixture(scope="session", autouse=True)
def _served() -> Iterator[Server]:
    """What the example row of an api asks."""
    with serving() as server:
        ENCODER_ROWS["api"]["url"] = server.url
        yield server


@pytest.fixture
def server(_served: Server) -> Server:
    """The same, with nothing asked yet."""
    _served.reset()
    return _served


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENCODER_ROWS["api"]["key_variable"], KEY)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
