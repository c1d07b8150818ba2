"""A trained recommender as files that need no itemvec: weights, ids and a loader."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from itemvec.commands.deploy import loader
from itemvec.core.errors import TableError
from itemvec.core.files import write_text
from itemvec.core.params import Params

NEAR = 1e-5  # of the largest score: what the loader's scores may differ from the network's
SHOWN = 64  # users to compare by
SAME = 0.99  # least share of the first ten ranks that must be those of the run


@dataclass(frozen=True)
class ExportedRecommender:
    """What was written.

    cell
        System and variant, as ``sasrec@full``.
    same
        Share of the first ten ranks of the run that hold the same item.
    difference
        The largest of the loader's scores to those of the network, as a share of the largest score.
    """

    cell: str
    kind: str
    items: int
    seed: int
    same: float
    difference: float

    def sentence(self) -> str:
        """What it is and how near to the run, in one line."""
        ranks = "exactly" if self.same == 1 else f"in {self.same:.1%} of the first ten ranks"
        return (
            f"{self.cell} over {self.items:,} items, trained again with seed {self.seed}: ranks as the run {ranks}, "
            f"scores to {self.difference:.0e}. How to load it: recommend.py"
        )


def export_recommender(
    root: Path, params: Params, cell: str, folder: Path, accept: bool = False
) -> ExportedRecommender:
    """Train ``cell`` again and write ``weights.safetensors``, ``recommender.json`` and ``recommend.py``.

    They go to ``folder/recommender``; where no variant was exported before, ``folder/itemvec.json`` says what is there.

    Parameters
    ----------
    accept
        Keep a network that ranks otherwise than the run, as on another machine.

    Raises
    ------
    TableError
        It ranks otherwise than the run, or the loader gives other scores than the network.
    """
    from safetensors.torch import save_file

    from itemvec.stages.trained_recommender import trained

    found = trained(root, params, cell)
    if found.same < SAME and not accept:
        raise TableError(
            f"{cell}: trained again, {found.same:.0%} of the first ten ranks are those of the run: another machine, "
            "release of torch or number of threads (OMP_NUM_THREADS) trains another network of the same kind; "
            "set them as in the run, or keep this one with --accept-retrained"
        )
    folder = folder / "recommender"
    folder.mkdir()
    weights, about = _parts(found.network)
    items = found.items.to_pylist()
    head = {"cell": cell, "kind": found.kind, "seed": params.seed, "max_history": found.max_history}
    save_file(weights, folder / "weights.safetensors")
    write_text(folder / "recommender.json", json.dumps(head | about | {"items": items}, indent=1))
    (folder / "recommend.py").write_text(Path(loader.__file__).read_text(encoding="utf-8"), encoding="utf-8")
    made = ExportedRecommender(cell, found.kind, len(items), params.seed, found.same, _difference(found, folder))
    if not (folder.parent / "itemvec.json").exists():
        write_text(folder.parent / "itemvec.json", json.dumps({"recommender": vars(made)}, indent=2) + "\n")
    return made


def _parts(network: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Tensors of a network by name, and what the loader must know of its form."""
    import torch

    network.eval()
    table, encoder = network.items.table(), network.encoder
    with torch.inference_mode():
        targets = network.targets(table)
    tensors = {"inputs": table, "targets": targets} | dict(encoder.state_dict())
    weights = {name: one.detach().float().clone().contiguous() for name, one in tensors.items()}
    about: dict[str, Any] = {"temperature": network.temperature}
    if hasattr(encoder, "blocks"):
        sizes = {"layers": len(encoder.blocks), "heads": encoder.blocks[0].heads}
        return weights, about | {"encoder": "transformer", "norm": encoder.norm} | sizes
    gru = encoder.layers
    sizes = {"width": gru.input_size, "inner": gru.hidden_size, "layers": gru.num_layers}
    return weights, about | {"encoder": "gru", "normalised": encoder.normalised} | sizes


def _difference(found: Any, folder: Path) -> float:
    """Compare the loader with the network on users of the test part."""
    network, ids = loader.Recommender(folder), found.items
    largest = 0.0
    for row in range(min(len(found.test), SHOWN)):
        one = found.test.slice(row, row + 1)
        wanted = found.score(one)[0]
        given = network.scores(ids.take(one.items).to_pylist()).numpy()
        largest = max(largest, float(np.abs(wanted - given).max() / max(np.abs(wanted).max(), 1.0)))
    if largest > NEAR:
        raise TableError(f"{folder}: the loader's scores differ from those of the network by {largest:.1e}")
    return largest
