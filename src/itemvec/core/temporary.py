"""Temporary folders that do not outlive the process, also when a signal ends it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from itemvec.core.leftovers import forget, remember


class TemporaryFolder(TemporaryDirectory[str]):
    """A ``TemporaryDirectory`` that is removed too when the process ends by Ctrl-C, SIGTERM or with its DVC."""

    def __init__(self) -> None:
        super().__init__(prefix="itemvec-", ignore_cleanup_errors=True)
        remember(self.name)

    def cleanup(self) -> None:
        """Remove the folder."""
        super().cleanup()
        forget(self.name)


@contextmanager
def temporary_files_inside() -> Iterator[None]:
    """Libraries put their temporary files into a folder of ours, so that it is removed with them."""
    former = os.environ.get("TMPDIR")
    with TemporaryFolder() as folder:
        os.environ["TMPDIR"] = folder
        try:
            yield
        finally:
            del os.environ["TMPDIR"]
            os.environ.update({} if former is None else {"TMPDIR": former})
