"""Parsing and checking of the answers of an embeddings server."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import numpy as np
from numpy.typing import NDArray

from itemvec.core.arrays import Floats
from itemvec.core.errors import ItemvecError
from itemvec.encoders.base import Counts


def vectors_in(answer: Any, n: int, dim: int, where: str) -> Floats:
    """Vectors of an answer in the order of the texts that were sent, float32 of shape (n, dim).

    A vector without ``index`` has its place in the list as its index, since Gemini leaves out the index 0. A vector may
    be a list of numbers or, if the request asked for it, base64 of float32.

    Raises
    ------
    ItemvecError
        Vectors are missing, have wrong indices or another width, or are not finite.
    """
    entries = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) and "embedding" in entry for entry in entries):
        raise ItemvecError(f"{where}: its answer has no list of embeddings under 'data'; is it an embeddings server?")
    if len(entries) != n:
        raise ItemvecError(f"{where}: {n} texts were sent, {len(entries)} vectors came back; lower batch_texts")
    indices = [entry.get("index", place) for place, entry in enumerate(entries)]
    if set(map(str, indices)) != set(map(str, range(n))):
        raise ItemvecError(f"{where}: the indices of its {n} vectors are not 0 to {n - 1}; set batch_texts to 1")
    vectors = np.empty((n, dim), dtype=np.float32)
    for index, entry in zip(indices, entries, strict=True):
        vector = _vector(entry["embedding"], where)
        if vector.shape != (dim,):
            raise ItemvecError(f"{where}: the row says dim {dim}, a vector of shape {vector.shape} came back; mend dim")
        vectors[int(index)] = vector
    if not np.isfinite(vectors).all():
        raise ItemvecError(f"{where}: a vector with NaN or infinity came back; nothing of this answer is kept")
    return vectors


def _vector(value: Any, where: str) -> Floats:
    try:
        if isinstance(value, str):
            return np.frombuffer(base64.b64decode(value, validate=True), dtype="<f4")
        with np.errstate(over="ignore"):  # the infinity is found later
            return np.array(value, dtype=np.float32)
    except (TypeError, ValueError, binascii.Error):
        raise ItemvecError(f"{where}: a vector that came back is no list of numbers; check url and body") from None


def tokens_in(answer: Any, sizes: NDArray[np.int64]) -> Counts:
    """Split the server's token count of a request among its texts; zero if the server gives none.

    Parameters
    ----------
    sizes
        Bytes of each text in UTF-8, int64 of shape (n,), none of them zero.

    Returns
    -------
    Tokens of each text, int32 of shape (n,): in proportion to ``sizes``, at least one each if there are as many, and
    the server's number in sum.
    """
    usage = answer.get("usage")
    total = usage.get("total_tokens") if isinstance(usage, dict) else None
    if not isinstance(total, int) or total < 0:
        total = 0
    least = int(total >= len(sizes))
    shared, remainders = np.divmod((total - least * len(sizes)) * sizes, max(int(sizes.sum()), 1))
    left = total - least * len(sizes) - int(shared.sum())
    shared[np.argsort(-remainders, kind="stable")[:left]] += 1
    return (shared + least).astype(np.int32)
