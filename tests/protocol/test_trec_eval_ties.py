import numpy as np
import pyarrow as pa
import pytest
import pytrec_eval

from itemvec.core.top_k import NOTHING, TieOrder, Top, top_k
from itemvec.metrics import Ranked, measure
from itemvec.protocol.judgments import judge
from itemvec.protocol.trec_eval_ties import by_trec_eval, id_places

IDS = ["d2", "d10", "é", "D3", "", "d1"]


def test_of_equal_scores_the_last_id_comes_first() -> None:
    """Sorted by bytes: "", "D3", "d1", "d10", "d2", "é"."""
    places = id_places(pa.array(IDS))
    assert places.tolist() == [4, 3, 5, 1, 0, 2]
    scores = np.array([[1, 1, 1, 1, 2], [0, 0, -1, -np.inf, -np.inf]], dtype=np.float32)
    positions = np.array([[3, 0, 2, 1, 4], [4, 5, 0, NOTHING, NOTHING]])
    found = by_trec_eval(Top(positions, scores), places)
    assert found.positions.tolist() == [[4, 2, 0, 1, 3], [5, 4, 0, NOTHING, NOTHING]]
    assert found.scores.tolist()[0] == [2, 1, 1, 1, 1]
    nothing = by_trec_eval(Top(np.full((1, 2), NOTHING), np.full((1, 2), -np.inf, np.float32)), id_places(pa.array([])))
    assert nothing.positions.tolist() == [[NOTHING, NOTHING]]


def test_figures_are_those_of_trec_eval(rng: np.random.Generator) -> None:
    """Scores of few values, so that most ranks are ties."""
    items, queries = pa.array([f"d{one}" for one in range(40)]), pa.array([f"q{one}" for one in range(30)])
    scores = rng.integers(4, size=(30, 40)).astype(np.float32)
    pairs = [(query, item) for query in range(30) for item in rng.choice(40, 5, replace=False)]
    qrels = pa.table(
        {"query_id": [f"q{q}" for q, _ in pairs], "item_id": [f"d{i}" for _, i in pairs], "gain": [1.0] * 150}
    )
    judgments = judge(qrels, queries, items)
    top = top_k(scores, 40, TieOrder(items).of(queries))
    found = measure(Ranked.judge(by_trec_eval(top, id_places(items)).positions, judgments), ["ndcg@10"])["ndcg@10"]
    judged = {f"q{q}": {f"d{i}": 1 for other, i in pairs if other == q} for q in range(30)}
    run = {f"q{q}": {f"d{i}": float(scores[q, i]) for i in range(40)} for q in range(30)}
    theirs = pytrec_eval.RelevanceEvaluator(judged, {"ndcg_cut.10"}).evaluate(run)
    assert found.tolist() == pytest.approx([theirs[f"q{q}"]["ndcg_cut_10"] for q in range(30)])
    assert np.abs(found - measure(Ranked.judge(top.positions, judgments), ["ndcg@10"])["ndcg@10"]).max() > 0.1
