"""Facts about this machine, read from the environment; they never enter a cache key."""

import os
from urllib.parse import unquote, urlparse

from platformdirs import user_cache_path


def cache_folder() -> str:
    """Where encoded rows are kept: ``ITEMVEC_CACHE``, a folder or a URI of object storage, else the user's folder."""
    place = os.environ.get("ITEMVEC_CACHE") or str(user_cache_path("itemvec"))
    return unquote(urlparse(place).path) if place.startswith("file://") else place


def torch_device() -> str:
    """``ITEMVEC_DEVICE``, else the first GPU, else the CPU."""
    import torch

    return os.environ.get("ITEMVEC_DEVICE") or ("cuda" if torch.cuda.is_available() else "cpu")
