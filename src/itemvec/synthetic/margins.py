"""Training pairs of written queries, with what a cross-encoder says of them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa

from itemvec.core.arrays import Doubles, Ints
from itemvec.core.columns import GAIN, ITEM, QUERY
from itemvec.core.progress import progress
from itemvec.rerankers import Rerank
from itemvec.synthetic.sieve import Sieve

NEGATIVE, MARGIN, SOURCE = "negative_id", "margin", "source"
PAIRS = pa.schema(
    [
        (QUERY, pa.string()),
        ("query", pa.string()),
        (ITEM, pa.string()),
        (GAIN, pa.float64()),
        (NEGATIVE, pa.string()),
        (MARGIN, pa.float64()),
        (SOURCE, pa.string()),
    ]
)
AT_ONCE = 256  # queries scored between two looks at the progress


def margins(rerank: Rerank, found: Sieve, rows: Ints, negatives: Ints, texts: Any) -> Doubles:
    """``CE(q, item) - CE(q, negative)`` of every pair, float64 of shape (n,): the target of MarginMSE (GPL).

    Parameters
    ----------
    rows, negatives
        Row of the query, rising, and position of the negative.
    texts
        Texts of all items, Arrow strings.
    """
    found_margins = np.empty(len(rows))
    with progress(len(found.queries), "score pairs", "queries") as shown:
        for start in range(0, len(found.queries), AT_ONCE):
            queries = found.queries[start : start + AT_ONCE]
            ends = np.searchsorted(rows, np.arange(start, start + len(queries) + 1))
            others = [negatives[a:b].tolist() for a, b in pairwise(ends)]
            some = [[own, *more] for own, more in zip(found.items[start : start + AT_ONCE], others, strict=True)]
            words = [texts.take(pa.array(places)).to_pylist() for places in some]
            scores = rerank(queries, words)
            flat = [one[0] - one[1:].astype(np.float64) for one in scores]
            found_margins[ends[0] : ends[-1]] = np.concatenate([np.empty(0), *flat])
            shown.update(len(queries))
    return found_margins


def pairs_table(
    found: Sieve, ids: Any, items: Any, rows: Ints, negatives: Ints, margin: Doubles | None, source: str
) -> Any:
    """One row per query and negative, or per query where it has none, of the schema ``PAIRS``.

    Parameters
    ----------
    ids
        Ids of the queries, Arrow strings.
    items
        Ids of all items, Arrow strings.
    """
    alone = np.setdiff1d(np.arange(len(found.queries)), rows)
    order = np.argsort(np.concatenate([rows, alone]), kind="stable")
    row = np.concatenate([rows, alone])[order]
    mined = np.concatenate([np.ones(len(rows), bool), np.zeros(len(alone), bool)])[order]
    negative = np.concatenate([negatives, np.zeros_like(alone)])[order]
    values = np.concatenate([np.zeros(len(rows)) if margin is None else margin, np.zeros(len(alone))])[order]
    own = np.asarray(found.items, dtype=np.int64)[row]
    columns = [
        ids.take(pa.array(row)),
        pa.array(found.queries, pa.string()).take(pa.array(row)),
        items.take(pa.array(own)),
        pa.array(np.ones(len(row))),
        items.take(pa.array(negative, mask=~mined)),
        pa.array(values, mask=~mined if margin is not None else np.ones(len(row), bool)),
        pa.array([source] * len(row), pa.string()),
    ]
    return pa.table(columns, schema=PAIRS)
