"""Checkpoints whose weights are pickles, made into folders of safetensors without running what is in a pickle."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from itemvec.core.errors import ParamsError
from itemvec.core.files import replacing
from itemvec.core.progress import progress

PICKLES = "*.bin"
INDEX = "pytorch_model.bin.index.json"  # of weights in several files


def convert(source: Path, target: Path) -> int:
    """Copy a checkpoint, its weights as safetensors; return how many files were converted.

    PyTorch reads the pickles as weights only: a file that would call anything else is refused.

    Parameters
    ----------
    target
        A folder that is not there yet.

    Raises
    ------
    ParamsError
        The target exists, there is nothing to convert, or a pickle holds more than tensors.
    """
    if target.exists():
        raise ParamsError(f"{target}: exists; name a folder that does not")
    found = sorted(path for path in source.rglob(PICKLES) if path.name.startswith("pytorch_model"))
    if not found:
        raise ParamsError(f"{source}: has no pytorch_model*.bin; its weights are safetensors, or are not there")
    groups: dict[Path, list[Path]] = {}
    for path in found:
        groups.setdefault(path.parent, []).append(path)
    with replacing(target) as partial, progress(len(found), "convert", "files") as shown:
        shutil.copytree(source, partial, ignore=shutil.ignore_patterns(PICKLES, INDEX, "*.safetensors"))
        for folder, paths in groups.items():
            weights: dict[str, Any] = {}
            for path in paths:
                weights |= _read(path)
                shown.update()
            _write(weights, partial / folder.relative_to(source) / "model.safetensors")
    return len(found)


def _read(path: Path) -> dict[str, Any]:
    import torch

    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # the library's own kinds of error differ from file to file
        said = str(error).strip().splitlines()[0]
        raise ParamsError(f"{path}: is no pickle of weights alone, and is not read further ({said})") from None
    if not isinstance(found, dict) or not all(isinstance(one, torch.Tensor) for one in found.values()):
        raise ParamsError(f"{path}: holds other things than named tensors; convert it by hand")
    return found


def _write(weights: dict[str, Any], path: Path) -> None:
    from safetensors.torch import save_file

    # Tensors that share memory are written once for each name: safetensors refuses what is shared.
    save_file({name: one.detach().clone().contiguous() for name, one in weights.items()}, path, {"format": "pt"})
