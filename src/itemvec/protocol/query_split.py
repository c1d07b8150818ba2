"""The split of queries into training, validation and test."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.arrays import Ids, Ints
from itemvec.core.columns import PART, QUERY, QUERY_PARTS
from itemvec.core.errors import TableError

TRAIN, VALIDATION, TEST = range(len(QUERY_PARTS))  # the use of a query


def query_parts(queries: Any, split: Literal["given"] | Mapping[Any, float]) -> Ints:
    """The part of every query, int64 of shape (n_queries,).

    The column ``split`` decides if the table has it; else all are test queries. A validation share is then taken from
    the test queries by a hash of their ids (``places``). So a query is in the same part on every machine, whatever else
    the table holds.

    Raises
    ------
    TableError
        The column holds another word than train, validation or test.
    """
    uses = np.full(len(queries), TEST)
    if PART in queries.column_names:
        found = pc.index_in(queries[PART], value_set=pa.array(QUERY_PARTS)).combine_chunks()
        if found.null_count:
            said = queries[PART].filter(found.is_null())[0].as_py()
            raise TableError(f"queries: split {said!r} is none of {', '.join(QUERY_PARTS)}; run `dvc repro validate`")
        uses = np.asarray(found).astype(np.int64)
    if split != "given":
        share = split.get("validation", 0.0)
        uses[(uses == TEST) & (places(queries[QUERY]) < share)] = VALIDATION
    return uses


def places(ids: Ids) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A number in [0, 1) for each id: the first eight bytes of its sha256, divided by 2 to the power of 64."""
    digests = [hashlib.sha256(one.encode()).digest()[:8] for one in ids.to_pylist()]
    return np.frombuffer(b"".join(digests), dtype=">u8") / 2.0**64
