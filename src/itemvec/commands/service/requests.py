"""What a request may ask: every parameter is checked once, and a wrong one is answered in one line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from itemvec.commands.service.settings import LARGEST_BODY, LONGEST_HISTORY, LONGEST_ID, LONGEST_QUERY, MOST_ITEMS
from itemvec.core.registry import suggest

MODES = ("vector", "words", "hybrid")


class RefusedError(Exception):
    """A request that is wrong: its status, and one line that says where and what to do."""

    def __init__(self, code: int, line: str) -> None:
        super().__init__(line)
        self.code, self.line = code, line


@dataclass(frozen=True)
class SearchRequest:
    """A query, the number of items, the mode and the name of the system."""

    q: str
    k: int
    mode: str
    system: str


@dataclass(frozen=True)
class RecommendRequest:
    """Ids of a history, oldest first, or a user; the number of items; whether those of the history are left out."""

    history: list[str]
    user: str | None
    k: int
    mask: bool
    system: str


def search_request(request: Request, systems: Mapping[str, object]) -> SearchRequest:
    """Read a request for a search."""
    given = _single(request, ("q", "k", "mode", "system"))
    if "q" not in given:
        raise RefusedError(400, "q is missing; write /search?q=black+desk+lamp")
    q = given["q"]
    if not q.strip():
        raise RefusedError(422, "q is blank; write words to search for")
    if "\x00" in q or "\ufffd" in q:
        raise RefusedError(422, "q holds what is no text; write it as UTF-8, each byte as %XX")
    if len(q) > LONGEST_QUERY:
        raise RefusedError(422, f"q has {len(q):,} characters; at most {LONGEST_QUERY:,} are taken")
    mode = _one_of("mode", given.get("mode", MODES[0]), MODES)
    return SearchRequest(q, _number(given.get("k", "10")), mode, _system(given.get("system"), systems))


async def recommend_request(request: Request, systems: Mapping[str, object]) -> RecommendRequest:
    """Read a request for a recommendation, from the address or from a JSON body."""
    known = ("history", "user", "k", "mask", "system")
    if request.method == "POST":
        given = await _body(request)
        _known(given, known)
        history = given.get("history", [])
    else:
        given = _single(request, known, but="history")
        history = request.query_params.getlist("history")
    user, mask = given.get("user"), str(given.get("mask", True)).lower()
    if not isinstance(history, list) or not all(isinstance(one, str) for one in history):
        raise RefusedError(422, "history: expected a list of item ids in quotes, the oldest first")
    if user is not None and not isinstance(user, str):
        raise RefusedError(422, "user: expected an id in quotes")
    if bool(history) == (user is not None):
        raise RefusedError(400, "name either history, item ids with the oldest first, or user")
    if len(history) > LONGEST_HISTORY:
        raise RefusedError(422, f"history has {len(history):,} ids; at most {LONGEST_HISTORY:,} are taken")
    if any(not 0 < len(one) <= LONGEST_ID for one in (*history, *([] if user is None else [user]))):
        raise RefusedError(422, f"an id is empty or has more than {LONGEST_ID} characters")
    if mask not in ("true", "false"):
        raise RefusedError(422, f"mask is {mask[:20]!r}; it can be true or false")
    k, system = _number(given.get("k", 10)), _system(given.get("system"), systems)
    return RecommendRequest(history, user, k, mask == "true", system)


def _single(request: Request, known: tuple[str, ...], but: str = "") -> dict[str, str]:
    given = dict(request.query_params)
    _known(given, known)
    for name in given:
        if name != but and len(request.query_params.getlist(name)) > 1:
            raise RefusedError(422, f"{name} is given more than once")
    return given


def _known(given: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for name in given:
        if name not in known:
            shown = str(name)[:40]
            raise RefusedError(422, f"{shown!r} is no parameter{suggest(shown, known)}")


async def _body(request: Request) -> dict[str, Any]:
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > LARGEST_BODY:
            raise RefusedError(413, f"the body has more than {LARGEST_BODY:,} bytes")
    try:
        given = json.loads(content)
    except (ValueError, RecursionError):
        raise RefusedError(400, 'the body is no JSON; write {"history": ["50", "181"], "k": 10}') from None
    if not isinstance(given, dict):
        raise RefusedError(422, 'the body is no JSON object; write {"history": ["50", "181"], "k": 10}')
    return given


def _number(given: Any) -> int:
    text = str(given)
    if isinstance(given, bool) or not (text.isascii() and text.isdigit() and len(text) < 10):
        raise RefusedError(422, f"k is {text[:20]!r}; it must be a whole number from 1 to {MOST_ITEMS}")
    if not 1 <= int(text) <= MOST_ITEMS:
        raise RefusedError(422, f"k is {text}; it must be from 1 to {MOST_ITEMS}")
    return int(text)


def _one_of(name: str, given: str, known: tuple[str, ...]) -> str:
    if given not in known:
        raise RefusedError(422, f"{name} is {given[:20]!r}; it can be {', '.join(known)}")
    return given


def _system(given: Any, systems: Mapping[str, object]) -> str:
    return _one_of("system", next(iter(systems)) if given is None else str(given), tuple(systems))
