"""What a tuner learnt, as a model folder can hold it: a model of its own, or an affine map for each role."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from itemvec.commands.deploy.vector_map import Affine
from itemvec.core.arrays import Floats
from itemvec.core.errors import ParamsError, TableError
from itemvec.core.files import read_json
from itemvec.core.params import Params
from itemvec.encoders import Encoder
from itemvec.encoders.base import Role
from itemvec.encoders.sentence_transformer import SentenceTransformerEncoder

WEIGHTS = "map.safetensors"
LINEAR = ("ridge", "low-rank")  # kinds that map vectors, whatever the item or the query


def is_tuned(params: Params, variant: str) -> bool:
    """Whether a variant is a row of tunings."""
    return variant in params.tunings and variant not in params.reducers


def tuned_parts(artifacts: Path, params: Params, variant: str, encoder: Encoder) -> tuple[Encoder, dict[Role, Affine]]:
    """The row of the encoder to write, and what is done to its vectors of each role, as the run learnt it.

    Raises
    ------
    ParamsError
        It is no map of vectors, as of ``nudge``, which moves single items.
    TableError
        What was learnt is not on this machine.
    """
    folder, kind = artifacts / "tuned" / variant, params.tunings[variant]["kind"]
    if not folder.is_dir():
        raise TableError(f"{folder} is missing; run `dvc pull`, else `dvc repro`")
    said = read_json(artifacts / "results" / "tune" / f"{variant}.json")
    same = _same(int(said["dim"]))
    if not said["tuned"]["changed"]:
        return encoder, {"item": same, "query": same}
    if kind == "full" and isinstance(encoder, SentenceTransformerEncoder):
        return replace(encoder, checkpoint=str(folder), revision=None, config={}), {"item": same, "query": same}
    if kind not in LINEAR:
        raise ParamsError(
            f"variant {variant!r}: kind {kind} moves single items, which no model can do; --table-only writes the "
            f"table of its vectors, and `itemvec export {params.variants[0]}` the model whose queries search it"
        )
    mapped = Affine(_matrix(folder / WEIGHTS), same.bias, scaled=True)
    both = said["tuned"]["source"] == "histories" or params.tunings[variant].get("items", False)
    return encoder, {"item": mapped if both else same, "query": mapped}


def _matrix(path: Path) -> Floats:
    """The map by which rows are multiplied, float32 of shape (dim, dim)."""
    from safetensors.numpy import load_file

    found = load_file(path)
    if "matrix" in found:
        return np.asarray(found["matrix"], dtype=np.float32)
    down, up = (found[name].astype(np.float64) for name in ("down", "up"))
    return np.asarray(np.eye(down.shape[1]) + down.T @ up.T, dtype=np.float32)


def _same(dim: int) -> Affine:
    return Affine(np.eye(dim, dtype=np.float32), np.zeros(dim, dtype=np.float32))
