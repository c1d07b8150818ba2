from pathlib import Path
from typing import Any

import numpy as np
import pytest

from itemvec.commands.deploy.query_rounding import load, rounding
from itemvec.reducers import REDUCERS, Sample
from tests.conftest import ROOT

INT8 = {"kind": "quantize", "to": "int8"}


@pytest.mark.parametrize(
    "row",
    [
        INT8,
        INT8 | {"codes": True},
        {"kind": "quantize", "to": "float16"},
        {"kind": "quantize", "to": "binary", "rescore": False},
        {"kind": "chain", "links": [{"kind": "identity"}, INT8]},
    ],
)
def test_queries_are_rounded_as_the_variant_rounds_them(row: dict[str, Any], tmp_path: Path) -> None:
    """Also those beyond the range of the items, and a dimension in which all items are the same."""
    rng = np.random.default_rng(0)
    items = rng.standard_normal((400, 8)).astype(np.float32)
    items[:, 5] = 0.25
    queries = 3 * rng.standard_normal((50, 8)).astype(np.float32)
    wanted = REDUCERS.build("row", row).fit(Sample([items]), rng)(queries, "query")
    found = rounding(row, [items[:100], items[100:], items[:0]])
    assert found is not None
    found.save(tmp_path)
    np.testing.assert_array_equal(load(tmp_path, found.to)(queries), wanted)


def test_the_lines_of_the_documents_do_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    items, queries = (rng.standard_normal((n, 8)).astype(np.float32) for n in (400, 50))
    items[:, 5] = 0.25
    found = rounding(INT8, [items])
    assert found is not None
    (tmp_path / "deploy").mkdir()
    found.save(tmp_path / "deploy")
    monkeypatch.chdir(tmp_path)
    blocks = (ROOT / "docs/how-to/deploy.md").read_text(encoding="utf-8").split("```python\n")[1:]
    (lines,) = (block.split("```")[0] for block in blocks if "np.rint" in block)
    names = {"vector": queries}
    exec(lines, names)
    np.testing.assert_allclose(names["vector"], found(queries), rtol=1e-6)


def test_queries_that_stay_floats_are_not_rounded() -> None:
    for row in ({"kind": "pca", "dim": 3}, {"kind": "quantize", "to": "binary"}, {"kind": "product-quantize"}):
        assert rounding(row, []) is None
