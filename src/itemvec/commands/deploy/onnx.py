"""The body of an exported model for ONNX Runtime, in the place where sentence-transformers looks for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from itemvec.core.errors import TableError
from itemvec.encoders.backends import versions
from itemvec.encoders.export import Traced, exported
from itemvec.models.checkpoint import OURS

NEAR = 1e-4  # of a token vector's length: what ONNX Runtime may give otherwise than torch


def write_onnx(folder: Path, texts: list[str]) -> float:
    """Write ``folder/onnx/model.onnx`` and say by how much its token vectors differ from torch's.

    Parameters
    ----------
    folder
        A sentence-transformers model.
    texts
        To compare on, a batch of them.

    Raises
    ------
    ParamsError
        A package is missing, or the graph cannot be exported.
    TableError
        Its token vectors differ too much.
    """
    from itemvec.encoders.onnx import opened, write

    versions("onnx")
    import torch
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu", **OURS).eval()
    path, traced = folder / "onnx" / "model.onnx", Traced(model[0].auto_model)
    path.parent.mkdir(exist_ok=True)
    exported("onnx", lambda: write(traced, path))
    inputs = model.preprocess(texts)
    ids, mask = inputs["input_ids"], inputs["attention_mask"]
    (given,) = opened(path).run(None, {"input_ids": ids.numpy(), "attention_mask": mask.numpy()})
    with torch.inference_mode():
        wanted = traced(ids, mask).numpy()
    shown = mask.numpy().astype(bool)
    lengths = np.linalg.norm(wanted[shown], axis=-1)
    difference = float((np.abs(given[shown] - wanted[shown]).max(axis=-1) / lengths).max())
    if not difference <= NEAR:
        raise TableError(f"{path}: its token vectors differ from those of torch by {difference:.1e}")
    return difference
