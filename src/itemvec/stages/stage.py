"""The decorator ``stage`` for stage scripts: parameters, path types, one-line errors, and an end when DVC ends."""

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
from itemvec.core.installed import check_installed
from itemvec.core.last_commit import way_back
from itemvec.core.params import Params

EXISTING = click.Path(exists=True, path_type=Path)
NEW = click.Path(path_type=Path)
SECONDS = 0.5  # between two checks of the parent process


def stage(function: Callable[..., None]) -> click.Command:
    """Make a click command of a function; its argument ``params``, if any, is the checked ``params.yaml``."""

    @click.command(function.__name__, help=function.__doc__)
    @wraps(function)
    def command(params_path: Path | None = None, **arguments: Any) -> None:
        _end_with_dvc()
        check_installed(Path())
        try:
            if params_path is not None:
                arguments["params"] = Params.load(params_path)
            function(**arguments)
        except ItemvecError as error:
            if "DVC_STAGE" in os.environ and (line := way_back(Path())):
                raise type(error)(f"{error.message}\n{line}") from None
            raise
        except (OSError, RuntimeError) as error:  # Lance reports a full disk as a RuntimeError
            if "No space left" not in str(error):
                raise
            raise ItemvecError(
                f"{function.__name__}: no space left on the disk; nothing incomplete was kept: free some, run again"
            ) from None
        except KeyboardInterrupt:
            click.echo(f"{function.__name__}: interrupted; nothing incomplete was kept", err=True)
            os._exit(130)  # at once: a Lance thread that still reads from us would crash

    if "params" not in signature(function).parameters:
        return command
    return click.option("--params", "params_path", type=EXISTING, default="params.yaml", show_default=True)(command)


def _end_with_dvc() -> None:
    """End this process when the DVC that started it is gone: else it could overwrite the files of a later run."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(SECONDS)
        os._exit(1)

    if "DVC_STAGE" in os.environ:
        threading.Thread(target=watch, daemon=True).start()
