"""Checkpoints of a training after an epoch, from which a killed run continues with the same result."""

from __future__ import annotations

import json
import math
import os
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from itemvec.recommenders.weight_average import WeightAverage


class State:
    """The full state of a training.

    epoch
        Epochs that are done.
    found, best, waited
        Validation of the last of them and of the best of its phase, and epochs of fine-tuning since the best.
    curve
        Validation after every epoch.
    contrastive
        Epochs at the beginning that are pre-training; what comes after them is fine-tuning.
    average
        Running mean of the weights; the network must have it as its weights while ``note`` looks at it.
    """

    def __init__(
        self, network: Any, optimizers: list[torch.optim.Optimizer], rng: np.random.Generator, contrastive: int
    ) -> None:
        self.network, self.optimizers, self.rng, self.contrastive = network, optimizers, rng, contrastive
        self.epoch, self.waited, self.found, self.best = 0, 0, -math.inf, -math.inf
        self.curve: list[float] = []
        self.best_weights = network.state_dict()
        self.average = WeightAverage(network)

    def note(self, found: float) -> None:
        """Count an epoch with its validation metric, and keep its weights if it is the best of its phase.

        Pre-training has no early stopping, and its best epoch is forgotten when fine-tuning begins.
        """
        if self.epoch == self.contrastive:
            self.best = -math.inf
        self.epoch, self.found = self.epoch + 1, found
        self.curve.append(found)
        is_better = found > self.best
        self.waited = 0 if is_better or self.epoch <= self.contrastive else self.waited + 1
        if is_better:
            self.best = found
            self.best_weights = {name: value.clone() for name, value in self.network.state_dict().items()}

    def save(self, path: Path) -> None:
        """Write all as safetensors, with the progress as JSON and a checksum in the header; whole or not at all."""
        from safetensors.torch import save_file

        kept = ("epoch", "waited", "found", "best", "curve")
        numbers = {name: getattr(self, name) for name in kept}
        progress = json.dumps(numbers | {"averaged": self.average.count, "rng": self.rng.bit_generator.state})
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".{os.getpid()}.partial")  # another process may be training the same
        tensors = self._tensors()
        save_file(tensors, partial, metadata={"progress": progress, "checksum": _checksum(progress, tensors)})
        partial.replace(path)

    def load(self, path: Path) -> bool:
        """Restore the state that ``save`` wrote; False, and nothing is restored, if the file has other bytes."""
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(path, framework="pt") as file:
                said = file.metadata()
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  (not a dict)
            if said["checksum"] != _checksum(said["progress"], tensors):
                return False
        except (SafetensorError, LookupError, TypeError):  # damaged, or of an earlier release
            return False
        progress = json.loads(said["progress"])
        self.rng.bit_generator.state = progress.pop("rng")
        self.average.count = progress.pop("averaged")
        vars(self).update(progress)
        self.network.load_state_dict(_below("weights", tensors))
        self.best_weights = {name: value.clone() for name, value in self.network.state_dict().items()}
        for name, value in _below("best", tensors).items():
            self.best_weights[name].copy_(value)
        for place, value in _below("average", tensors).items():
            self.average.values[int(place)].copy_(value)
        for number, optimizer in enumerate(self.optimizers):
            state: dict[int, dict[str, Any]] = {}
            for name, value in _below(f"optimizer{number}", tensors).items():
                parameter, _, what = name.partition(".")
                whole = not value.is_floating_point()  # the step of SparseAdam, which counts in Python
                state.setdefault(int(parameter), {})[what] = value.item() if whole else value
            optimizer.load_state_dict(optimizer.state_dict() | {"state": state})
        torch.set_rng_state(tensors["random"])
        if "random_cuda" in tensors:
            torch.cuda.set_rng_state(tensors["random_cuda"], self._device)
        return True

    def _tensors(self) -> dict[str, Tensor]:
        parts = {"weights": self.network.state_dict(), "best": self.best_weights}
        tensors = {f"{part}.{name}": value for part, values in parts.items() for name, value in values.items()}
        if self.average.count:
            tensors |= {f"average.{number}": value for number, value in enumerate(self.average.values)}
        for number, optimizer in enumerate(self.optimizers):
            for parameter, values in optimizer.state_dict()["state"].items():
                for what, value in values.items():
                    tensors[f"optimizer{number}.{parameter}.{what}"] = torch.as_tensor(value)
        tensors["random"] = torch.get_rng_state()
        if self._device.type == "cuda":
            tensors["random_cuda"] = torch.cuda.get_rng_state(self._device)
        return tensors

    @property
    def _device(self) -> torch.device:
        found: torch.device = next(self.network.parameters()).device
        return found


def _checksum(progress: str, tensors: dict[str, Tensor]) -> str:
    """CRC-32 of all that a file holds, in hexadecimal digits."""
    found = zlib.crc32(progress.encode())
    for name in sorted(tensors):
        found = zlib.crc32(f"{name} {tensors[name].dtype} {tuple(tensors[name].shape)}".encode(), found)
        flat: Any = tensors[name].detach().cpu().contiguous().reshape(-1)
        found = zlib.crc32(flat.view(torch.uint8).numpy(), found)
    return f"{found:08x}"


def _below(part: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(f"{part}."): value for name, value in tensors.items() if name.startswith(f"{part}.")}
