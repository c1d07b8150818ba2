"""What the page takes for the word of `dvc repro`, against how a run is measured and held against others."""

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.columns import QRELS
from itemvec.judging.measured import Rule, shown_better
from itemvec.judging.pool import pooled
from itemvec.metrics import DETERMINISTIC, LEVEL, Ranked, best_set, measure
from itemvec.protocol.judgments import judge

N_QUERIES, N_ITEMS, K = 60, 40, 5


@pytest.mark.parametrize("seed", range(6))
def test_it_is_the_verdict_on_the_measures_of_a_run(seed: int) -> None:
    """Of three systems some of the pool is judged, and more that none ranks; some queries have nothing relevant."""
    rng = np.random.default_rng(seed)
    queries, items = (
        pa.array([f"{letter}{n:02}" for n in range(size)]) for letter, size in (("q", N_QUERIES), ("i", N_ITEMS))
    )
    truth = np.where(rng.random((N_QUERIES, N_ITEMS)) < 0.08, rng.integers(1, 4, (N_QUERIES, N_ITEMS)), 0)
    noise = [rng.normal(0, spread, truth.shape) for spread in (1, 1.3 + seed / 10, 3)]
    runs = {f"s{n}": np.argsort(-(truth + one), axis=1)[:, :K] for n, one in enumerate(noise)}
    judged = rng.random(truth.shape) < 0.4
    rows, places = np.nonzero(judged)
    columns = [queries.take(pa.array(rows)), items.take(pa.array(places)), truth[judged].astype(float)]
    judgments = judge(pa.table(columns, schema=QRELS), queries, items, least_gain=2)
    counted = np.asarray(pa.compute.index_in(judgments.ids, value_set=queries))
    assert len(counted) < N_QUERIES
    metric = f"ndcg@{K}"
    values = np.column_stack(
        [measure(Ranked.judge(run[counted], judgments), [metric])[metric] for run in runs.values()]
    )
    p = best_set(values, [DETERMINISTIC] * 3, 0).p

    pool = pooled(runs, queries, items, K).with_judged(*np.nonzero(judged & (truth > 0)))
    gains = np.where(judged, truth / 3, np.nan)[pool.query, pool.item]
    for best in range(3):
        assert shown_better(pool, gains, best, Rule(K, least_gain=2 / 3)).tolist() == (p[:, best] < LEVEL).tolist()
