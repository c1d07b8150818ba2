from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from itemvec.core.arrays import Floats
from itemvec.protocol.histories import Histories
from itemvec.recommenders import fingerprint as module
from itemvec.recommenders.fingerprint import fingerprint
from itemvec.recommenders.sasrec import SasRec
from tests.conftest import histories
from tests.recommenders.conftest import training

OTHER: dict[str, Any] = {
    "item": "text",
    "heads": 4,
    "norm": "after",
    "loss": "sampled",
    "precision": "bfloat16",
    "dropout": 0.5,
    "hide": 0.5,
    "similarity": "dot",
    "whiten": True,
    "temperature": 0.5,
    "learning_rate": 0.5,
    "weight_decay": 0.5,
    "table": "hashed",
}


def test_whatever_decides_the_result_is_in_it(planted: Histories, vectors: Floats) -> None:
    row, given = SasRec(item="id", table="collisionless", rows=50), training(planted, vectors)
    changed = [replace(row, **{one.name: OTHER.get(one.name, 22)}) for one in fields(SasRec)]
    other = vectors.copy()
    other[3, 5] += 1e-6
    swapped = replace(planted, items=np.roll(planted.items, 1))
    found = [fingerprint("sasrec", one.options(), given, "cpu") for one in [row, *changed]]
    found += [
        fingerprint("gru4rec", row.options(), given, "cpu"),
        fingerprint("sasrec", row.options(), given, "cuda:0"),
        fingerprint("sasrec", row.options(), replace(given, seed=2), "cpu"),
        fingerprint("sasrec", row.options(), replace(given, vectors=None), "cpu"),
        fingerprint("sasrec", row.options(), replace(given, vectors=other), "cpu"),
        fingerprint("sasrec", row.options(), replace(given, histories=swapped), "cpu"),
        fingerprint("sasrec", row.options(), replace(given, histories=histories([1, 2], n_items=12)), "cpu"),
    ]
    assert len(set(found)) == len(found)
    assert fingerprint("sasrec", row.options(), given, "cpu") == found[0]


def test_the_code_is_in_it(planted: Histories, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CODE", tmp_path)
    one = fingerprint("sasrec", {}, training(planted), "cpu")
    (tmp_path / "new.py").write_text("")
    assert fingerprint("sasrec", {}, training(planted), "cpu") != one
