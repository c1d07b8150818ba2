"""What is decided: by hand, and by simulation of equal systems and of small differences."""

from math import log2

import numpy as np
import pytest

from itemvec.judging.contrasts import Contrast, contrasts, leading
from itemvec.judging.estimate import estimate
from itemvec.judging.measured import Rule, shown_better
from itemvec.judging.order import next_pairs, priorities, worth
from itemvec.judging.sentences import headline, sentences
from tests.judging.conftest import pool_of


def judged(first: np.ndarray, second: np.ndarray, gains: np.ndarray, depth: int = 5) -> list[int]:
    """Judge in the order of the page; when it was decided, for whom, and what `dvc repro` says; [] if never."""
    pool, rule = pool_of(first, second, depth), Rule(depth, draws=999)
    truth, known, last = gains[pool.query, pool.item], np.full(len(pool), np.nan), None
    states: list[Contrast] = []
    while np.isnan(known).any():
        values, whole = priorities(estimate(pool, known, depth), pool, states), len(leading(states, 2)) < 2
        some = next_pairs(pool, values, np.flatnonzero(np.isnan(known)), last, 10, whole)
        last = int(pool.query[some[0]])
        known[some] = truth[some]
        states = contrasts(estimate(pool, known, depth), pool, known, rule)
        if states[0].decided:
            return [int((~np.isnan(known)).sum()), states[0].best]
    return []


def looks(seed: int, share: float, n: int = 200) -> tuple[list[Contrast], list[bool]]:
    """What is said after each twelfth of the judgments in random order, and what `dvc repro` shows after all of them.

    Two systems find two items each; the first has the better ones in a ``share`` of the queries: at one half they are
    equal.
    """
    rng = np.random.default_rng(seed)
    runs = [np.stack([rng.permutation(8)[:2] for _ in range(n)]) for _ in range(2)]
    gains = rng.random((n, 200)).round()
    scores = [np.take_along_axis(gains, run, axis=1) @ [1, 1 / log2(3)] for run in runs]
    turned = (scores[0] < scores[1]) != (rng.random(n) > share)
    first, second = (np.where(turned[:, None], runs[1 - i], runs[i]) for i in range(2))
    pool, rule = pool_of(first, second, 2), Rule(2, draws=499)
    truth, known, said = gains[pool.query, pool.item], np.full(len(pool), np.nan), []
    for part in np.array_split(rng.permutation(len(pool)), 12):
        known[part] = truth[part]
        said += contrasts(estimate(pool, known, 2), pool, known, rule)
    return said, [bool(shown_better(pool, truth, best, rule)[1 - best]) for best in (0, 1)]


def test_equal_systems_are_called_different_at_most_at_the_level() -> None:
    """120 pairs of equal systems, looked at twelve times each; `dvc repro` shows ten of them at the end."""
    claims = sum(any(one.decided for one in looks(seed, 0.5, n=400)[0]) for seed in range(120))
    assert claims <= 0.05 * 120


def test_what_is_settled_all_judgments_settle() -> None:
    """60 pairs near the border of what all judgments show; at 95 %."""
    settled, otherwise, at_end = 0, 0, 0
    for seed in range(60):
        said, _ = looks(seed, 0.58)
        early = [one.best for one in said[:-1] if one.settled]
        settled += bool(early)
        otherwise += bool(early) and not (said[-1].settled and said[-1].best == early[0])
        at_end += said[-1].settled
    assert 15 < at_end < 45
    assert settled > 0
    assert otherwise <= 0.05 * settled


def test_it_is_not_decided_before_a_run_shows_it() -> None:
    """In 30 queries the first system alone is right; in 28, where it was not judged, the second is."""
    first, second = np.zeros((58, 1), dtype=int), np.ones((58, 1), dtype=int)
    pool, rule = pool_of(first, second, 1), Rule(1)
    gains = np.where((pool.item == 0) | (pool.query >= 30), 1.0, 0.0)
    known = np.where((pool.item == 0) & (pool.query >= 30), np.nan, gains)
    found = estimate(pool, known, 1)
    (state,) = contrasts(found, pool, known, rule, np.flatnonzero(np.isnan(known)))
    assert state.settled
    assert not state.decided
    assert sentences([state], pool.systems, 88)[0].endswith("; at most 28 more until `dvc repro` shows it")
    assert headline([state], pool.systems, 88, 1).endswith("; at most 28 more judgments until `dvc repro` shows it.")
    values = priorities(found, pool, [state])
    assert set(pool.query[next_pairs(pool, values, np.flatnonzero(np.isnan(known)), None, 10, whole=True)]) <= {
        *range(30, 58)
    }
    (state,) = contrasts(estimate(pool, gains, 1), pool, gains, rule)
    assert state.decided


