"""The group of all commands: errors of the machine and the end by a signal are one line, and output is escaped."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from itemvec.core.interrupts import ended_by_signals
from itemvec.core.machine_errors import machine_errors_in_one_line
from itemvec.core.terminal import escaped_output

NO_PROJECT = "params.yaml is missing, so this is no project; change to its folder, or make one with `itemvec init`"


class Commands(click.Group):
    """A group whose commands end in one line where the machine or the user ends them.

    ``modules`` says by name where other commands are: each is imported when it is asked for, because the imports of all
    would take longer than most commands.
    """

    def __init__(self, *args: Any, modules: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.modules = modules or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, sorted."""
        return sorted([*super().list_commands(ctx), *self.modules])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name; None if there is none."""
        if cmd_name in self.modules and cmd_name not in self.commands:
            self.add_command(getattr(import_module(self.modules[cmd_name]), cmd_name.replace("-", "_")))
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was named."""
        with escaped_output(), ended_by_signals("itemvec"), machine_errors_in_one_line("itemvec"):
            try:
                return super().invoke(ctx)
            except click.BadParameter as error:
                if "'params.yaml' does not exist" not in error.message:
                    raise
                raise click.UsageError(NO_PROJECT, error.ctx) from None
