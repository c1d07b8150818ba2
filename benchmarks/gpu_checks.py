"""What must be the same on a GPU as on a processor: encoder, exact search, training, reductions.

Each check takes a device and whether it runs in miniature, and returns a line for the table; it raises where the two
differ. On ``cpu`` the same code compares the processor with itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from check_tools import Said, expect, on
from gpu_encoder_checks import copies, halving, packing


def exact_search(device: str, small: bool) -> Said:
    """Exact search finds the items of the processor, in three precisions and by prefixes."""
    from itemvec.retrievers import Entries
    from itemvec.retrievers.exact import Exact
    from itemvec.retrievers.truncated_search import search_prefixes

    rng, n = np.random.default_rng(0), 3000 if small else 200_000
    items = rng.standard_normal((n, 96), dtype=np.float32)
    asked = rng.standard_normal((60 if small else 1000, 96), dtype=np.float32)
    blocks, found = np.array_split(items, 5), {}
    for place in (device, "cpu"):
        with on(place):
            for precision in ("float32", "bfloat16", "int8"):
                entries = (Entries(_ids(len(items)), vectors=blocks), Entries(_ids(len(asked)), vectors=[asked]))
                found[place, precision] = Exact(precision=precision).index(entries[0])(entries[1], 50)
            found[place, "prefixes"] = search_prefixes(asked, blocks, [32, 96], 50, "cosine")[32]
    scores = asked[:50] @ (items / np.linalg.norm(items, axis=1, keepdims=True)).T
    expect(
        np.array_equal(found["cpu", "float32"].positions[:50, 0], scores.argmax(axis=1)),
        "the processor does not find the best items",
    )
    said = {}
    for name in ("float32", "bfloat16", "int8", "prefixes"):
        ours, right = found[device, name], found["cpu", name]
        same, apart = float((ours.positions == right.positions).mean()), float(np.abs(ours.scores - right.scores).max())
        expect(same == 1.0 if name == "int8" else same > 0.999, f"{name}: same item at {same:.4%} of the ranks")
        expect(apart < 1e-5, f"{name}: scores differ by up to {apart:.1e}")
        said[name] = f"{same:.3%}"
    return said


def _ids(n: int) -> Any:
    import pyarrow as pa

    return pa.array([f"{number}" for number in range(n)])


def trainer(device: str, small: bool) -> Said:
    """A network of the same weights scores as on the processor; training learns a planted rule in both precisions."""
    import torch
    from checks_data import planted

    from itemvec.recommenders import RECOMMENDERS
    from itemvec.recommenders.network import scorer

    training, ndcg = planted(60 if small else 200, 30, 12)
    row = {"kind": "sasrec", "item": "id", "width": 32, "epochs": 20, "patience": 20, "rate": "plain", "dropout": 0.0}
    scores = []
    for place in (device, "cpu"):
        torch.manual_seed(0)
        network = RECOMMENDERS.build("check", row).network(training)  # type: ignore[attr-defined]
        scores.append(scorer(network.to(place), 50)(training.histories))
    apart = float(np.abs(scores[0] - scores[1]).max())
    expect(apart < 1e-3, f"scores of one network differ by up to {apart:.1e}")
    said = {"scores differ by": f"{apart:.0e}"}
    for precision in ("float32", "bfloat16"):
        with on(device):
            found = ndcg(RECOMMENDERS.build("check", row | {"precision": precision}).fit(training))
        expect(found > 0.8, f"{precision}: nDCG@10 is {found:.3f} where every next item follows from the last")
        said[f"nDCG@10 {precision}"] = f"{found:.3f}"
    return said


def reductions(device: str, small: bool) -> Said:
    """Reduced vectors have the same bits whatever the device is: none of the reductions may depend on it."""
    from checks_data import reduced

    rng = np.random.default_rng(0)
    vectors = rng.standard_normal((400 if small else 20_000, 48), dtype=np.float32) * np.linspace(2, 0.1, 48)
    found = {}
    for place in (device, "cpu"):
        with on(place):
            found[place] = reduced(vectors.astype(np.float32))
    different = [kind for kind, values in found["cpu"].items() if not np.array_equal(values, found[device][kind])]
    expect(not different, f"other vectors: {', '.join(different)}")
    return {"kinds": f"{len(found[device])}, all of equal bits"}


CHECKS: dict[str, Callable[[str, bool], Said]] = {
    "encoder: packed batches": packing,
    "encoder: out of memory": halving,
    "encoder: pinned copies": copies,
    "exact search": exact_search,
    "trainer": trainer,
    "reductions": reductions,
}
