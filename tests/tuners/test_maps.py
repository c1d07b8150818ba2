"""Tuned maps of vectors: what they must find, and what they must not."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from itemvec.metrics import compare_family
from itemvec.metrics.standard_error import Spread
from itemvec.tuners import TUNERS, Exam, choose
from itemvec.tuners.base import unit
from itemvec.tuners.nudge import Nudge
from itemvec.tuners.ridge import Ridge
from itemvec.tuners.trials import curve, forgetting, unseen_answers
from tests.tuners.conftest import DIM, N, asked, lesson, normal, shifted

ROWS: list[dict[str, Any]] = [{"kind": "ridge"}, {"kind": "low-rank", "steps": 40}, {"kind": "nudge"}]


def test_ridge_finds_a_rotation(rng: np.random.Generator) -> None:
    """Each query is its item, turned; the map turns it back, for queries that it has not seen too."""
    rotation = np.linalg.qr(rng.standard_normal((DIM, DIM)))[0].astype(np.float32)
    queries = normal(rng, 2 * N)
    items = queries @ rotation
    known = lesson(items, asked(queries[:N], np.arange(N)), asked(queries[N:], np.arange(N, 2 * N)))
    found = Ridge().fit(known, {"penalty": 1e-9}, 0)
    assert found.apply("query", queries, ()) == pytest.approx(items, abs=1e-5)
    assert (found.apply("item", items, ()) == items).all()
    assert found.reached == 1


def test_ridge_of_histories_is_one_map_for_both(rng: np.random.Generator) -> None:
    """The product of two mapped items is that of the symmetric map that they were learnt with."""
    items = normal(rng)
    one = asked(items[:60], np.arange(1, 61))
    found = Ridge().fit(lesson(items, one, one, both=True), {"penalty": 100.0}, 0)
    assert found.apply("item", items, ()) == pytest.approx(found.apply("query", items, ()))


@pytest.mark.parametrize("row", ROWS[:2])
def test_what_helps_is_kept(row: dict[str, Any], rng: np.random.Generator) -> None:
    known, test = shifted(rng)
    chosen = choose(TUNERS.build("tuned", row), known, 2, 1)
    assert chosen.tuned.reached > chosen.before + 0.5
    assert Exam(test).gains(known, chosen.tuned).mean() > 0.5


def test_the_curve_rises_with_more_to_learn_from(rng: np.random.Generator) -> None:
    known, test = shifted(rng)
    found = curve(Ridge(), known, {"penalty": 1.0}, Exam(test), 2, 1)
    assert list(found) == ["0.125", "0.25", "0.5", "1"]
    assert all(len(gains) == 2 for gains in found.values())
    assert found["0.125"][0] < found["1"][0] == found["1"][1]  # nothing is drawn from all


@pytest.mark.parametrize("row", ROWS)
def test_permuted_labels_are_hardly_ever_shown_to_pay(row: dict[str, Any], rng: np.random.Generator) -> None:
    """Judgments at random, a few times; benchmarks/permuted_labels.py does it 200 times."""
    shown = 0
    for _ in range(5):
        items = normal(rng, 300)
        known = lesson(items, *(asked(normal(rng, n), rng.integers(0, 300, n)) for n in (60, 20)))
        exam = Exam(asked(normal(rng, 60), rng.integers(0, 300, 60)))
        gains = exam.gains(known, choose(TUNERS.build("tuned", row), known, 2, 1).tuned)
        shown += bool(compare_family(gains[:, None], [Spread()], 1).low[0] > 0)
    assert shown <= 1


@pytest.mark.parametrize("method", ["M", "N"])
def test_nudge_with_disjoint_answers_gains_nothing(method: Any, rng: np.random.Generator) -> None:
    """Queries near one half of the items are learnt from, queries near the other half are tested."""
    base = np.zeros((2, DIM), dtype=np.float32)
    base[0, 0] = base[1, 1] = 1
    items = unit(np.repeat(base, 50, axis=0) + 0.2 * normal(rng, 100))
    queries = unit(items + 0.4 * normal(rng, 100))
    known = lesson(items, asked(queries[:40], np.arange(40)), asked(queries[40:50], np.arange(40, 50)))
    exam = Exam(asked(queries[50:], np.arange(50, 100)))
    moved = Nudge(method).fit(known, {"gamma": 0.1}, 0)
    assert moved.facts["items_moved"] == 40
    assert (moved.apply("item", items, ())[50:] == items[50:]).all()
    assert exam.gains(known, moved) == pytest.approx(0)
    seen = Exam(known.train)
    assert seen.gains(replace(known, seen={}), moved).mean() > 0.05


def test_nudge_n_moves_by_the_chord_and_no_further_than_the_query(rng: np.random.Generator) -> None:
    items, query = normal(rng, 5), normal(rng, 1)
    known = lesson(items, asked(query, [2]), asked(query, [2]))
    moved = Nudge().fit(known, {"gamma": 0.1}, 0).apply("item", items, ())
    assert ((moved[2] - items[2]) ** 2).sum() == pytest.approx(0.1, abs=1e-5)
    assert Nudge().fit(known, {"gamma": 4.0}, 0).apply("item", items, ())[2] == pytest.approx(query[0], abs=1e-5)


def test_answers_of_the_test_are_not_learnt_by_item(rng: np.random.Generator) -> None:
    """Of 40 queries 20 have answers that the test has too: the others remain, and nudge moves no answer of the test."""
    items, queries = normal(rng, 60), normal(rng, 60)
    known = lesson(items, asked(queries[:40], np.arange(40)), asked(queries[40:50], np.arange(40, 50)))
    exam = Exam(asked(queries[50:], np.arange(10)))
    gains = unseen_answers(Nudge(), known, {"gamma": 0.3}, exam, [1])
    assert gains is not None
    assert gains.max() <= 1e-9
    assert unseen_answers(Nudge(), known, {"gamma": 0.3}, Exam(asked(queries[:40], np.arange(40))), [1]) is None


def test_forgetting_is_measured_on_a_group_that_was_not_learnt_from(rng: np.random.Generator) -> None:
    known, test = shifted(rng)
    groups = np.array(["a", "b"])
    known = replace(known, train=replace(known.train, groups=groups[np.arange(N) % 4 // 3]))
    test = replace(test, groups=groups[np.arange(len(test)) % 2])
    found = forgetting(Ridge(), known, {"penalty": 1.0}, Exam(test), 1)
    assert {name: one["learnt"] for name, one in found.items()} == {"a": 30, "b": 90}
    assert sum(one["queries"] for one in found.values()) == len(test)
    assert all(one["gain"] > 0.3 for one in found.values())
