"""The routes of a worker, and the tasks that run beside them: batches, and the look for other versions."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse

from itemvec.commands.service.batches import Batches
from itemvec.commands.service.counters import Counters
from itemvec.commands.service.openapi import described
from itemvec.commands.service.requests import RefusedError, recommend_request, search_request
from itemvec.commands.service.settings import POLL
from itemvec.commands.service.system import Asked, Found, System
from itemvec.commands.service.users import Users
from itemvec.core.shown import printable

PAGE = Path(__file__).parent / "page"


class Routes:
    """Handlers of requests.

    Parameters
    ----------
    systems
        By name.
    parent
        Process id of the supervisor: without it the worker ends.
    """

    def __init__(self, systems: Mapping[str, System], counters: Counters, users: Users, parent: int) -> None:
        self.systems, self.counters, self.users, self.parent = systems, counters, users, parent
        self.batches: dict[str, Batches[Asked, Found]] = {}

    def table(self) -> dict[str, tuple[Any, list[str]]]:
        """Handler and methods of each path."""
        get = ["GET"]
        return {
            "/": (_file("page.html"), get),
            "/page.js": (_file("page.js"), get),
            "/page.css": (_file("page.css"), get),
            "/search": (self.search, get),
            "/recommend": (self.recommend, ["GET", "POST"]),
            "/health": (self.health, get),
            "/metrics": (self.metrics, get),
            "/openapi.json": (self.openapi, get),
        }

    @asynccontextmanager
    async def running(self, app: object) -> AsyncIterator[None]:
        """Run batches and look for versions while the worker serves."""
        del app
        self.batches = {name: Batches(system.search, self._batched) for name, system in self.systems.items()}
        tasks = [asyncio.create_task(one.run()) for one in self.batches.values()]
        tasks.append(asyncio.create_task(self._watch()))
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def search(self, request: Request) -> JSONResponse:
        """Items for a query."""
        asked = search_request(request, self.systems)
        system = self.systems[asked.system]
        if not system.about()["search"]:
            raise RefusedError(422, f"system {asked.system} has no model with a table; export a variant to search")
        version, hits = await self.batches[asked.system]((asked.q, asked.k, asked.mode))
        return JSONResponse({"system": asked.system, "version": version, "items": hits})

    async def recommend(self, request: Request) -> JSONResponse:
        """Items for a history, or for a user."""
        asked = await recommend_request(request, self.systems)
        history = asked.history if asked.user is None else self.users.history(asked.user)
        try:
            version, hits, unknown = await asyncio.to_thread(
                self.systems[asked.system].recommend, history, asked.k, asked.mask
            )
        except LookupError:
            raise RefusedError(
                422,
                f"system {asked.system} has no recommender; export one: `itemvec export FOLDER --recommender CELL`",
            ) from None
        except ValueError as error:
            raise RefusedError(422, str(error)) from None
        said = {"system": asked.system, "version": version, "unknown_in_history": unknown, "items": hits}
        return JSONResponse(said)

    async def health(self, request: Request) -> JSONResponse:
        """What is in use."""
        del request
        systems = {name: system.about() for name, system in self.systems.items()}
        return JSONResponse({"status": "ok", "worker": os.getpid(), "systems": systems})

    async def metrics(self, request: Request) -> PlainTextResponse:
        """Counters of all workers."""
        del request
        return PlainTextResponse(self.counters.text(), media_type="text/plain; version=0.0.4")

    async def openapi(self, request: Request) -> JSONResponse:
        """The description of all this."""
        del request
        return JSONResponse(described(list(self.systems)))

    def _batched(self, size: int) -> None:
        self.counters.add("batches")
        self.counters.add("batched_queries", size)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(POLL)
            if os.getppid() != self.parent:  # the supervisor is gone, and nobody would end this worker
                os.kill(os.getpid(), signal.SIGTERM)
                return
            for name, system in self.systems.items():
                if not await asyncio.to_thread(system.changed):
                    continue
                try:
                    await asyncio.to_thread(system.reload)
                except Exception as error:
                    self.counters.add("failed_reloads")
                    said = printable(f"{type(error).__name__}: {error}")
                    sys.stderr.write(f"system {name}: the new version was not taken, the former answers ({said})\n")
                else:
                    self.counters.add("reloads")
                    sys.stderr.write(f"system {name}: now version {system.version.name}\n")


def _file(name: str) -> Any:
    async def handler(request: Request) -> FileResponse:
        del request
        return FileResponse(PAGE / name)

    return handler
