"""The item that is a query itself is not ranked for it, as in BEIR's evaluation; a task without a test says so."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import pytrec_eval

from itemvec.core.columns import HIDDEN, INTERACTIONS, ITEMS, QRELS, QUERIES
from itemvec.core.errors import ItemvecError
from itemvec.core.files import read_parquet, write_parquet
from itemvec.core.params import SearchProtocol
from itemvec.metrics.leave_one_dimension_out import attribute
from itemvec.protocol.judged_queries import Asked
from itemvec.retrievers.exact import Exact
from itemvec.retrievers.hybrid import Hybrid
from itemvec.stages.ablate_dimensions import measure_each_dimension
from itemvec.stages.analyze import Tables, describe
from itemvec.stages.reduce import Judging, _trial
from itemvec.stages.search import search
from itemvec.stages.truncation import measure_truncation
from itemvec.store import Block, open_vectors, write_database

PROTOCOL = SearchProtocol(depth=5, metrics=["ndcg@5"])
IDS = [f"a{number:02}" for number in range(12)]


@pytest.fixture
def tables(tmp_path: Path) -> dict[str, Path]:
    """Twelve arguments, of which six are queries, each judged against the two after it."""
    items = pa.table([IDS, [f"text {one}" for one in IDS]], schema=ITEMS)
    asked = IDS[:6]
    queries = pa.table([asked, [f"text {one}" for one in asked], ["given"] * 6], schema=QUERIES)
    pairs = [(number, number + step) for number in range(6) for step in (1, 2)]
    qrels = pa.table([[IDS[one] for one, _ in pairs], [IDS[two] for _, two in pairs], [1.0, 2.0] * 6], schema=QRELS)
    paths = {}
    for name, table in {"items": items, "queries": queries.append_column(HIDDEN, [asked]), "qrels": qrels}.items():
        paths[name] = tmp_path / f"{name}.parquet"
        write_parquet(paths[name], table)
    return paths


@pytest.fixture
def vectors(tmp_path: Path, rng: np.random.Generator) -> Path:
    """A query has the vector of the item that it is."""
    found = rng.standard_normal((12, 8)).astype(np.float32)
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    blocks = {"items": (8, [Block(pa.array(IDS), found)]), "queries": (8, [Block(pa.array(IDS[:6]), found[:6])])}
    write_database(tmp_path / "full", blocks)
    return tmp_path / "full.digest"


def beir(tables: dict[str, Path], scores: np.ndarray, drop: bool) -> float:
    """nDCG@5 by pytrec_eval of what is left of a run without the query's own id."""
    qrels: dict[str, dict[str, int]] = {}
    for row in read_parquet(tables["qrels"]).to_pylist():
        qrels.setdefault(row["query_id"], {})[row["item_id"]] = int(row["gain"])
    run = {
        query: {item: float(scores[row, place]) for place, item in enumerate(IDS) if not (drop and item == query)}
        for row, query in enumerate(IDS[:6])
    }
    found = pytrec_eval.RelevanceEvaluator(qrels, {"ndcg_cut.5"}).evaluate(run)
    return float(np.mean([one["ndcg_cut_5"] for one in found.values()]))


def test_a_query_does_not_find_itself(tables: dict[str, Path], vectors: Path, rng: np.random.Generator) -> None:
    from itemvec.store import open_vectors

    items = open_vectors(vectors, "items").load().vectors
    scores = items[:6] @ items.T
    found = search(Exact(), tables, vectors, PROTOCOL, seed=1)
    assert found.summary["ndcg@5"]["mean"] == pytest.approx(beir(tables, scores, drop=True), abs=1e-6)
    assert found.summary["queries_with_a_hidden_item"] == 6
    rows = found.run.to_pylist()
    assert not any(row["id"] == row["item_id"] for row in rows)
    assert len(rows) == 6 * 5  # the depth is filled all the same
    write_parquet(tables["queries"], read_parquet(tables["queries"]).drop_columns([HIDDEN]))
    shown = search(Exact(), tables, vectors, PROTOCOL, seed=1)
    assert shown.summary["ndcg@5"]["mean"] == pytest.approx(beir(tables, scores, drop=False), abs=1e-6)
    assert {row["item_id"] for row in shown.run.to_pylist() if row["rank"] == 1} == set(IDS[:6])


def test_nor_does_it_at_any_length_or_in_a_mixture(tables: dict[str, Path], vectors: Path) -> None:
    facts, _ = measure_truncation(tables, vectors, PROTOCOL, seed=1)
    whole = search(Exact(), tables, vectors, PROTOCOL, seed=1).summary["ndcg@5"]["mean"]
    assert facts["groups"]["given"]["lengths"]["8"]["mean"] == pytest.approx(whole, abs=1e-6)
    mixed = search(Hybrid(parts=[{"kind": "exact"}, {"kind": "bm25"}]), tables, vectors, PROTOCOL, seed=1)
    assert not any(row["id"] == row["item_id"] for row in mixed.run.to_pylist())


