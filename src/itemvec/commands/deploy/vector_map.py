"""The map of one variant as two affine maps, of items and of queries, and what an index does to the vectors then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from itemvec.core.arrays import Floats
from itemvec.core.errors import ParamsError
from itemvec.core.params import Row
from itemvec.reducers import Transform
from itemvec.reducers.base import Role, unit

STORED = ("quantize", "product-quantize")  # what an index keeps of a vector, not what a model gives
NEAR = 1e-5  # of the longest vector: what an affine map may differ from the fitted one
PROBES = 256  # vectors to compare with


@dataclass(frozen=True)
class Affine:
    """The map vectors @ matrix + bias: float32 of shape (dim, reduced dim) and (reduced dim,).

    scaled
        Whether the result is scaled to unit length.
    """

    matrix: Floats
    bias: Floats
    scaled: bool = False

    def __call__(self, vectors: Floats) -> Floats:
        """Map float32 of shape (n, dim)."""
        mapped = np.asarray(vectors @ self.matrix + self.bias, dtype=np.float32)
        return unit(mapped) if self.scaled else mapped

    @property
    def changes_nothing(self) -> bool:
        """Whether vectors stay as they are."""
        square = self.matrix.shape[0] == self.matrix.shape[1]
        return (
            square and not self.scaled and not self.bias.any() and bool((self.matrix == np.eye(len(self.matrix))).all())
        )


def parts(row: Row) -> tuple[Row, list[str]]:
    """The row of a reducer without what an index does to the vectors; and that, as the kinds of its last links.

    Raises
    ------
    ParamsError
        Something follows on a quantisation, so that no index could do it.
    """
    links: list[dict[str, Any]] = list(row["links"]) if row["kind"] == "chain" else [dict(row)]
    kept = len(links)
    while kept and links[kept - 1]["kind"] in STORED:
        kept -= 1
    kinds = [one["kind"] for one in links]
    if set(kinds[:kept]) & set(STORED):
        raise ParamsError(f"a chain of {', '.join(kinds)}: a model cannot do what follows on a quantisation")
    stored = [f"{one['kind']} {one.get('to', '')}".strip() for one in links[kept:]]
    if not kept:
        return {"kind": "identity"}, stored
    return (links[0] if kept == 1 else {"kind": "chain", "links": links[:kept]}), stored


def affine(transform: Transform, role: Role, sample: Floats) -> Affine:
    """The affine map that gives what ``transform`` gives for a role, found by the unit vectors.

    Parameters
    ----------
    sample
        Vectors to compare on, float32 of shape (n, dim).

    Raises
    ------
    ParamsError
        It is no affine map.
    """
    found = _probed(transform, role, sample.shape[1])
    wanted, given = transform(sample[:PROBES], role), found(sample[:PROBES])
    longest = float(np.linalg.norm(wanted, axis=1).max(initial=1e-12))
    if float(np.abs(wanted - given).max(initial=0.0)) > NEAR * longest:
        raise ParamsError(f"its map of {role} vectors is no affine one, which is what a model folder can hold")
    return found


def _probed(transform: Transform, role: Role, dim: int) -> Affine:
    if role in transform.linear:
        matrix = transform.linear[role]
        return Affine(matrix, np.zeros(matrix.shape[1], dtype=np.float32), scaled=True)
    bias = transform(np.zeros((1, dim), dtype=np.float32), role)[0].astype(np.float64)
    probed = transform(np.eye(dim, dtype=np.float32), role).astype(np.float64) - bias
    return Affine(probed.astype(np.float32), bias.astype(np.float32))
