"""The first items of a run in a better order, measured as any search."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from tqdm import tqdm

from itemvec.arrays import Ids
from itemvec.columns import GROUP, ID, ITEM, QUERY, RANK, SCORE, SEED, TEXT
from itemvec.errors import TableError
from itemvec.evaluation import Evaluation, evaluate, nothing
from itemvec.files import read_parquet
from itemvec.params import SearchProtocol
from itemvec.rerankers import Rerank, Reranker
from itemvec.search import judge
from itemvec.topk import NOTHING, Top

PAIRS = 16_384  # handed over at once: enough that equal lengths meet, few enough to hold


def rerank_run(
    reranker: Reranker, tables: dict[str, Path], first: Path, depth: int, protocol: SearchProtocol, seed: int
) -> Evaluation:
    """Order the best ``depth`` items of every query anew and judge; what follows them stays as it was.

    Parameters
    ----------
    tables
        Parquet files of ``items``, ``queries`` and ``qrels``.
    first
        The run whose items are reordered, a Parquet file of the schema ``RUN``. Of several seeds the lowest counts.
    """
    items, queries = (read_parquet(tables[name]).combine_chunks() for name in ("items", "queries"))
    item_ids, query_ids = items[ITEM].combine_chunks(), queries[QUERY].combine_chunks()
    judgments = judge(read_parquet(tables["qrels"]), query_ids, item_ids)
    facts = {"task": "search", "queries_left_out": len(queries) - len(judgments)}
    if not len(judgments):
        return nothing(protocol.metrics, facts)
    top = read_run(first, judgments.ids, item_ids, protocol.depth)
    asked = queries.take(pc.index_in(judgments.ids, value_set=query_ids))
    found = reorder(reranker.load(), asked[TEXT].to_pylist(), items[TEXT].combine_chunks(), top, depth)
    groups = asked[GROUP].combine_chunks()
    return evaluate({seed: found}, judgments, groups, item_ids, protocol.metrics, facts, seed)


def reorder(rerank: Rerank, queries: Sequence[str], texts: Ids, top: Top, depth: int) -> Top:
    """Sort the first ``depth`` ranks of ``top`` by the scores of ``rerank``; equal scores keep their order.

    Parameters
    ----------
    queries
        Texts of the queries of ``top``.
    texts
        Texts of all items, Arrow strings.

    Returns
    -------
    The new ranking. Scores of what was not reranked go on below the lowest of those that were, one less each.
    """
    positions, scores = top.positions.copy(), top.scores.copy()
    rows = max(1, PAIRS // depth)
    with tqdm(total=len(queries), desc="rerank", unit="query", mininterval=1) as progress:
        for start in range(0, len(queries), rows):
            some = slice(start, start + rows)
            head = top.positions[some, :depth]
            counts = np.count_nonzero(head != NOTHING, axis=1)
            words = [texts.take(pa.array(row[:n])).to_pylist() for row, n in zip(head, counts, strict=True)]
            for row, found in enumerate(rerank(queries[some], words), start):
                order = np.argsort(-found, kind="stable")
                positions[row, : len(found)] = top.positions[row, : len(found)][order]
                scores[row, : len(found)] = found[order]
                rest = np.count_nonzero(top.positions[row] != NOTHING) - len(found)
                if len(found):
                    scores[row, len(found) : len(found) + rest] = found.min() - np.arange(1, rest + 1)
            progress.update(len(words))
    return Top(positions, scores)


def read_run(path: Path, queries: Ids, items: Ids, depth: int) -> Top:
    """The first ``depth`` ranks that a run has for ``queries``.

    Raises
    ------
    TableError
        The run names an item that is not among ``items``, or has none of the queries.
    """
    run = read_parquet(path, [ID, SEED, ITEM, RANK, SCORE])
    run = run.filter(pc.equal(run[SEED], pc.min(run[SEED]))).filter(pc.less_equal(pc.field(RANK), depth))
    rows = pc.index_in(run[ID].cast(pa.string()), value_set=queries).combine_chunks()
    places = pc.index_in(run[ITEM].cast(pa.string()), value_set=items).combine_chunks()
    if places.null_count or (len(queries) and rows.null_count == len(rows)):
        raise TableError(f"{path}: is a run of other tables; run `dvc repro`")
    known = np.asarray(rows.is_valid())
    ranks = np.asarray(run[RANK])[known] - 1
    rows = rows.drop_null().to_numpy()
    positions = np.full((len(queries), depth), NOTHING, dtype=np.int64)
    scores = np.full((len(queries), depth), -np.inf, dtype=np.float32)
    positions[rows, ranks] = places.to_numpy()[known]
    scores[rows, ranks] = np.asarray(run[SCORE])[known]
    return Top(positions, scores)
