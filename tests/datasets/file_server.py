"""A server of files of our own, which cuts connections on purpose."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BODY = bytes(range(256)) * 40


class Server(ThreadingHTTPServer):
    """Serves ``files``; sends no more than ``cuts`` says of each answer, in turn, and keeps what was asked."""

    files: dict[str, bytes]
    cuts: list[int]
    asked: list[str | None]
    tag = '"1"'
    states = "length"  # or "chunks", or nothing of where an answer ends

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        body = self.server.files.get(self.path[1:])
        span = self.headers.get("Range")
        self.server.asked.append(span)
        if body is None:
            self.send_error(404)
            return
        start = int(span[6:-1]) if span and self.headers.get("If-Range") == self.server.tag else 0
        self.send_response(206 if start else 200)
        if self.server.states == "length":
            self.send_header("Content-Length", str(len(body) - start))
        elif self.server.states == "chunks":
            self.send_header("Transfer-Encoding", "chunked")
        self.send_header("ETag", self.server.tag)
        self.end_headers()
        cut = self.server.cuts.pop(0) if self.server.cuts else len(body)
        sent = body[start:][:cut]
        if self.server.states == "chunks":
            end = b"0\r\n\r\n" if cut >= len(body) - start else b""
            sent = f"{len(sent):x}\r\n".encode() + sent + b"\r\n" + end
        self.wfile.write(sent)

    def log_message(self, *arguments: object) -> None:
        pass
