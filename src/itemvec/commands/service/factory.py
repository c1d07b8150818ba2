"""What a worker is made by; the supervisor, which answers nothing, imports this much and no more."""

from __future__ import annotations

import signal
import sys
import time
from dataclasses import dataclass
from typing import Any

from itemvec.commands.service.settings import POLL, Settings
from itemvec.core.errors import ItemvecError

FAILED = 3  # exit code that tells uvicorn's supervisor not to try again


@dataclass(frozen=True)
class Factory:
    """Makes the application in a worker; it is sent there, so it holds options alone."""

    settings: Settings

    def __call__(self) -> Any:
        """Load the systems. What cannot be loaded ends the worker with one line."""
        from itemvec.core.progress import without_process_locks

        without_process_locks()
        replaces = len(list(self.settings.work.glob("*.counters"))) >= self.settings.workers
        later = signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # loading need not be waited for
        try:
            from itemvec.commands.service.app import application

            return application(self.settings)
        except ItemvecError as error:
            sys.stderr.write(f"Error: {error.format_message()}\n")
            if not replaces:
                sys.exit(FAILED)
            time.sleep(POLL)  # others may answer meanwhile, and the folder may be mended: try again
            sys.exit(1)
        finally:
            signal.signal(signal.SIGTERM, later)
