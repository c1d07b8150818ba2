"""How many workers a Ray cluster has room for."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import numpy as np

from itemvec.core.errors import ItemvecError
from itemvec.core.machine import worker_cpus

CPUS = 4  # of a worker without GPU: further threads are better used by another worker


@dataclass(frozen=True)
class Pool:
    """Number of workers and machines, and the CPUs and GPUs of each worker."""

    workers: int
    machines: int
    cpus: int
    gpus: int

    @classmethod
    def now(cls, ray: Any) -> Pool:
        """The pool of the machines that are up, by the variables of this machine."""
        machines = [node["Resources"] for node in ray.nodes() if node["Alive"]]
        return cls.of(machines, os.environ.get("ITEMVEC_DEVICE", ""), worker_cpus())

    @classmethod
    def of(cls, machines: list[dict[str, float]], device: str, cpus: int | None) -> Pool:
        """Fill machines, each given by its resources: one worker per GPU or, without GPUs, per ``cpus`` CPUs."""
        gpus = int(device.startswith("cuda") or (not device and any(one.get("GPU", 0) >= 1 for one in machines)))
        most = int(max(one.get("CPU", 0) for one in machines))
        cpus = cpus or (1 if gpus else min(max(most, 1), CPUS))
        rooms = [int(min(one.get("CPU", 0) // cpus, one.get("GPU", 0) if gpus else np.inf)) for one in machines]
        if not any(rooms):
            raise ItemvecError(
                f"ray: a worker takes {cpus} CPUs and {gpus} GPUs, and no machine of the cluster has them; "
                "set ITEMVEC_WORKER_CPUS or ITEMVEC_DEVICE"
            )
        return cls(sum(rooms), sum(room > 0 for room in rooms), cpus, gpus)

    def __str__(self) -> str:
        share = "1 GPU" if self.gpus else f"{self.cpus} CPU"
        workers, machines = (
            f"{n} {noun}{'s' * (n != 1)}" for n, noun in ((self.workers, "worker"), (self.machines, "machine"))
        )
        return f"{workers} with {share} each, on {machines}"
