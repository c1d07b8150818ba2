"""Reductions that learn from judged queries: what they must find, and what they must not."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.arrays import Floats
from itemvec.core.errors import ParamsError
from itemvec.metrics import Judgments, compare_family
from itemvec.metrics.standard_error import Spread
from itemvec.reducers import REDUCERS, Sample, Transform, Trial
from itemvec.reducers.base import unit
from itemvec.reducers.held_out import HeldOut

N, DIM = 120, 16
ROWS: list[dict[str, Any]] = [{"kind": "ridge"}, {"kind": "low-rank", "steps": 60}]


def judgments(items: Any) -> Judgments:
    """One relevant item for each query."""
    n = len(items)
    return Judgments(pa.array([f"q{row}" for row in range(n)]), np.asarray(items), np.ones(n), np.arange(n + 1))


def normal(rng: np.random.Generator, n: int = N) -> Floats:
    return unit(rng.standard_normal((n, DIM), dtype=np.float32))


def fitted(row: dict[str, Any], items: Floats, queries: Floats, wanted: Any, apart: bool = True) -> Transform:
    sample = Sample([items], trial=lambda: Trial(queries, judgments(wanted), apart))
    return REDUCERS.build("tuned", row).fit(sample, np.random.default_rng(1))


def test_ridge_finds_a_rotation(rng: np.random.Generator) -> None:
    """Each query is its item, turned; the map turns it back, for queries that it has not seen too."""
    rotation = np.linalg.qr(rng.standard_normal((DIM, DIM)))[0].astype(np.float32)
    queries = normal(rng, 2 * N)
    items = queries @ rotation
    found = fitted({"kind": "ridge", "penalty": 1e-9}, items, queries[:N], np.arange(N))
    assert found(queries, "query") == pytest.approx(items, abs=1e-5)
    assert (found(items) == items).all()


def shifted(rng: np.random.Generator) -> tuple[Floats, Floats]:
    """1,000 items; queries are items, all of them drawn towards one direction."""
    items = normal(rng, 1000)
    return items, unit(items + 2 * normal(rng, 1) + 0.3 * normal(rng, 1000))


@pytest.mark.parametrize("row", ROWS)
def test_what_helps_is_kept(row: dict[str, Any], rng: np.random.Generator) -> None:
    items, queries = shifted(rng)
    found = fitted(row, items, queries[:N], np.arange(N))
    facts = found.facts["tuned"]
    assert facts["after"] > facts["before"] + 0.5
    rest = HeldOut(queries[N:], items, judgments(np.arange(N, 1000)), np.zeros(1000 - N, dtype=np.int64))
    assert rest.quality(found(queries[N:], "query")).mean() > rest.quality(queries[N:]).mean() + 0.5


@pytest.mark.parametrize("row", ROWS)
def test_what_does_not_help_changes_nothing_or_is_not_shown(row: dict[str, Any], rng: np.random.Generator) -> None:
    """Judgments at random, 20 times: hardly ever is a gain shown on other queries."""
    shown = 0
    for _ in range(20):
        items, queries = normal(rng, 300), normal(rng)
        found = fitted(row, items, queries, rng.integers(0, 300, N))
        rest = HeldOut(normal(rng), items, judgments(rng.integers(0, 300, N)), np.zeros(N, dtype=np.int64))
        gain = rest.quality(found(rest.queries, "query")) - rest.quality(rest.queries)
        shown += bool(compare_family(gain[:, None], [Spread()], 1).shown[0])
    assert shown <= 2


@pytest.mark.parametrize("row", ROWS)
def test_queries_to_test_on_are_not_trained_on(row: dict[str, Any], rng: np.random.Generator) -> None:
    with pytest.raises(ParamsError, match="all judged queries are for testing"):
        fitted(row, normal(rng), normal(rng), np.arange(N), apart=False)
    with pytest.raises(ParamsError, match="9 queries are too few"):
        fitted(row, normal(rng), normal(rng, 9), np.arange(9))
    with pytest.raises(ParamsError, match="no judged queries"):
        REDUCERS.build("tuned", row).fit(Sample([normal(rng)]), rng)


def test_equal_queries_share_a_fold(rng: np.random.Generator) -> None:
    """Else a query would be judged by a map that was trained on it."""
    queries = np.repeat(normal(rng, 20), 3, axis=0)
    sample = Sample([normal(rng)], trial=lambda: Trial(queries, judgments(np.arange(60))))
    folds = HeldOut.of("ridge", sample, rng).folds.reshape(20, 3)
    assert (folds == folds[:, :1]).all()
    assert len(np.unique(folds)) == 5


def test_the_curve_has_more_queries_from_left_to_right(rng: np.random.Generator) -> None:
    items, queries = shifted(rng)
    facts = fitted({"kind": "ridge"}, items, queries[:N], np.arange(N)).facts["tuned"]
    assert list(facts["curve"]) == ["0.125", "0.25", "0.5", "1"]
    assert facts["curve"]["1"] == pytest.approx(facts["after"])
    assert facts["curve"]["0.125"] <= facts["curve"]["1"]
