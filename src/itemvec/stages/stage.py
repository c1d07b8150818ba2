"""The decorator ``stage`` for stage scripts: parameters, path types, one-line errors, and an end when DVC ends."""

import os
from collections.abc import Callable
from functools import wraps
from inspect import signature
from pathlib import Path
from typing import Any

import click

from itemvec.core.interrupts import begin, ended_by_signals
from itemvec.core.machine_errors import machine_errors_in_one_line
from itemvec.core.params import Params
from itemvec.core.terminal import escaped_output

EXISTING = click.Path(exists=True, path_type=Path)
NEW = click.Path(path_type=Path)


def stage(function: Callable[..., None]) -> click.Command:
    """Make a click command of a function; its argument ``params``, if any, is the checked ``params.yaml``."""

    @click.command(function.__name__, help=function.__doc__)
    @wraps(function)
    def command(params_path: Path | None = None, **arguments: Any) -> None:
        if "DVC_STAGE" in os.environ:
            begin(function.__name__, os.getppid())  # `pipelines/run` has begun already
        name = function.__name__
        with escaped_output(), ended_by_signals(name), machine_errors_in_one_line(name):
            if params_path is not None:
                arguments["params"] = Params.load(params_path)
            function(**arguments)

    if "params" not in signature(function).parameters:
        return command
    return click.option("--params", "params_path", type=EXISTING, default="params.yaml", show_default=True)(command)
