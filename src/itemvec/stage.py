"""What every stage script shares: path types, the parameters, one-line errors."""

from collections.abc import Callable
from functools import wraps
from inspect import signature
from pathlib import Path
from typing import Any

import click

from itemvec.errors import ItemvecError
from itemvec.params import Params

EXISTING = click.Path(exists=True, path_type=Path)
NEW = click.Path(path_type=Path)


def stage(function: Callable[..., None]) -> click.Command:
    """Make a click command; ``params``, where the function has it, becomes the checked ``params.yaml``."""

    @click.command(function.__name__, help=function.__doc__)
    @wraps(function)
    def command(params_path: Path | None = None, **arguments: Any) -> None:
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

    if "params" not in signature(function).parameters:
        return command
    return click.option("--params", "params_path", type=EXISTING, default="params.yaml", show_default=True)(command)
