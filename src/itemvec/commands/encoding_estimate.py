"""What it would take to encode a catalogue with a model: tokens, time, memory, disk, dollars, from a small sample."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc

from itemvec.core.columns import TEXT
from itemvec.core.errors import ItemvecError
from itemvec.core.files import read_parquet
from itemvec.core.machine import cache_folder
from itemvec.core.params import Row
from itemvec.encoders import ENCODERS, Corpus, Encoder, Role
from itemvec.encoders.base import LoadedEncoder
from itemvec.encoders.cached_encoder import encode, keys_of
from itemvec.encoders.fingerprint import fingerprint
from itemvec.store import RowCache
from itemvec.store.lance import names

SAMPLE = 4096  # texts at most
AT_ONCE = 128  # texts between two looks at the clock
SECONDS = 3.0  # of encoding, after which the sample ends
START = 5.0  # seconds that the stage embed takes besides: it imports, checks and writes
KEPT_PER_ROW = 24  # bytes that the row cache keeps of a text besides its vector: key and counts
WIDTHS = {"float16": 2, "bfloat16": 2, "int8": 1}  # bytes of a weight; else 4
ROLES: dict[str, Role] = {"items": "item", "queries": "query"}


@dataclass(frozen=True)
class Estimate:
    """What one model needs for the texts at hand.

    texts, cached
        Distinct texts, and how many of them the row cache has.
    tokens
        Of the texts to encode; 0 if this kind of encoder counts none.
    seconds
        Of the stage embed on this machine; None if the model is not on it.
    memory, disk
        Bytes: of the process at work, and of what it writes to the row cache and to ``artifacts``.
    dollars
        Of an API; None where nothing is paid.
    remark
        Why something is not known.
    """

    model: str
    dim: int
    texts: int
    cached: int
    tokens: int
    seconds: float | None
    memory: int
    disk: int
    dollars: float | None
    remark: str = ""


def estimate(model: str, row: Row, tables: dict[str, Path]) -> Estimate:
    """Load ``model``, encode a sample for some seconds, and scale up by tokens, or by texts where there are none.

    An API is not called: its tokens are counted as four letters each.

    Parameters
    ----------
    tables
        Parquet files of ``items`` and ``queries``.
    """
    encoder = ENCODERS.build(model, row)
    texts = {name: read_parquet(path, [TEXT])[TEXT].unique() for name, path in tables.items()}
    n_texts, rows = sum(map(len, texts.values())), sum(read_parquet(path, [TEXT]).num_rows for path in tables.values())
    disk = n_texts * (4 * encoder.dim + KEPT_PER_ROW) + rows * 4 * encoder.dim
    price = getattr(encoder, "price", None)
    if hasattr(encoder, "url"):
        tokens = sum(int(pc.sum(pc.utf8_length(one)).as_py() or 0) for one in texts.values()) // 4
        paid = None if price is None else tokens * price / 1e6
        return Estimate(model, encoder.dim, n_texts, 0, tokens, None, 0, disk, paid, "an API; tokens are guessed")
    corpus = Corpus(tables["items"])
    try:
        started = time.perf_counter()
        todo = {name: lacking(encoder, corpus, one, ROLES[name]) for name, one in texts.items()}
        cached = n_texts - sum(map(len, todo.values()))
        if cached == n_texts:
            return Estimate(model, encoder.dim, n_texts, cached, 0, START, 0, disk, None)
        loaded = encoder.load(corpus)
        loading = time.perf_counter() - started
        tokens, seconds = _scaled(loaded, encoder, todo)
    except ItemvecError as error:
        memory = int(row.get("parameters") or 0) * WIDTHS.get(str(row.get("dtype")), 4)
        return Estimate(model, encoder.dim, n_texts, 0, 0, None, memory, disk, None, str(error))
    return Estimate(model, encoder.dim, n_texts, cached, tokens, START + loading + seconds, _peak(), disk, None)


def lacking(encoder: Encoder, corpus: Corpus, texts: Any, role: Role) -> list[str]:
    """The texts that the row cache does not have. No table is made for it."""
    folder, name = cache_folder(), fingerprint(encoder, role, dict(encoder.identity(corpus)))
    words: list[str] = texts.to_pylist()
    if name not in names(folder):
        return words
    has = RowCache(folder, name, encoder.dim).contains(keys_of(words))
    return [words[place] for place in np.flatnonzero(~has)]


def _scaled(loaded: LoadedEncoder, encoder: Encoder, todo: dict[str, list[str]]) -> tuple[int, float]:
    """Tokens of all texts and seconds to encode them, from a random sample of each table."""
    tokens, seconds = 0, 0.0
    for name, texts in todo.items():
        if not texts:
            continue
        _spend(loaded, encoder, texts[:8], ROLES[name])  # the first call is slower
        done, counted, spent = 0, 0, 0.0
        for some in _sample(texts):
            took, found = _spend(loaded, encoder, some, ROLES[name])
            done, counted, spent = done + len(some), counted + found, spent + took
            if spent > SECONDS / len(todo):
                break
        tokens += round(counted * len(texts) / done)
        seconds += spent * len(texts) / done
    return tokens, seconds


def _sample(texts: list[str]) -> Iterator[list[str]]:
    """Texts at random, in parts whose texts are of similar length, as they are encoded."""
    rng = np.random.default_rng(0)
    drawn = sorted((texts[i] for i in rng.choice(len(texts), min(SAMPLE, len(texts)), replace=False)), key=len)
    parts = [drawn[start : start + AT_ONCE] for start in range(0, len(drawn), AT_ONCE)]
    yield from (parts[i] for i in rng.permutation(len(parts)))


def _spend(loaded: LoadedEncoder, encoder: Encoder, texts: list[str], role: Role) -> tuple[float, int]:
    """Seconds and tokens of encoding these texts."""
    started = time.perf_counter()
    prepared = loaded.prepare(texts, role)
    for _ in encode(loaded, prepared, encoder.dim):
        pass
    return time.perf_counter() - started, int(prepared.kept.sum())


def _peak() -> int:
    """The most memory that this process has had, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():  # on Linux getrusage would count what the process had before it became this program
        return 1024 * int(next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM")))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