def test_a_small_difference_in_each_query_is_no_verdict_that_a_run_would_not_give() -> None:
    """40 queries, each better by the same .007: no test of the sample doubts it, but one more that loses all would."""
    first = np.tile(np.arange(10), (40, 1))
    second = np.tile([0, 1, 2, 3, 4, 5, 6, 9, 8, 7], (40, 1))
    pool = pool_of(first, second, 10)
    gains = np.where(pool.item < 8, 1.0, 0.0)
    rule = Rule(10)
    (state,) = contrasts(estimate(pool, gains, 10), pool, gains, rule)
    assert state.difference > 0.005
    assert not shown_better(pool, gains, 0, rule).any()
    assert not state.settled
    for share in (0.3, 0.6, 0.9):
        some = np.where(np.arange(len(pool)) < share * len(pool), gains, np.nan)
        (state,) = contrasts(estimate(pool, some, 10), pool, some, rule)
        assert not state.settled


def test_a_clear_difference_is_decided_early_and_says_so() -> None:
    rng = np.random.default_rng(3)
    gains = np.zeros((40, 200))
    gains[:, :5] = 1
    first = np.stack([rng.permutation(5) for _ in range(40)])
    second = np.stack([5 + rng.permutation(90)[:5] for _ in range(40)])
    n_judged, best = judged(first, second, gains)
    assert best == 0
    assert n_judged < 0.3 * 400
    pool = pool_of(first, second, 5)
    known = np.full(len(pool), np.nan)
    some = rng.permutation(len(pool))[:20]
    known[some] = gains[pool.query, pool.item][some]
    found = estimate(pool, known, 5)
    order = np.argsort(-worth(found, [0, 1]), kind="stable")
    states = contrasts(found, pool, known, Rule(5), order[np.isnan(known[order])])
    assert 0 < states[0].more < 200
    assert sentences(states, pool.systems, 20) == [f"first against second: {states[0].more} more"]
    assert headline(states, pool.systems, 20, 5).endswith(f"; about {states[0].more} more judgments decide.")


def test_the_headline_names_the_most_queries_that_any_pair_takes() -> None:
    pairs = [Contrast(0, place, 0.02, 0.9, -0.1, queries=queries) for place, queries in ((1, 300), (2, 700))]
    said = headline(pairs, ["a", "b", "c"], 500, 10)
    assert said.endswith("about 300 queries in all would decide, 700 for all 2.")
    assert headline(pairs[:1], ["a", "b"], 500, 10).endswith("about 300 queries in all would decide.")
    alike = [Contrast(0, 1, 0.0, 0.01, -0.1)]
    assert headline(alike, ["a", "b"], 4_000, 10).endswith("is judged in which a and b differ; judge more.")
    assert headline(alike, ["a", "b"], 9, 10).endswith("too early to say; judge first.")


def test_a_pool_that_cannot_decide_says_how_many_queries_would() -> None:
    """Of four queries the first system answers two better, one worse."""
    first, second = np.array([[0], [0], [0], [0]]), np.array([[1], [1], [1], [1]])
    pool = pool_of(first, second, 1)
    gains = np.array([1.0, 0, 1, 0, 0, 1, 1, 1])
    (state,) = contrasts(estimate(pool, gains, 1), pool, gains, Rule(1), np.arange(0))
    assert state.known == 1
    assert state.difference == pytest.approx(1 / 4)
    by_normal = np.var([1, 1, -1, 0]) * ((1.96 + 0.84) / (1 / 4)) ** 2  # at the level, with a chance of 80 %
    assert by_normal < state.queries < 1.2 * by_normal
    assert "no difference is shown; about" in sentences([state], pool.systems, 8)[0]
