"""Measures for incomplete judgments, by hand and against trec_eval."""

from math import log2

import numpy as np
import pyarrow as pa
import pytest
from pytrec_eval import RelevanceEvaluator

from itemvec.judging.incomplete import as_text, bpref, incomplete
from itemvec.metrics import Judgments
from itemvec.protocol.judgments import judge, judged_pairs

N_ITEMS = 30


def judged(gains: dict[int, dict[int, float]]) -> tuple[Judgments, np.ndarray]:
    rows = [(f"q{query}", f"i{item:02}", gain) for query, own in gains.items() for item, gain in own.items()]
    qrels = pa.table(dict(zip(("query_id", "item_id", "gain"), map(list, zip(*rows, strict=True)), strict=True)))
    queries, items = pa.array([f"q{query}" for query in gains]), pa.array([f"i{item:02}" for item in range(N_ITEMS)])
    judgments = judge(qrels, queries, items)
    return judgments, judged_pairs(qrels, judgments.ids, items)


def test_bpref_by_hand() -> None:
    """Relevant 0, 1, 2 of which 2 is not found; not relevant 5 and 6. 7 and 8 are not judged. min(R, N) is 2.

    Ranked 7 0 5 8 1: above 0 there is none, above 1 there is one: (1 + (1 - 1/2)) / 3.
    """
    judgments, pairs = judged({0: {0: 1, 1: 1, 2: 1, 5: 0, 6: 0}})
    assert bpref(np.array([[7, 0, 5, 8, 1]]), judgments, pairs, N_ITEMS).tolist() == [pytest.approx(1.5 / 3)]
    judgments, pairs = judged({0: {0: 1}})  # nothing is judged not relevant
    assert bpref(np.array([[7, 0, -1]]), judgments, pairs, N_ITEMS).tolist() == [1]


def test_bpref_is_that_of_trec_eval() -> None:
    rng = np.random.default_rng(0)
    gains = {q: {int(i): float(rng.integers(2)) for i in rng.permutation(N_ITEMS)[: 3 + q]} for q in range(12)}
    gains = {q: own | {int(rng.integers(N_ITEMS)): 1.0} for q, own in gains.items()}
    positions = np.stack([rng.permutation(N_ITEMS)[:20] for _ in gains])
    qrels = {f"q{q}": {f"i{i:02}": int(gain) for i, gain in own.items()} for q, own in gains.items()}
    run = {f"q{q}": {f"i{i:02}": 20.0 - rank for rank, i in enumerate(row)} for q, row in enumerate(positions.tolist())}
    theirs = RelevanceEvaluator(qrels, {"bpref"}).evaluate(run)
    judgments, pairs = judged(gains)
    ours = bpref(positions, judgments, pairs, N_ITEMS)
    assert ours.tolist() == pytest.approx([theirs[f"q{q}"]["bpref"] for q in gains])


def test_what_is_unjudged_is_said_and_taken_out() -> None:
    """`pooled` found what was judged; `other` the relevant item behind three that nobody judged."""
    judgments, pairs = judged({0: {0: 1, 1: 0}})
    runs = {"pooled": np.array([[0, 1]]), "other": np.array([[7, 8, 9, 0]])}
    found = incomplete(runs, judgments, pairs, N_ITEMS)
    assert [one.unjudged for one in found.values()] == [0, 3 / 4]
    assert found["other"].ndcg == pytest.approx(1 / log2(5))
    assert found["other"].condensed == found["other"].bpref == 1
    assert as_text(found, 1).startswith("Up to 75% of the first 10 ranks are unjudged (other)")
    assert as_text({"pooled": found["pooled"]}, 1).startswith("At most 0% of the first 10 ranks are unjudged")
