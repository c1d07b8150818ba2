"""Mean and principal directions of the item vectors, computed once for all variants."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from itemvec.core.arrays import Floats
from itemvec.core.engine import HERE, Engine
from itemvec.core.files import read_json, write_json
from itemvec.core.progress import progress
from itemvec.reducers import Decomposition
from itemvec.store import VectorTable, open_vectors

MOMENTS = ".safetensors"  # beside the digest of the moments


def decompose(source: Path, digest: Path, engine: Engine = HERE) -> Decomposition:
    """Compute the moments of the items of the database that ``source`` describes.

    Writes them beside ``digest``, which identifies the vectors they were computed from. It does not depend on the
    moments themselves: their rounding differs between machines, which must not re-run later stages.
    """
    items = read_json(source)["items"]
    moments = Decomposition.of(_watched(open_vectors(source, "items")), engine)
    moments.write(digest.with_suffix(MOMENTS), items["sha256"])
    write_json(digest, {"items": items})
    return moments


def read_moments(digest: Path, source: Path) -> Decomposition:
    """Read what ``decompose`` wrote for the same ``source``.

    Raises
    ------
    TableError
        They are missing, damaged, or of other vectors.
    """
    return Decomposition.read(digest.with_suffix(MOMENTS), read_json(source)["items"]["sha256"])


def _watched(table: VectorTable) -> Iterator[Floats]:
    with progress(len(table), "decompose", "vectors") as shown:
        for vectors in table.vectors:
            yield vectors
            shown.update(len(vectors))
