"""The fingerprint of a training: a hash of everything that can change its result. It names the checkpoint."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from itemvec.recommenders.base import Training

CODE = Path(__file__).parent  # of all recommenders


def fingerprint(kind: str, options: Mapping[str, Any], training: Training, device: str) -> str:
    """sha256 over options, seed, histories, events, attributes, item vectors, code, version of torch and device."""
    import torch

    histories, vectors, conditions = training.histories, training.vectors, training.conditions
    about = {
        "kind": kind,
        "options": dict(options),
        "seed": training.seed,
        "n_items": histories.n_items,
        "dim": None if vectors is None else vectors.shape[1],
        "events": sorted(histories.events),
        "conditions": None if conditions is None else conditions.names,
        "torch": torch.__version__,
        "device": device.partition(":")[0],
        "code": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(CODE.glob("*.py"))},
    }
    whole = hashlib.sha256(json.dumps(about, sort_keys=True).encode())
    parts: list[Any] = [histories.offsets, histories.items, vectors]
    parts += [histories.events[name] for name in sorted(histories.events)]
    parts += [] if conditions is None else [conditions.values, conditions.offsets]
    for part in parts:
        if part is not None:
            whole.update(np.ascontiguousarray(part).data)
    return whole.hexdigest()
