"""JSON requests to a model server, with a rate limit and retries. The key never appears in a message."""

from __future__ import annotations

import math
import os
import random
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn

from itemvec.core.errors import ItemvecError, ParamsError
from itemvec.core.progress import say

TRIES = 8  # with pauses that double: about two minutes in all
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0  # seconds
PATIENCE = 300.0  # seconds: a longer Retry-After means that a quota is used up, so we stop
TIMEOUT = 120.0  # seconds without a byte
SHOWN = 300  # characters of what a server said


@dataclass
class Server:
    """A server that takes and returns JSON; threads may share it.

    Parameters
    ----------
    url
        Base address, to which paths are appended.
    subject
        Beginning of every message, such as ``model 'x'``.
    key_variable
        Environment variable that holds the key, sent as a bearer token.
    requests_per_minute
        Most requests started per minute, retries included.
    kept
        Whether who asks keeps each answer, so that asking again goes on where it stopped.
    """

    url: str
    subject: str
    key_variable: str | None = None
    requests_per_minute: int | None = None
    kept: bool = False
    _key: str = field(init=False, repr=False, default="")
    _client: Any = field(init=False, repr=False)

    def __post_init__(self) -> None:
        import httpx2

        if self.key_variable is not None:
            self._key = self._read_key(self.key_variable)
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        self._client = httpx2.Client(headers=headers, timeout=httpx2.Timeout(TIMEOUT, connect=10))
        self._lock = threading.Lock()
        self._next = 0.0  # when the next request may begin
        self._stopped = threading.Event()

    def post(self, path: str, body: Mapping[str, Any], largest: str = "") -> Any:
        """Send ``body`` and return the answer; errors that may be about its size add ``largest`` to their advice.

        Raises
        ------
        ParamsError
            The server refuses the request: wrong key, name or option.
        ItemvecError
            The server cannot be reached or is too busy, or its answer is not JSON.
        """
        import httpx2

        for tried in range(1, TRIES + 1):
            self._wait_for_turn()
            asked_to_wait = None
            try:
                response = self._client.post(self.url + path, json=body)
            except httpx2.RequestError as error:
                said = self._shown(str(error) or type(error).__name__)
            else:
                if response.is_success:
                    return self._json(response)
                said = f"status {response.status_code}: {self._shown(_message(response))}"
                if response.status_code not in (408, 425, 429) and response.status_code < 500:
                    self._refuse(response.status_code, said, largest)
                asked_to_wait = _seconds_asked(response.headers.get("retry-after"))
            if tried < TRIES and (asked_to_wait or 0) <= PATIENCE:
                self._pause(tried, asked_to_wait, said)
            else:
                break
        waits = f", and asks to wait {asked_to_wait:,.0f} s" if asked_to_wait else ""
        raise ItemvecError(
            f"{self.subject}: {self.url} gives no answer (try {tried}: {said}){waits}; "
            f"{'earlier answers are kept: ' * self.kept}run again later, or lower requests_per_minute or parallel"
        )

    def stop(self) -> None:
        """Stop: requests that are waiting raise an error."""
        self._stopped.set()

    def _wait_for_turn(self) -> None:
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._next)
            self._next = turn + (60 / self.requests_per_minute if self.requests_per_minute else 0)
        self._sleep(turn - now)

    def _pause(self, tried: int, asked: float | None, said: str) -> None:
        pause = min(FIRST_PAUSE * 2 ** (tried - 1), LONGEST_PAUSE) * random.uniform(0.75, 1)  # noqa: S311
        say(f"{self.subject}: {self.url}: {said}; trying again in {asked or pause:.1f} s")
        if asked is None:
            self._sleep(pause)
            return
        with self._lock:  # a pause that the server asks for holds for all threads
            self._next = max(self._next, time.monotonic() + asked)

    def _sleep(self, seconds: float) -> None:
        if self._stopped.wait(seconds) if seconds > 0 else self._stopped.is_set():
            raise ItemvecError(f"{self.subject}: stopped")

    def _refuse(self, status: int, said: str, largest: str) -> NoReturn:
        if status in (401, 403):
            held = f"the key in {self.key_variable}" if self.key_variable else "key_variable: the row names none"
            step = f"check {held}, and what it may do"
        elif status == 404:
            step = "check url and checkpoint"
        elif status == 413:
            step = f"lower batch_texts or batch_tokens{largest}"
        else:
            step = f"check the options of the row; where a limit is named, lower batch_texts or batch_tokens{largest}"
        raise ParamsError(f"{self.subject}: {self.url} refuses: {said}; {step}")

    def _json(self, response: Any) -> Any:
        try:
            return response.json()
        except ValueError:
            said = self._shown(response.text)
            raise ItemvecError(f"{self.subject}: {self.url} does not answer in JSON: {said}; check url") from None

    def _read_key(self, variable: str) -> str:
        key = os.environ.get(variable, "").strip()
        if not key:
            raise ParamsError(f"{self.subject}: set the environment variable {variable} to the key of {self.url}")
        if not (key.isascii() and key.isprintable()) or " " in key:  # an error about the header would show it
            raise ParamsError(f"{self.subject}: {variable} holds no valid key: it has blanks or non-ASCII characters")
        return key

    def _shown(self, said: str) -> str:
        said = said.replace(self._key, "***") if self._key else said
        return " ".join(said.split())[:SHOWN] or "nothing"


def _message(response: Any) -> str:
    """The error message in an answer: in OpenAI's form, in FastAPI's, else the whole text."""
    try:
        said = response.json()
    except ValueError:
        return str(response.text)
    while isinstance(said, (dict, list)) and said:
        keys: list[Any] = (
            [0] if isinstance(said, list) else [key for key in ("error", "message", "detail") if key in said]
        )
        if not keys:
            break
        said = said[keys[0]]
    return str(said)


def _seconds_asked(header: str | None) -> float | None:
    """Seconds given by Retry-After, a number or a date; None if it gives none."""
    if header is None:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(header).timestamp() - time.time()
        except ValueError:
            return None
    return seconds if seconds > 0 and math.isfinite(seconds) else None
