"""Who may talk to the page: which hosts, from which pages, with which token.

A page of another origin could otherwise post judgments (CSRF), or read the pool under a name of its own that points to
this machine (DNS rebinding).
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass

LOOPBACK = ("127.0.0.1", "localhost", "::1")
COOKIE = "itemvec-judge"


@dataclass(frozen=True)
class Access:
    """The rule.

    host
        What the server listens on.
    token
        What a visitor must know; empty on loopback alone.
    """

    host: str
    token: str = ""

    def allows_host(self, header: str) -> bool:
        """Whether a ``Host`` header names this machine: by the name it listens on, or by an address."""
        name = _name(header)
        if name in LOOPBACK:
            return True
        if not self.token:
            return False
        return name == self.host.lower() or _is_address(name)

    def allows_origin(self, headers: Mapping[str, str]) -> bool:
        """Whether a request comes from this page, or from no page."""
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return False
        origin = headers.get("origin")
        return origin is None or origin.partition("://")[2].lower() == headers.get("host", "").lower()

    def knows(self, said: str | None) -> bool:
        """Whether a visitor said the token."""
        return not self.token or hmac.compare_digest((said or "").encode(), self.token.encode())


def _name(header: str) -> str:
    """The host of a header without its port: ``[::1]:8000`` is ``::1``."""
    header = header.strip().lower()
    if header.startswith("["):
        return header[1:].partition("]")[0]
    return header.rpartition(":")[0] if header.count(":") == 1 else header


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server that listens on ``host``."""
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)
