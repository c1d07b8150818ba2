"""Tuning: choose a setting on validation queries, apply it to all vectors, and ask the test what came of it."""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from itemvec.core.arrays import Doubles, Floats
from itemvec.core.columns import TEXT
from itemvec.core.files import read_parquet, replacing, write_json
from itemvec.core.machine import training_folder
from itemvec.metrics import compare_family
from itemvec.metrics.standard_error import Spread
from itemvec.stages.lesson import Protocol, Task, load_task
from itemvec.store import Block, open_vectors, write_database
from itemvec.tuners import Tuned, Tuner, choose
from itemvec.tuners.base import Role, unchanged
from itemvec.tuners.trials import curve, forgetting, repeated, unseen_answers

ROLES: dict[str, Role] = {"items": "item", "queries": "query"}
FLOAT, ROWS = 4, 4096


def tune_vectors(
    tuner: Tuner, tables: Path, source: Path, folder: Path, database: Path, protocol: Protocol
) -> dict[str, Any]:
    """Learn from what the tables below ``tables`` hold, and write the tuned vectors as ``database``.

    A random tuner learns the chosen setting with ``tune.seeds`` seeds. The vectors of the first are the variant; those
    of the others lie beside them, and whatever is measured on test cases is measured with all of them.

    Parameters
    ----------
    source
        Digest of the vectors of the encoder.
    folder
        Receives what was learnt with the first seed, as safetensors, and ``seconds.json``.

    Returns
    -------
    Width, bytes of an item, and under ``tuned`` what was learnt from, what was tried and what came of it.
    """
    started = time.monotonic()
    task = load_task(tables, source, protocol)
    name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
    checkpoints = training_folder().with_name("tuning") / name
    task = replace(task, lesson=replace(task.lesson, pool=getattr(tuner, "pool", 0), checkpoints=checkpoints))
    chosen = choose(tuner, task.lesson, protocol.tune.trials, protocol.seed)
    learnt = time.monotonic()
    tuned = repeated(tuner, task.lesson, chosen, protocol.tune.seeds, protocol.seed)
    dim = _write(tuned, task, tables, source, database)
    facts = task.facts | {"before": chosen.before, "after": chosen.tuned.reached, "setting": chosen.setting}
    facts |= {"changed": chosen.changed, "tried": chosen.tried} | chosen.tuned.facts
    facts |= asked_of(tuner, task, chosen.setting, tuned, protocol)
    with replacing(folder) as partial:
        partial.mkdir(parents=True)
        chosen.tuned.write(partial)
        shutil.rmtree(checkpoints, ignore_errors=True)
        write_json(partial / "seconds.json", {"tuning": learnt - started, "all": time.monotonic() - started})
    return {"dim": dim, "bytes_per_item": dim * FLOAT, "tuned": facts}


def asked_of(
    tuner: Tuner, task: Task, setting: dict[str, Any], tuned: dict[int, Tuned], protocol: Protocol
) -> dict[str, Any]:
    """What the test says, when all is chosen: the gain, by query and by item; the learning curve; forgetting."""
    lesson, exam, seed = task.lesson, task.exam, protocol.seed
    by_seed = np.column_stack([exam.gains(lesson, one) for one in tuned.values()])
    found: dict[str, Any] = {"by_query": interval(by_seed, seed)}
    if not lesson.both:
        gains = unseen_answers(tuner, lesson, setting, exam, tuned)
        found["by_item"] = None if gains is None else interval(gains, seed)
    measured = getattr(tuner, "curve", True)
    found["curve"] = curve(tuner, lesson, setting, exam, protocol.tune.seeds, seed) if measured else {}
    found["forgetting"] = {} if lesson.both else forgetting(tuner, lesson, setting, exam, seed)
    return found


def interval(gains: Doubles, seed: int) -> dict[str, Any]:
    """Mean gain and its interval, which covers the choice of queries and that of the seeds.

    Parameters
    ----------
    gains
        float64 of shape (n_queries, n_seeds).
    """
    means = gains.mean(axis=0)
    family = compare_family(gains.mean(axis=1)[:, None], [Spread.of(means)], seed)
    found = {
        "queries": len(gains),
        "gain": float(means.mean()),
        "low": float(family.low[0]),
        "high": float(family.high[0]),
    }
    return found | ({"seeds": means.tolist()} if len(means) > 1 else {})


def _write(tuned: dict[int, Tuned], task: Task, tables: Path, source: Path, database: Path) -> int:
    """Write the tuned vectors of both tables, and beside them those of further seeds; return their width."""
    parts = {}
    for name, role in ROLES.items():
        ids, vectors = open_vectors(source, name).load()
        texts = task.lesson.item_texts if role == "item" else read_parquet(tables / f"{name}.parquet")[TEXT].to_pylist()
        first, *others = (_applied(one, role, vectors, texts, task) for one in tuned.values())
        parts[name] = (first.shape[1], _blocks(ids, first))
        if any(one is not first and not np.array_equal(one, first) for one in others):
            named = zip(list(tuned)[1:], others, strict=True)
            parts |= {f"{name}-{seed}": (one.shape[1], _blocks(ids, one)) for seed, one in named}
    write_database(database, parts)
    return int(parts["items"][0])


def _applied(tuned: Tuned, role: Role, vectors: Floats, texts: Sequence[str], task: Task) -> Floats:
    """The vectors of a table as tuned; what the tuner leaves alone is as it was, whatever its length."""
    if tuned.apply is unchanged:
        return vectors
    given = task.lesson.items if role == "item" else vectors
    found = tuned.apply(role, given, texts)
    return vectors if found is given else found


def _blocks(ids: Any, vectors: Floats) -> Iterator[Block]:
    for start in range(0, len(ids), ROWS):
        yield Block(ids[start : start + ROWS], np.ascontiguousarray(vectors[start : start + ROWS]))
