from pathlib import Path

import pyarrow as pa
import pytest

from itemvec.columns import ITEMS
from itemvec.encoders import Corpus
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
