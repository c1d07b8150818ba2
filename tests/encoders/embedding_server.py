"""A server on this machine that speaks the embeddings protocol, and misbehaves where a test asks it to."""

from __future__ import annotations

import base64
import json
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np

from itemvec.core.arrays import Floats

KEY = "a-key-that-nobody-may-see"
DIM = 64


@dataclass
class Fault:
    """An answer that is none: a status with headers and a message, or a connection that ends (status 0)."""

    status: int
    message: str = "something is wrong"
    headers: dict[str, str] = field(default_factory=dict)


class Server(ThreadingHTTPServer):
    """Keeps what it was asked; gives ``faults`` to the first requests; ``spoil`` may change its answers."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.reset()

    def reset(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.times: list[float] = []
        self.faults: list[Fault] = []
        self.spoil: Callable[[Any], Any] = lambda answer: answer

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    @property
    def texts(self) -> list[str]:
        return [text for body in self.asked for text in body["input"]]


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        self.server.times.append(time.monotonic())
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        fault = self.server.faults.pop(0) if self.server.faults else None
        if fault is None and self.headers["Authorization"] != f"Bearer {KEY}":
            fault = Fault(401, f"no such key: {self.headers['Authorization']}")  # some servers do say it
        if fault is None and self.path != "/v1/embeddings":
            fault = Fault(404)
        if fault is None:
            self.server.asked.append(body)
            self.reply(200, self.server.spoil(answer(body)), {})
        elif fault.status:
            self.reply(fault.status, {"error": {"message": fault.message}}, fault.headers)
        else:
            self.close_connection = True

    def reply(self, status: int, value: Any, headers: dict[str, str]) -> None:
        content = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        for name, said in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, said)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Nothing."""


def answer(body: dict[str, Any]) -> dict[str, Any]:
    """Vectors in reverse order, as the protocol allows; a token is a word."""
    in_base64 = body.get("encoding_format") == "base64"
    data = [
        {
            "object": "embedding",
            "index": index,
            "embedding": base64.b64encode(words(text).tobytes()).decode() if in_base64 else words(text).tolist(),
        }
        for index, text in enumerate(body["input"])
    ]
    n_tokens = sum(len(text.split()) for text in body["input"])
    usage = {"prompt_tokens": n_tokens, "total_tokens": n_tokens}
    return {"object": "list", "data": data[::-1], "model": body["model"], "usage": usage}


def words(text: str) -> Floats:
    """Counts of the words, in buckets: float32 of shape (DIM,)."""
    buckets = [zlib.crc32(word.encode()) % DIM for word in text.split()]
    return np.bincount(buckets, minlength=DIM).astype(np.float32)


@contextmanager
def serving() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
