"""The group of all commands: errors of the machine and the end by a signal are one line, and output is escaped."""

from typing import Any

import click

from itemvec.core.interrupts import ended_by_signals
from itemvec.core.machine_errors import machine_errors_in_one_line
from itemvec.core.terminal import escaped_output


class Commands(click.Group):
    """A group whose commands end in one line where the machine or the user ends them."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was named."""
        with escaped_output(), ended_by_signals("itemvec"), machine_errors_in_one_line("itemvec"):
            return super().invoke(ctx)
