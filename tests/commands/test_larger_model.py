"""Vectors of a larger model that lie in the row cache are measured, without that anything is encoded."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from itemvec.commands.larger_model import _advice, _cached
from itemvec.core.columns import QRELS, QUERIES
from itemvec.core.files import write_parquet
from itemvec.core.params import Params
from itemvec.encoders import ENCODERS, CachedEncoder, Corpus
from tests.commands.test_export import MINILM
from tests.commands.test_search_box import IDS, TEXTS, finish
from tests.decision.states import right, state

LARGER: dict[str, Any] = MINILM | {"parameters": 22_713_216}
ASKED = ["headgear made of sheep's fleece", "footwear"]  # a hat, shoes: no word in common
REVISION = state({("search", "real"): {"exact on full": right(0.5)}}, model="mine")


@pytest.fixture
def params(tmp_path: Path) -> Params:
    small = {"kind": "hashing", "dim": 64}
    found = finish(tmp_path, small, variants=["full"], models={"mine": small, "minilm": LARGER})
    columns = {"query_id": ["q1", "q2"], "text": ASKED, "group": ["real"] * 2}
    queries = [pa.array(columns.get(field.name, [None] * 2), field.type) for field in QUERIES]
    write_parquet(tmp_path / "artifacts/tables/queries.parquet", pa.table(queries, schema=QUERIES))
    judged = [["q1", "q2"], [IDS[1], IDS[4]], [1.0, 1.0]]
    write_parquet(tmp_path / "artifacts/tables/qrels.parquet", pa.table(judged, schema=QRELS))
    return found


def test_cached_vectors_are_measured(params: Params, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ITEMVEC_CACHE", str(tmp_path / "cache"))
    assert _cached(tmp_path, params, REVISION) == []
    encoder = ENCODERS.build("minilm", LARGER)
    cached = CachedEncoder(encoder, Corpus(tmp_path / "artifacts/tables/items.parquet"), str(tmp_path / "cache"))
    cached.fill([pa.array(TEXTS)], "item")
    assert _cached(tmp_path, params, REVISION) == []  # the queries are not
    cached.fill([pa.array(ASKED)], "query")
    (one,) = _cached(tmp_path, params, REVISION)
    assert (one.model, one.parameters, one.how) == ("minilm", 22_713_216, "its vectors are cached")
    values = one.read("search", "real", "exact on full")
    assert values.ids.to_pylist() == ["q1", "q2"]
    assert values.means.tolist() == [[1.0], [1.0]]


def test_the_next_row_to_try_is_named(params: Params) -> None:
    assert "is minilm (22.7 M parameters); `itemvec sweep model=minilm --run` tries it" in _advice(params, 0)
    assert _advice(params, 22_713_216) == ""
