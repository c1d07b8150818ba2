"""The group of all commands: an error of the machine is one line, and so is the end by a signal."""

from typing import Any

import click

from itemvec.core.interrupts import ended_by_signals
from itemvec.core.machine_errors import machine_errors_in_one_line


class Commands(click.Group):
    """A group whose commands end in one line where the machine or the user ends them."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was named."""
        with ended_by_signals("itemvec"), machine_errors_in_one_line("itemvec"):
            return super().invoke(ctx)
