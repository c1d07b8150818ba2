"""The local page: routes, and the rule of access before each of them."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from importlib.resources import files
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from itemvec.core.errors import ItemvecError
from itemvec.datasets.judgment_log import WHO
from itemvec.judging.access import COOKIE, Access
from itemvec.judging.page import Page, style
from itemvec.judging.people import UnknownPairError

TEXTS = ("who", "tab", "query", "item", "grade", "token", "choice")  # of a request
LARGEST = 65_536  # bytes of a request
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = [
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Asks(Protocol):
    """What the page asks of the judging of items, and of that of lists."""

    def answer(self, path: str, who: str, tab: str, body: dict[str, Any]) -> dict[str, Any]:
        """Answer a request of the page: ``next``, ``judge``, ``undo`` or ``leave``."""
        ...


def application(asks: Asks, page: Page, access: Access, who: str) -> Any:
    """The application.

    Parameters
    ----------
    who
        Who judges where the address does not say so; empty where everybody is asked.
    """

    async def whole(request: Request) -> Response:
        if request.query_params.get("token"):  # out of the address, and of the history of the browser
            found: Response = RedirectResponse("/", 303)
            found.set_cookie(COOKIE, request.query_params["token"], httponly=True, samesite="strict")
            return found
        name = request.query_params.get("who", who)
        return HTMLResponse(page.judging(name) if WHO.fullmatch(name) else page.naming(wrong=bool(name)))

    async def ask(request: Request) -> Response:
        try:
            body = json.loads(await _body(request))
            name, tab = body["who"], body["tab"]
            if any(not isinstance(body.get(word, ""), str) for word in TEXTS) or not WHO.fullmatch(name):
                raise UnknownPairError("no request of this page")
            return JSONResponse(await run_in_threadpool(asks.answer, request.path_params["path"], name, tab, body))
        except (ValueError, KeyError, TypeError, UnknownPairError) as error:
            said = error.message if isinstance(error, UnknownPairError) else "no request of this page"
            return JSONResponse({"error": said}, 400)
        except ItemvecError as error:
            return JSONResponse({"error": error.message}, 503)

    async def script(_: Request) -> Response:
        folder = files("itemvec.judging").joinpath("templates")
        text = "\n".join(folder.joinpath(name).read_text() for name in ("saving.js", page.script))
        return Response(text, media_type="text/javascript")

    async def styles(_: Request) -> Response:
        return Response(style(), media_type="text/css")

    routes = [
        Route("/", whole),
        Route("/page.js", script),
        Route("/style.css", styles),
        Route("/ask/{path}", ask, methods=["POST"]),
    ]
    return Guarded(Starlette(routes=routes), access)


async def _body(request: Request) -> bytes:
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise ValueError("not JSON")  # a form of another page can send other types without asking
    found = b""
    async for part in request.stream():
        found += part
        if len(found) > LARGEST:
            raise ValueError("too long")
    return found


class Guarded:
    """Refuses what the rule of access does not allow, and adds the headers of safety to every answer."""

    def __init__(self, inner: Any, access: Access) -> None:
        self.inner, self.access = inner, access

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.inner(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *HEADERS]
            await send(message)

        refused = self._refusal(Request(scope))
        await (refused or self.inner)(scope, receive, with_headers)

    def _refusal(self, request: Request) -> Response | None:
        headers: Headers = request.headers
        if not self.access.allows_host(headers.get("host", "")):
            return PlainTextResponse("This name is not one of this server's; use the address that it printed.\n", 421)
        if request.method != "GET" and not self.access.allows_origin(headers):
            return PlainTextResponse("This request comes from another page.\n", 403)
        said = request.cookies.get(COOKIE) or request.query_params.get("token")
        if not self.access.knows(said):
            return PlainTextResponse("The token is missing or wrong; use the whole address that was printed.\n", 401)
        return None
