"""A server on this machine that speaks the chat protocol: items rank by the words they share with the query."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class ChatServer(ThreadingHTTPServer):
    """Keeps what it was asked; ``say`` makes an answer's content of a prompt, ``spoil`` may change the whole answer."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[dict[str, Any]] = []
        self.say: Callable[[str], Any] = rank
        self.spoil: Callable[[Any], Any] = lambda answer: answer

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: ChatServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(body)
        message = {"role": "assistant", "content": self.server.say(body["messages"][0]["content"])}
        answer = self.server.spoil({"choices": [{"index": 0, "message": message}]})
        content = json.dumps(answer).encode()
        self.send_response(200 if self.path == "/v1/chat/completions" else 404)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Nothing."""


def rank(prompt: str) -> str:
    query = set(re.findall(r"Query: (.*)", prompt)[0].split())
    items = re.findall(r"\[(\d+)\] (.+)", prompt.split("Query:")[1].split("Answer with")[0])
    best = sorted(items, key=lambda item: -len(query & set(item[1].split())))
    return " > ".join(f"[{number}]" for number, _ in best)


@contextmanager
def chatting() -> Iterator[ChatServer]:
    with ChatServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
