"""Agreement of text similarity with collaborative similarity: cosines of items against co-occurrence and EASE."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.arrays import Doubles, Floats, Ids, Ints
from itemvec.core.columns import ITEM, TEXT, USER
from itemvec.core.errors import TableError
from itemvec.core.files import read_parquet
from itemvec.core.sampling import sample
from itemvec.core.top_k import top_k
from itemvec.metrics import mean_interval
from itemvec.protocol.histories import Histories
from itemvec.store import open_vectors
from itemvec.studies.cooccurrence import Engagement

MOST = 3000  # most popular items; others are left out, since EASE inverts a matrix of this size
PAIRS = 1_000_000  # pairs of items for the correlations; more are sampled
ASKERS = 500  # items whose ranking of the others is compared; more are sampled
NEIGHBOURS = 10
EXPECTED = 5.0  # expected users of both, at least, for a low count to mean something
RARE = 0.25  # share of the expected number below which a pair counts as rarely used together
ALIKE_FROM = 0.9  # quantile of the cosines of all pairs
LISTED = 20
LETTERS = 120  # characters shown of a text

ALIKE = pa.schema(
    [
        *((name, pa.string()) for name in ("left", "right", "left_text", "right_text")),
        ("cosine", pa.float32()),
        ("together", pa.int64()),
        ("expected", pa.float32()),
    ]
)


def compare_similarities(digest: Path, items: Path, interactions: Path, seed: int) -> tuple[dict[str, Any], Any]:
    """Compare the item vectors of the database that ``digest`` describes with the interactions of users.

    All interactions count, test targets included, since nothing is evaluated by prediction here.

    Parameters
    ----------
    items, interactions
        Parquet files.

    Returns
    -------
    Facts for the metrics file, and an Arrow table of the schema ``ALIKE``: the pairs of most similar texts that users
    rarely have together. The facts, if users have enough items, and some of them together:

    ``ease``, ``lift``
        Correlation over pairs of items of the cosine with the EASE weight (mean of both directions), and with the lift
        (users of both over the expected number), the latter over pairs that any user had. ``by_item`` is the rank
        correlation of an item's cosines to all others with its weights, averaged over items.
    ``neighbours``
        Share of nearest neighbours by text with a negative EASE weight, and that share among all pairs.
    """
    table = read_parquet(items).combine_chunks()
    ids, vectors = open_vectors(digest, "items").load()
    if not ids.equals(table[ITEM].combine_chunks()):
        raise TableError(f"{digest.with_suffix('')}: its items differ from those of {items}; run `dvc repro`")
    histories = Histories.of(read_parquet(interactions, encoded=[USER, ITEM]), ids)
    found = Engagement.of(histories, MOST)
    facts: dict[str, Any] = {"items": len(found.items), "users": found.users}
    if len(found.items) <= NEIGHBOURS or not found.together.any():
        return facts, ALIKE.empty_table()
    units = vectors[found.items]
    units = units / np.maximum(np.linalg.norm(units, axis=1, keepdims=True), 1e-12)
    cosines = units @ units.T
    rng = np.random.default_rng(seed)
    left, right = _pairs(len(units), rng)
    cosine, both = cosines[left, right], found.together[left, right]
    weights = (found.weights[left, right] + found.weights[right, left]) / 2
    seen = both > 0
    facts["pairs"], facts["pairs_together"] = len(left), int(seen.sum())
    facts["ease"] = _correlations(cosine, weights) | {"by_item": _by_item(cosines, found.weights, rng)}
    facts["lift"] = _correlations(cosine[seen], (both / found.expected[left, right])[seen])
    facts["neighbours"] = _neighbours(cosines, found.weights)
    level = float(np.quantile(cosine, ALIKE_FROM))
    return facts, _alike(cosines, level, found, ids, table[TEXT].combine_chunks())


def _pairs(n: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Pairs of different positions: all, or a sample."""
    if n * (n - 1) // 2 <= PAIRS:
        left, right = np.triu_indices(n, 1)
        return left, right
    left = rng.integers(n, size=PAIRS)
    return left, (left + rng.integers(1, n, size=PAIRS)) % n


def _correlations(left: Floats, right: Any) -> dict[str, float]:
    """Pearson's and Spearman's correlation; 0 if one side is constant."""
    from scipy.stats import rankdata

    pairs = {"pearson": (left, right), "spearman": (rankdata(left), rankdata(right))}
    return {name: float(_rowwise(one[None, :], other[None, :])[0]) for name, (one, other) in pairs.items()}


def _rowwise(left: Any, right: Any) -> Doubles:
    """Pearson's correlation of each row of one array with that of the other, both of shape (rows, n)."""
    left, right = (part - part.mean(axis=1, dtype=np.float64, keepdims=True) for part in (left, right))
    product = np.linalg.norm(left, axis=1) * np.linalg.norm(right, axis=1)
    return np.asarray((left * right).sum(axis=1) / np.where(product > 0, product, 1))


def _by_item(cosines: Floats, weights: Floats, rng: np.random.Generator) -> dict[str, float]:
    from scipy.stats import rankdata

    rows = sample(np.arange(len(cosines)), ASKERS, rng)
    others = np.arange(len(cosines)) != rows[:, None]
    ranks = [rankdata(one[rows][others].reshape(len(rows), -1), axis=1) for one in (cosines, weights)]
    return _mean(_rowwise(*ranks), -1.0)


def _neighbours(cosines: Floats, weights: Floats) -> dict[str, Any]:
    alone = cosines.copy()
    np.fill_diagonal(alone, -np.inf)
    nearest = top_k(alone, NEIGHBOURS).positions
    negative = np.take_along_axis(weights < 0, nearest, axis=1).mean(axis=1)
    n = len(weights)
    return {"k": NEIGHBOURS, "negative": _mean(negative, 0.0), "of_all": float((weights < 0).sum() / (n * (n - 1)))}


def _mean(values: Doubles, least: float) -> dict[str, float]:
    low, high = mean_interval(values, bounds=(least, 1.0))
    return {"mean": float(values.mean()), "low": low, "high": high}


def _alike(cosines: Floats, level: float, found: Engagement, ids: Ids, texts: Any) -> Any:
    """The most similar pairs above ``level`` that users have together far more rarely than by chance."""
    expected = found.expected
    apart = (cosines >= level) & (expected >= EXPECTED) & (found.together <= RARE * expected)
    left, right = np.nonzero(np.triu(apart, 1))
    order = np.lexsort((right, left, -cosines[left, right]))[:LISTED]
    left, right = left[order], right[order]
    names = [ids.take(pa.array(found.items[one])) for one in (left, right)]
    words = [pc.utf8_slice_codeunits(texts.take(pa.array(found.items[one])), 0, LETTERS) for one in (left, right)]
    both = found.together[left, right].astype(np.int64)
    return pa.table([*names, *words, cosines[left, right], both, expected[left, right]], schema=ALIKE)
