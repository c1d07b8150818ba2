"""What every stage script shares: path types, the parameters, one-line errors, and an end when DVC ends."""

import os
import threading
import time
from collections.abc import Callable
from functools import wraps
from inspect import signature
from pathlib import Path
from typing import Any

import click

from itemvec.core.errors import ItemvecError
from itemvec.core.params import Params

EXISTING = click.Path(exists=True, path_type=Path)
NEW = click.Path(path_type=Path)
SECONDS = 0.5  # between two looks at the parent


def stage(function: Callable[..., None]) -> click.Command:
    """Make a click command; ``params``, where the function has it, becomes the checked ``params.yaml``."""

    @click.command(function.__name__, help=function.__doc__)
    @wraps(function)
    def command(params_path: Path | None = None, **arguments: Any) -> None:
        _end_with_dvc()
        try:
            if params_path is not None:
                arguments["params"] = Params.load(params_path)
            function(**arguments)
        except (OSError, RuntimeError) as error:  # Lance reports a full disk as a RuntimeError
            if "No space left" not in str(error):
                raise
            raise ItemvecError(
                f"{function.__name__}: no space left on the disk; nothing half-written was kept: free some, run again"
            ) from None
        except KeyboardInterrupt:
            click.echo(f"{function.__name__}: interrupted; nothing half-written was kept", err=True)
            os._exit(130)  # at once: a thread of Lance that is still reading from us would end in a crash

    if "params" not in signature(function).parameters:
        return command
    return click.option("--params", "params_path", type=EXISTING, default="params.yaml", show_default=True)(command)


def _end_with_dvc() -> None:
    """End this process when the DVC that started it is gone: it would overwrite what a later run has written."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(SECONDS)
        os._exit(1)

    if "DVC_STAGE" in os.environ:
        threading.Thread(target=watch, daemon=True).start()
