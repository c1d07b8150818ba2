"""The same numbers as trec_eval, through pytrec_eval and ir_measures, on the same run."""

import ir_measures
import numpy as np
import pyarrow as pa
import pytest
import pytrec_eval

from itemvec.core.arrays import Floats, Ints
from itemvec.core.columns import QRELS
from itemvec.core.top_k import Top, top_k
from itemvec.metrics import Ranked, measure
from itemvec.protocol.judgments import judge

N_QUERIES, N_ITEMS, DEPTH = 60, 80, 30
QUERIES = [f"q{number:02}" for number in range(N_QUERIES)]
ITEMS = [
    f"i{N_ITEMS - number:02}" for number in range(N_ITEMS)
]  # trec_eval puts the later name first, as we the earlier
NAMES = {"ndcg": "ndcg_cut", "recall": "recall", "hit": "success"}
CUTS = (1, 3, 10, 25)

Graded = dict[str, dict[str, int]]
Run = dict[str, dict[str, float]]


def graded(rng: np.random.Generator) -> tuple[Graded, Run, Top]:
    """Judgments from 0 to 3 of a third of all pairs, and scores so coarse that many tie; some queries find nothing."""
    judged = rng.random((N_QUERIES, N_ITEMS)) < 1 / 3
    gains: Ints = rng.integers(0, 4, size=judged.shape)
    scores: Floats = rng.integers(0, 12, size=judged.shape).astype(np.float32)
    scores[rng.random(judged.shape) < 0.5] = -np.inf
    scores[:5] = -np.inf
    top = top_k(scores, DEPTH)
    qrels = {
        query: {ITEMS[item]: int(gains[row, item]) for item in np.flatnonzero(judged[row])}
        for row, query in enumerate(QUERIES)
    }
    run = {
        query: {
            ITEMS[item]: float(score)
            for item, score in zip(top.positions[row], top.scores[row], strict=True)
            if item >= 0
        }
        for row, query in enumerate(QUERIES)
    }
    return qrels, run, top


def ours(qrels: Graded, top: Top, names: list[str], least_gain: float) -> tuple[list[str], dict[str, list[float]]]:
    rows = [(query, item, float(gain)) for query, items in qrels.items() for item, gain in items.items()]
    table = pa.table([list(column) for column in zip(*rows, strict=True)], schema=QRELS)
    judgments = judge(table, pa.array(QUERIES), pa.array(ITEMS), least_gain)
    places = [QUERIES.index(query) for query in judgments.ids.to_pylist()]
    found = measure(Ranked.judge(top.positions[places], judgments), names)
    return judgments.ids.to_pylist(), {name: values.tolist() for name, values in found.items()}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("level", [1, 2])
def test_the_same_as_pytrec_eval(seed: int, level: int) -> None:
    qrels, run, top = graded(np.random.default_rng(seed))
    theirs = {f"{name}@{cut}": f"{NAMES[name]}_{cut}" for name in NAMES for cut in CUTS}
    queries, found = ours(qrels, top, [*theirs, f"mrr@{DEPTH}"], level)
    evaluator = pytrec_eval.RelevanceEvaluator(
        qrels, {*(f"{name}.{','.join(map(str, CUTS))}" for name in NAMES.values()), "recip_rank"}, relevance_level=level
    )
    expected = evaluator.evaluate({query: items for query, items in run.items() if items})
    for name, key in {**theirs, f"mrr@{DEPTH}": "recip_rank"}.items():
        values = [expected[query][key] if query in expected else 0.0 for query in queries]  # it leaves out the empty
        assert found[name] == pytest.approx(values, abs=1e-6), name
    assert sum(query not in expected for query in queries) >= 4


@pytest.mark.parametrize("level", [1, 2])
def test_the_same_means_as_ir_measures(rng: np.random.Generator, level: int) -> None:
    qrels, run, top = graded(rng)
    names = {
        **{f"ndcg@{cut}": ir_measures.parse_measure(f"nDCG@{cut}") for cut in CUTS},
        **{f"recall@{cut}": ir_measures.parse_measure(f"R(rel={level})@{cut}") for cut in CUTS},
        f"mrr@{DEPTH}": ir_measures.parse_measure(f"RR(rel={level})"),  # with a cut-off its provider breaks ties anyhow
        **{f"hit@{cut}": ir_measures.parse_measure(f"Success(rel={level})@{cut}") for cut in CUTS},
    }
    queries, found = ours(qrels, top, list(names), level)
    expected = ir_measures.calc_aggregate(list(names.values()), {query: qrels[query] for query in queries}, run)
    for name, theirs in names.items():
        assert np.mean(found[name]) == pytest.approx(expected[theirs], abs=1e-6), name


def test_unjudged_items_count_as_not_relevant(rng: np.random.Generator) -> None:
    """Judgments of gain 0 say nothing more than no judgment."""
    qrels, _, top = graded(rng)
    relevant = {query: {item: gain for item, gain in items.items() if gain} for query, items in qrels.items()}
    names = ["ndcg@10", "mrr@10", "recall@10", "complete_recall@25"]
    assert ours(qrels, top, names, 0) == ours(relevant, top, names, 0)
