"""What stands before every route: token, headers, counting, and one line for every error."""

from __future__ import annotations

import hmac
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from itemvec.commands.service.batches import BusyError
from itemvec.commands.service.requests import RefusedError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from itemvec.commands.service.counters import Counters

PUBLIC = ("/", "/page.js", "/page.css")  # files without data: the page asks for the token
LOCAL = ("localhost", "127.0.0.1", "[::1]")
HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
OWN = [(name.encode(), value.encode()) for name, value in HEADERS.items()]


class Guard:
    """Answers what is refused, passes the rest on, and counts both.

    Parameters
    ----------
    token
        What a request must show as ``Authorization: Bearer TOKEN``. Without one, the host must be this machine by
        name, since a page elsewhere could give its own name this address.
    """

    def __init__(self, app: ASGIApp, counters: Counters, token: str) -> None:
        self.app, self.counters, self.token = app, counters, token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, code = time.perf_counter(), 500

        async def sent(message: Message) -> None:
            nonlocal code
            if message["type"] == "http.response.start":
                code = message["status"]
                message["headers"] = [*message["headers"], *OWN]
            await send(message)

        try:
            await (self._refused(scope) or self.app)(scope, receive, sent)
        finally:
            self.counters.request(scope["path"], code, time.perf_counter() - began)

    def _refused(self, scope: Scope) -> JSONResponse | None:
        shown = dict(scope["headers"])
        if self.token:
            given = shown.get(b"authorization", b"")
            if scope["path"] in PUBLIC or hmac.compare_digest(given, b"Bearer " + self.token):
                return None
            return refusal(401, "the token is missing or wrong; send the header Authorization: Bearer TOKEN")
        host = shown.get(b"host", b"").decode("latin-1").lower()
        if host.rpartition(":")[0] in LOCAL or host in LOCAL:
            return None
        return refusal(400, "the host is not this machine; write http://127.0.0.1, or start with --host and a token")


async def answer(request: Request, error: Exception) -> JSONResponse:
    """One line for an error of a route."""
    del request
    if isinstance(error, RefusedError):
        return refusal(error.code, error.line)
    if isinstance(error, BusyError):
        return refusal(503, "too many requests wait; ask again in a second", {"retry-after": "1"})
    if isinstance(error, HTTPException):
        known = {404: "no such address; /openapi.json lists them", 405: "no such method; /openapi.json lists them"}
        return refusal(error.status_code, known.get(error.status_code, error.detail), error.headers)
    return refusal(500, f"the service failed ({type(error).__name__}); its log says more")


def refusal(code: int, line: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """An error as JSON."""
    return JSONResponse({"error": line}, code, headers)
