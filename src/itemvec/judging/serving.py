"""The server of the page, until Ctrl-C."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from itemvec.core.errors import ItemvecError, ParamsError
from itemvec.datasets.judgment_log import WHO
from itemvec.judging.access import Access, is_loopback
from itemvec.judging.app import Asks, application
from itemvec.judging.page import Page

LEAST = 16  # letters of a token
Say = Callable[[str], object]


def checked_access(host: str, token: str | None) -> Access:
    """The rule of access for an address.

    Raises
    ------
    ParamsError
        Others could reach it, and there is no token, or a short one.
    """
    if not is_loopback(host) and (token is None or len(token) < LEAST):
        raise ParamsError(
            f"--host {host}: others can reach it; add a token of {LEAST} letters or more, as --token "
            f"{secrets.token_hex(LEAST // 2)}"
        )
    return Access(host, token or "")


def serve(asks: Asks, page: Page, host: str, port: int, token: str | None, who: str | None, say: Say) -> None:
    """Serve the page until a signal ends it.

    Raises
    ------
    ItemvecError
        The address cannot be listened on.
    """
    import uvicorn

    if who is not None and not WHO.fullmatch(who):
        raise ParamsError(f"--who: {who!r} may hold letters, digits, '_' and '-' alone, 40 at most")
    access = checked_access(host, token)
    config = uvicorn.Config(
        application(asks, page, access, who or ""),
        log_level="warning",
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    with listening(host, port) as listener:
        number = listener.getsockname()[1]
        name = f"[{host}]" if ":" in host else host
        say(f"http://{name}:{number}/" + (f"?token={token}" if token else ""))
        say("Judge there; Ctrl-C ends it. Every judgment is on the disk once the page says `saved`.")
        server = uvicorn.Server(config)
        server.capture_signals = nullcontext  # type: ignore[method-assign,assignment]  # ours are in core/interrupts.py
        try:
            server.run(sockets=[listener])
        except KeyboardInterrupt:
            return


def listening(host: str, port: int) -> socket.socket:
    """A socket that takes connections; raises ``ItemvecError`` where the address cannot be had."""
    family: Any = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host, port))
        found.listen()  # so that a browser that is quicker than the application waits for it
    except OSError as error:
        found.close()
        raise ItemvecError(f"{host}:{port}: {error.strerror or error}; name another --port, or --host") from None
    return found
