"""What a variant does to a query after the model: quantisation rounds queries as it rounds items."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from itemvec.core.arrays import Floats
from itemvec.core.params import Row

LEVELS, OFFSET = 255, 128  # steps of a byte, and the offset of a signed one
FILE = "query_rounding.safetensors"


@dataclass(frozen=True)
class Rounding:
    """Rounding of query vectors.

    to
        ``int8``: to the steps of the items' range. ``codes``: to the numbers of these steps. ``binary``: to signs.
        ``float16``.
    low, step
        Least value and step of each dimension, float32 of shape (dim,); empty for the last two.
    """

    to: str
    low: Floats
    step: Floats

    def __call__(self, vectors: Floats) -> Floats:
        """Round float32 of shape (n, dim)."""
        if self.to == "float16":
            return vectors.astype(np.float16).astype(np.float32)
        if self.to == "binary":
            size = np.float32(vectors.shape[1] ** -0.5)
            return np.where(vectors < 0, -size, size).astype(np.float32)
        places = (vectors - self.low) / np.where(self.step > 0, self.step, np.float32(1))
        codes = np.clip(np.floor(places) if self.to == "codes" else np.rint(places), 0, LEVELS)
        return np.asarray(codes - OFFSET if self.to == "codes" else self.low + codes * self.step, dtype=np.float32)

    def save(self, folder: Path) -> None:
        """Write it for numpy and safetensors alone."""
        from safetensors.numpy import save_file

        save_file({"low": self.low, "step": self.step}, folder / FILE)


def rounding(row: Row, items: Iterable[Floats]) -> Rounding | None:
    """The rounding of queries of a variant; None where they stay floats.

    Parameters
    ----------
    row
        The reducer.
    items
        Blocks of item vectors as the model gives them, before any quantisation, float32 of shape (n, dim).
    """
    last = row["links"][-1] if row["kind"] == "chain" else row
    if last["kind"] != "quantize" or (last["to"] == "binary" and last.get("rescore", True)):
        return None
    nothing = np.empty(0, dtype=np.float32)
    if last["to"] != "int8":
        return Rounding(last["to"], nothing, nothing)
    ranges = [(block.min(axis=0), block.max(axis=0)) for block in items if len(block)]
    low, high = np.min([one for one, _ in ranges], axis=0), np.max([one for _, one in ranges], axis=0)
    return Rounding("codes" if last.get("codes") else "int8", low, (high - low) / np.float32(LEVELS))


def load(folder: Path, to: str) -> Rounding:
    """Read what ``save`` wrote."""
    from safetensors.numpy import load_file

    found = load_file(folder / FILE)
    return Rounding(to, found["low"], found["step"])
