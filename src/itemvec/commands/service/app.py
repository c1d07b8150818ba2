"""The application of one worker: its systems, its routes, and what runs beside them."""

from __future__ import annotations

import signal
import sys
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route

from itemvec.commands.service.batches import BusyError
from itemvec.commands.service.counters import Counters
from itemvec.commands.service.guard import Guard, answer
from itemvec.commands.service.requests import RefusedError
from itemvec.commands.service.routes import Routes
from itemvec.commands.service.settings import Settings
from itemvec.commands.service.system import System
from itemvec.commands.service.users import Users
from itemvec.core.errors import ItemvecError
from itemvec.core.progress import without_process_locks

FAILED = 3  # exit code that tells uvicorn's supervisor not to try again


@dataclass(frozen=True)
class Factory:
    """Makes the application in a worker; it is sent there, so it holds options alone."""

    settings: Settings

    def __call__(self) -> Guard:
        """Load the systems. What cannot be loaded ends the worker with one line."""
        without_process_locks()
        later = signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # loading need not be waited for
        try:
            return application(self.settings)
        except ItemvecError as error:
            sys.stderr.write(f"Error: {error.format_message()}\n")
            sys.exit(FAILED)
        finally:
            signal.signal(signal.SIGTERM, later)


def application(settings: Settings) -> Guard:
    """The ASGI application on loaded systems.

    Raises
    ------
    ItemvecError
        A system, or the file of interactions, cannot be read.
    """
    import torch

    torch.set_num_threads(max(1, torch.get_num_threads() // settings.workers))
    counters = Counters(settings.work)
    systems = {name: System(folder, settings.work) for name, folder in settings.folders.items()}
    routes = Routes(systems, counters, Users(settings.interactions), settings.parent)
    handlers: dict[Any, Any] = dict.fromkeys((HTTPException, RefusedError, BusyError, Exception), answer)
    app = Starlette(
        routes=[Route(path, handler, methods=methods) for path, (handler, methods) in routes.table().items()],
        lifespan=routes.running,
        exception_handlers=handlers,
    )
    return Guard(app, counters, settings.token)