def test_a_hidden_item_may_be_none(tables: dict[str, Path], vectors: Path) -> None:
    queries = read_parquet(tables["queries"]).drop_columns([HIDDEN])
    hidden = pa.array([IDS[0], *[None] * 5], pa.string())
    write_parquet(tables["queries"], queries.append_column(HIDDEN, hidden))
    found = search(Exact(), tables, vectors, PROTOCOL, seed=1)
    own = [row["id"] for row in found.run.to_pylist() if row["id"] == row["item_id"]]
    assert own == IDS[1:6]


@pytest.mark.parametrize(
    ("part", "least_gain", "said"),
    [
        ("train", 0.0, "search: no query is left to test on; change the column split of the queries, or search.split"),
        (
            "test",
            100.0,
            "search: none of the 6 test queries has a relevant item of gain 100 or more, as search.least_gain",
        ),
    ],
)
def test_a_search_without_a_test_is_refused(
    tables: dict[str, Path], vectors: Path, part: str, least_gain: float, said: str
) -> None:
    queries = read_parquet(tables["queries"])
    write_parquet(tables["queries"], queries.append_column("split", [[part] * 6]))
    protocol = SearchProtocol(depth=5, metrics=["ndcg@5"], least_gain=least_gain)
    with pytest.raises(ItemvecError, match=said):
        search(Exact(), tables, vectors, protocol, seed=1)


def cosines(vectors: Path) -> np.ndarray:
    items, queries = (open_vectors(vectors, name).load().vectors for name in ("items", "queries"))
    return queries @ items.T


def test_the_ablation_hides_it_too(tables: dict[str, Path], vectors: Path) -> None:
    """With all dimensions, its nDCG@10 is that of the same ranking without the query itself."""
    facts, _ = measure_each_dimension(vectors, tables["queries"], tables["qrels"], 0)
    scores = cosines(vectors)
    expected = ndcg_at_10(tables, scores)
    assert facts["groups"]["given"]["ndcg@10"] == pytest.approx(expected, abs=1e-6)
    assert expected > ndcg_at_10(tables, scores, hide=False)


def ndcg_at_10(tables: dict[str, Path], scores: np.ndarray, hide: bool = True) -> float:
    found = []
    for row in range(6):
        gains = np.zeros(12)
        gains[[row + 1, row + 2]] = 1.0, 2.0
        order = [place for place in np.argsort(-scores[row]) if not (hide and place == row)][:10]
        discount = 1 / np.log2(np.arange(2, 12))
        found.append(float(gains[order] @ discount[: len(order)]) / float(np.array([2.0, 1.0]) @ discount[:2]))
    return float(np.mean(found))


def test_without_a_dimension_it_stays_hidden(tables: dict[str, Path], vectors: Path) -> None:
    asked = Asked.load(vectors, tables["queries"], tables["qrels"], pa.array(IDS))
    items = open_vectors(vectors, "items").load().vectors
    found = attribute(asked.vectors, items, asked.judgments, hidden=asked.hidden)
    for left_out in range(8):
        kept = np.arange(8) != left_out
        queries, rest = asked.vectors[:, kept], items[:, kept]
        scores = queries @ (rest / np.linalg.norm(rest, axis=1, keepdims=True)).T
        assert found.without[:, left_out].mean() == pytest.approx(ndcg_at_10(tables, scores), abs=1e-5)


def test_the_margin_is_not_to_the_query_itself(tables: dict[str, Path], vectors: Path) -> None:
    facts, _ = describe(vectors, Tables(tables["queries"], tables["qrels"], empty(tables)), 0)
    scores, margins = cosines(vectors), []
    for row in range(6):
        others = [place for place in range(12) if place not in (row, row + 1, row + 2)]
        margins.append(scores[row, [row + 1, row + 2]].min() - scores[row, others].max())
    assert facts["margin"]["given"]["least"] == pytest.approx(min(margins), abs=1e-5)


def empty(tables: dict[str, Path]) -> Path:
    path = tables["items"].with_name("interactions.parquet")
    write_parquet(path, INTERACTIONS.empty_table())
    return path


def test_a_reduction_that_learns_from_queries_is_told(tables: dict[str, Path], vectors: Path) -> None:
    """The vector of a query is that of the item hidden from it."""
    trial = _trial(vectors, Judging(tables["queries"], tables["qrels"]))
    assert trial.hidden is not None
    assert len(trial.hidden) > 0
    assert (open_vectors(vectors, "items").load().vectors[trial.hidden] == trial.queries).all()
