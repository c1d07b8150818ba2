"""The decorator ``stage`` for stage scripts: parameters, path types, one-line errors, and an end when DVC ends."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from inspect import signature
from pathlib import Path
from typing import Any

import click

from itemvec.core.errors import ItemvecError
from itemvec.core.installed import check_installed
from itemvec.core.interrupts import begin, ended_by_signals
from itemvec.core.last_commit import way_back
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
        with escaped_output(), ended_by_signals(name), _named_way_back(), machine_errors_in_one_line(name):
            check_installed(Path())
            if params_path is not None:
                arguments["params"] = Params.load(params_path)
            function(**arguments)

    if "params" not in signature(function).parameters:
        return command
    return click.option("--params", "params_path", type=EXISTING, default="params.yaml", show_default=True)(command)


@contextmanager
def _named_way_back() -> Iterator[None]:
    """Add to the error of a stage of DVC the command that undoes the run, where committed files changed."""
    try:
        yield
    except ItemvecError as error:
        if "DVC_STAGE" in os.environ and (line := way_back(Path())):
            raise type(error)(f"{error.message}\n{line}") from None
        raise
