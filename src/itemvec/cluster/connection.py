"""The connection to a Ray cluster, and the errors that come over it."""

from __future__ import annotations

import logging
import os
import warnings
from pathlib import Path
from typing import Any

from itemvec.core.errors import ItemvecError

PASSED_ON = ("HF_", "ITEMVEC_DEVICE")  # variables for the workers; keys to a cache on object storage stay here
RETRIES = 3  # of what a worker did that was lost


def connect() -> Any:
    """Connect Ray to the cluster of ``RAY_ADDRESS``, else start one on this machine that ends with this process.

    Call it before LanceDB is used: it forks. What it starts ends with the calling thread.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # anything less is handled below
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "1")  # asking for no GPU shows none, without a warning
    import ray
    import ray.data
    from ray.util.annotations import RayDeprecationWarning

    if ray.is_initialized():
        return ray
    address = os.environ.get("RAY_ADDRESS")
    if address and address.startswith("ray://"):
        raise ItemvecError("RAY_ADDRESS: run the stage on a machine of the cluster, and name it by HOST:PORT or auto")
    passed_on = {name: value for name, value in os.environ.items() if name.startswith(PASSED_ON)}
    # The code of this checkout goes with the job: elsewhere there is another one, or none.
    environment = {"py_modules": [str(Path(__file__).parents[1])], "env_vars": passed_on}
    own: dict[str, Any] = {} if address else {"include_dashboard": False}
    try:
        ray.init(address or "local", runtime_env=environment, log_to_driver=False, logging_level=logging.ERROR, **own)
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise ItemvecError(f"RAY_ADDRESS: no cluster at {address!r} that fits ({first_line(error)})") from None
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)  # our progress bar says it, our errors are one line
    warnings.simplefilter("ignore", RayDeprecationWarning)  # of max_task_retries, for which Ray has no other name yet
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.raise_original_map_exception = True
    context.target_max_block_size = 1  # a block is one row, which is one batch
    return ray


def raise_cause(error: BaseException) -> None:
    """Raise the error that a worker raised; return if Ray reports the loss of a worker instead."""
    from ray.exceptions import RayError

    cause: BaseException | None = error
    while isinstance(cause, RayError):
        cause = getattr(cause, "cause", None)
    if isinstance(cause, ItemvecError):
        raise cause from None
    if cause is not None:
        raise error


def first_line(error: BaseException) -> str:
    """What an error says, in one line."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]
