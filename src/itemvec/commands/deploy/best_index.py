"""Which vector index of a run to deploy."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from itemvec.core.files import read_json
from itemvec.core.params import Params


def best_index(artifacts: Path, params: Params, variant: str) -> str | None:
    """The row of kind lancedb that searched the variant best by vector; None where none was measured."""
    found: dict[str, float] = {}
    for name in params.retrievers:
        path = artifacts / "results" / "search" / name / f"{variant}.json"
        row = params.systems[name]
        if row["kind"] == "lancedb" and row.get("mode", "vector") == "vector" and path.exists():
            groups = read_json(path)["groups"].values()
            found[name] = float(np.mean([group[params.search.metrics[0]]["mean"] for group in groups]))
    return max(found, key=lambda name: found[name]) if found else None
