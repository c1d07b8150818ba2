"""Search quality of truncated vectors: only the first dimensions are used, for a range of lengths."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from itemvec.core.arrays import Doubles
from itemvec.core.engine import HERE, Engine
from itemvec.core.files import n_rows
from itemvec.core.params import SearchProtocol
from itemvec.core.text import without_markup
from itemvec.core.top_k import TieOrder
from itemvec.metrics import ALLOWED, LEVEL, Spread, by_owner, compare_with_reference, mean_interval
from itemvec.protocol.useful_depth import within
from itemvec.retrievers.truncated_search import search_prefixes
from itemvec.stages.trial import Trial

SHORTEST = 8
HEADER = "group,length,mean,low,high"


def lengths(dim: int) -> list[int]:
    """Powers of two from 8, halfway between them, and ``dim`` itself: 8, 12, 16, 24, ..., ascending."""
    powers = [SHORTEST << step for step in range(dim.bit_length())]
    return sorted({dim, *(length for power in powers for length in (power, power * 3 // 2) if length < dim)})


def measure_truncation(
    tables: dict[str, Path], vectors: Path, protocol: SearchProtocol, seed: int, engine: Engine = HERE
) -> tuple[dict[str, Any], str]:
    """Rank all items for the test queries by cosine of the first dimensions, for every length, in one pass.

    Parameters
    ----------
    tables
        Parquet files of ``items``, ``queries`` and ``qrels``.
    vectors
        Digest of the vector database.
    engine
        Where the items are compared.

    Returns
    -------
    Facts for the metrics file, and a CSV of what is plotted. By group of queries and length, the facts have the mean of
    the protocol's first metric with its interval, the ``change`` against all dimensions, as a share, and the ``p`` that
    more is lost than is allowed (``metrics.compare_with_reference``), adjusted for the lengths.
    """
    metric = protocol.metrics[0]
    facts: dict[str, Any] = {"metric": metric, "groups": {}}
    if not n_rows(tables["qrels"]):
        return facts, HEADER + "\n"
    trial = Trial.load(tables, vectors, protocol, engine=engine)
    queries = np.concatenate(list(trial.test.queries.blocks("lengths")))
    tried = lengths(queries.shape[1])
    ties = TieOrder(trial.items.ids).of(trial.test.queries.ids)
    protocol = within(protocol, len(trial.items))
    depth = protocol.depth + (trial.test.hidden is not None)
    tops = search_prefixes(queries, trial.items.blocks("lengths"), tried, depth, "cosine", ties, engine)
    tops = {length: trial.test.shown(top, protocol.depth) for length, top in tops.items()}
    values = {length: trial.test.quality(top, metric) for length, top in tops.items()}
    groups = np.asarray(trial.groups.to_pylist(), dtype=object)
    lines = [HEADER]
    for group in sorted(set(groups)):
        chosen = groups == group
        owners = trial.test.owners.filter(pa.array(chosen))
        found = _compared({length: by_owner(one[chosen], owners) for length, one in values.items()}, seed)
        facts["groups"][group] = {"queries": int(np.count_nonzero(chosen)), "lengths": found}
        name = '"' + without_markup(group).replace('"', '""') + '"'
        lines += [f"{name},{key},{one['mean']:.6f},{one['low']:.6f},{one['high']:.6f}" for key, one in found.items()]
    return facts, "\n".join(lines) + "\n"


def conclusions(facts: dict[str, Any], variant: str) -> list[str]:
    """By group of queries, the shortest vectors of a variant that are shown to lose no more than is allowed."""
    said = []
    for group, found in facts["groups"].items():
        whole = max(map(int, found["lengths"]))
        short = [int(length) for length, one in found["lengths"].items() if one["p"] < LEVEL]
        what = f"the first {min(short)}" if short else "no fewer than all"
        mean = found["lengths"][str(whole)]["mean"]
        said.append(
            f"{variant}, {group}: {what} of {whole} dimensions are shown to lose less than {ALLOWED:.0%} "
            f"of {facts['metric'].replace('ndcg', 'nDCG')} {mean:.4f}"
        )
    return said


def _compared(values: dict[int, Doubles], seed: int) -> dict[str, dict[str, float]]:
    """Mean of each length, and its change against the last, from values of the same queries."""
    whole = values[max(values)]
    shorter = np.column_stack([*values.values()][:-1]) if len(values) > 1 else np.empty((len(whole), 0))
    chances = compare_with_reference(shorter, whole, [Spread()] * shorter.shape[1], Spread(), seed).p_loss
    found = {}
    for (length, one), chance in zip(values.items(), [*chances, 1.0], strict=True):
        low, high = mean_interval(one)
        change = float(one.mean() / whole.mean() - 1) if whole.any() else 0.0
        found[str(length)] = {"mean": float(one.mean()), "low": low, "high": high, "change": change, "p": float(chance)}
    return found
