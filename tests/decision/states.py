"""Planted states of a repository: values per query by cell, and the decision that names them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from itemvec.core.arrays import Doubles
from itemvec.decision.revisions import Revision
from itemvec.decision.values import Measures

N = 200  # queries
PROTOCOL = {"split": "given", "depth": 100, "seeds": 1, "metrics": ["ndcg@10"]}
UNITS = {"recommend": "users", "search": "queries"}
Cells = Mapping[str, Doubles]  # by key; float64 of shape (n,) or (n, n_seeds)


def table(group: str, values: Doubles, first: int = 0, judgments: Any = None) -> pa.Table:
    """Measures of queries ``first``, ``first + 1``, ...: one row for each query and seed, in no order."""
    values = values.reshape(len(values), -1)
    n, seeds = values.shape
    ids = np.repeat([f"q{first + i:04}" for i in range(n)], seeds)
    hashes = np.repeat(np.arange(first, first + n) if judgments is None else judgments, seeds)
    columns = {
        "id": ids,
        "owner": ids,
        "group": [group] * (n * seeds),
        "seed": np.tile(np.arange(seeds), n),
        "judgment": hashes.astype(np.int64),
        "ndcg@10": values.ravel(),
    }
    shuffled = np.random.default_rng(7).permutation(n * seeds)
    return pa.table({name: pa.array(column) for name, column in columns.items()}).take(pa.array(shuffled))


def state(
    groups: Mapping[tuple[str, str], Cells],
    name: str = "main",
    first: int = 0,
    judgments: Any = None,
    protocol: Mapping[str, Any] = PROTOCOL,
    **facts: Any,
) -> Revision:
    """A revision that measured ``groups``, by task and group; ``facts`` replace parts of its decision."""
    tables: dict[str, Any] = {}
    tasks: dict[str, Any] = {}
    for (task, group), cells in groups.items():
        found = tasks.setdefault(
            task, {"metric": "ndcg@10", "unit": UNITS[task], "protocol": dict(protocol), "groups": {}}
        )
        found["groups"][group] = {"queries": N, "cells": {}}
        for key, values in cells.items():
            cell = f"{task}/{key}"
            part = table(group, values, first, judgments)
            tables[cell] = pa.concat_tables([tables[cell], part]) if cell in tables else part
            found["groups"][group]["cells"][key] = {"cell": cell, "mean": float(values.mean())}
    decision = {
        "version": 1,
        "dataset": "films",
        "model": "minilm",
        "dim": 384,
        "tolerance": 0.01,
        "inputs": {"items": "i", "interactions": "u", "queries": "q", "qrels": "r"},
        "tasks": tasks,
    } | facts
    return Revision(name, "d69d55a", decision, Measures(tables.__getitem__))


def right(share: float, n: int = N) -> Doubles:
    """One for the first queries, zero for the others."""
    return (np.arange(n) < share * n).astype(float)
