"""Settings of this machine, read from environment variables. They never enter a cache key."""

import os
from pathlib import Path
from urllib.parse import unquote, urlparse

from platformdirs import user_cache_path

from itemvec.core.errors import ParamsError

ENGINES = ("local", "ray")


def cache_folder() -> str:
    """Where the row cache lies: ``ITEMVEC_CACHE``, a folder or a URI of object storage, else in the user's folder."""
    place = os.environ.get("ITEMVEC_CACHE") or str(user_cache_path("itemvec"))
    place = unquote(urlparse(place).path) if place.startswith("file://") else place
    if Path(place).is_file():
        raise ParamsError(f"ITEMVEC_CACHE is {place!r}, which is a file; name a folder")
    return place


def training_folder() -> Path:
    """Where checkpoints of unfinished trainings are kept: beside the row cache, if that is on this machine."""
    place = cache_folder()
    return (user_cache_path("itemvec") if "://" in place else Path(place)) / "training"


def torch_device() -> str:
    """``ITEMVEC_DEVICE``, else the first GPU, else the CPU."""
    import torch

    found = os.environ.get("ITEMVEC_DEVICE")
    if not found:
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(found)
    except RuntimeError:
        raise ParamsError(
            f"ITEMVEC_DEVICE is {found!r}, which torch does not know; it can be cpu, cuda or cuda:1"
        ) from None
    if device.type == "cuda" and not torch.cuda.is_available():
        raise ParamsError(f"ITEMVEC_DEVICE is {found!r}, but torch finds no GPU; leave it out, or see nvidia-smi")
    return found


def engine() -> str:
    """``ITEMVEC_ENGINE``: where long stages work, ``local`` (this machine, the default) or ``ray`` (a cluster)."""
    found = os.environ.get("ITEMVEC_ENGINE") or "local"
    if found not in ENGINES:
        raise ParamsError(f"ITEMVEC_ENGINE is {found!r}; it can be {' or '.join(ENGINES)}")
    return found


def worker_cpus() -> int | None:
    """``ITEMVEC_WORKER_CPUS``: how many CPUs a worker of the engine ``ray`` takes; None if it is not set."""
    found = os.environ.get("ITEMVEC_WORKER_CPUS")
    if found and not (found.isdecimal() and int(found)):
        raise ParamsError(f"ITEMVEC_WORKER_CPUS is {found!r}; it must be a number of CPUs, 1 or more")
    return int(found) if found else None
