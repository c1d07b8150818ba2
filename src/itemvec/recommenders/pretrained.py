"""Weights of a network that was trained on other catalogues: their file, and a network that begins with them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from itemvec.core.errors import ParamsError

DIGITS = 12  # of the hash, in the name of a file


@dataclass(frozen=True)
class Pretrained:
    """What a file of pre-trained weights holds.

    kind, options
        Of the recommender that was trained.
    tensors
        Weights by module and name, and what else the kind needs to read texts as in pre-training.
    """

    kind: str
    options: Mapping[str, Any]
    tensors: Mapping[str, Tensor]

    def write(self, folder: Path) -> Path:
        """Write to a file of ``folder`` whose name ends with a hash of its content, so that a row names the content."""
        from safetensors.torch import save

        said = {"kind": self.kind, "options": json.dumps(dict(self.options), sort_keys=True)}
        whole = save({name: one.detach().cpu().contiguous() for name, one in self.tensors.items()}, metadata=said)
        path = folder / f"{self.kind}-{hashlib.sha256(whole).hexdigest()[:DIGITS]}.safetensors"
        folder.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        partial.write_bytes(whole)
        partial.replace(path)
        return path

    @classmethod
    def read(cls, path: Path, kind: str) -> Pretrained:
        """Read a file that ``write`` wrote.

        Raises
        ------
        ParamsError
            There is none, its bytes are not those that its name tells, or it is of another kind of recommender.
        """
        from safetensors import safe_open

        where = f"recommender {kind}: start {path}"
        if not path.is_file():
            raise ParamsError(f"{where}: no such file; write it with `itemvec pretrain`, and name what that prints")
        found = hashlib.sha256(path.read_bytes()).hexdigest()[:DIGITS]
        if path.stem.rpartition("-")[2] != found:
            raise ParamsError(
                f"{where}: its content has the hash {found}, which its name does not; name the file that `itemvec "
                "pretrain` wrote, unchanged"
            )
        with safe_open(path, framework="pt") as file:
            said = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  (not a dict)
        if said.get("kind") != kind:
            raise ParamsError(f"{where}: holds weights of {said.get('kind')!r}; name a file of kind {kind}")
        return cls(kind, json.loads(said["options"]), tensors)

    def check(self, options: Mapping[str, Any]) -> None:
        """Make sure that these options, which decide what the network computes, are those of pre-training.

        Raises
        ------
        ParamsError
            They are not.
        """
        others = [
            f"{name} was {self.options.get(name)} and is {value}"
            for name, value in options.items()
            if self.options.get(name) != value
        ]
        if others:
            raise ParamsError(
                f"recommender {self.kind}: start is of another network: {', '.join(others)}; take the options of "
                "pre-training"
            )

    def give(self, modules: Mapping[str, nn.Module]) -> None:
        """Replace all weights of ``modules`` by those of the same names.

        Raises
        ------
        ParamsError
            A weight is missing here or there, or has another shape.
        """
        states = {
            f"{part}.{name}": value for part, module in modules.items() for name, value in module.state_dict().items()
        }
        names = {name for name in self.tensors if name.partition(".")[0] in modules}
        here, there = ({name: tuple(one.shape) for name, one in side.items()} for side in (states, self.tensors))
        for name in sorted(names | states.keys()):
            if here.get(name) != there.get(name):
                raise ParamsError(
                    f"recommender {self.kind}: start has {name} of shape {there.get(name, 'none')}, the network of "
                    f"shape {here.get(name, 'none')}; take the options, and the text model, of pre-training"
                )
        with torch.no_grad():
            for name, value in states.items():
                value.copy_(self.tensors[name])


def weights_of(modules: Mapping[str, nn.Module]) -> dict[str, Tensor]:
    """All weights of ``modules``, by module and name."""
    return {f"{part}.{name}": one for part, module in modules.items() for name, one in module.state_dict().items()}
