"""Errors that a user of the pipeline can act on. click prints them in one line, without a traceback."""

import click

from itemvec.core.shown import printable


class ItemvecError(click.ClickException):
    """Base of every error this package raises on purpose."""

    def format_message(self) -> str:
        """The message as a terminal may show it: it can quote a file."""
        return printable(super().format_message())


class ParamsError(ItemvecError):
    """``params.yaml`` names something that does not exist or does not fit."""


class DatasetError(ItemvecError):
    """Raw files are missing, damaged, or do not have the form of their data set."""


class TableError(ItemvecError):
    """A table on disk does not hold what a stage needs."""


class ExpectationError(ItemvecError):
    """A table does not meet its expectations."""
