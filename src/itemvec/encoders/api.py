"""Encoder for models behind an HTTP server with OpenAI's embeddings protocol, of a vendor or self-hosted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from itemvec.core.arrays import Floats
from itemvec.core.errors import ParamsError
from itemvec.core.options import Dim, Positive, PositiveFloat, Variable, aside
from itemvec.encoders.api_response import tokens_in, vectors_in
from itemvec.encoders.base import ENCODERS, Corpus, Counts, Done, LoadedEncoder, Prepared, Role, Rows
from itemvec.models.server import Server

BYTES_PER_TOKEN = 3  # of UTF-8, an underestimate: English has more than four, Chinese about three

Body = dict[str, str | int | float | bool]


@ENCODERS.register("api")
@dataclass(frozen=True)
class ApiEncoder:
    """A model behind an HTTP API of OpenAI's form: a vendor's, or a server of your own.

    Vendors can change a model behind its name, and no answer tells; nor do they promise the same bits for the same text
    twice. The row cache is what makes a run repeatable. The last six options below change no vector, so changing them
    encodes, and costs, nothing.

    Parameters
    ----------
    checkpoint
        The server's name of the model.
    url
        Where the API is. Texts are sent by POST to ``url/embeddings``.
    dim
        Width of the vectors; another width in an answer is an error.
    revision
        A mark of your own for what the name means today. Change it, and every text is encoded anew.
    item_prompt
        Put before the text of every item.
    query_prompt
        Put before every query.
    body
        What a request says besides model and texts: ``dimensions``, ``encoding_format: base64`` (a third of the
        bytes), ``truncation: false``.
    item_body
        The same for items alone, as ``input_type`` of Voyage.
    query_body
        The same for queries alone.
    normalize
        Scale every vector to unit length.
    key_variable
        Environment variable that holds the key. The key itself is written nowhere.
    price
        Dollars for a million tokens, to report what the catalogue costs.
    batch_texts
        Most texts that the server takes in a request.
    batch_tokens
        Most tokens that the server takes in a request; they are estimated from bytes.
    requests_per_minute
        Requests that the account may send in a minute; by default no limit.
    parallel
        How many requests are under way at once.
    """

    checkpoint: str
    url: str
    dim: Dim
    revision: str | None = None
    item_prompt: str = ""
    query_prompt: str = ""
    body: Body = field(default_factory=dict)
    item_body: Body = field(default_factory=dict)
    query_body: Body = field(default_factory=dict)
    normalize: bool = True
    key_variable: Variable | None = aside(None)
    price: PositiveFloat | None = aside(None)
    batch_texts: Positive = aside(100)  # what Gemini takes; OpenAI 2048, Voyage 1000
    batch_tokens: Positive = aside(100_000)  # OpenAI takes 300,000, Voyage's largest models 120,000
    requests_per_minute: Positive | None = aside(None)
    parallel: Positive = aside(4)

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ParamsError(f"{self._subject}: url must be as https://host/v1, what '/embeddings' is put behind")
        if parts.username or parts.password:
            raise ParamsError(f"{self._subject}: url holds a password; name an environment variable in key_variable")
        if taken := {"model", "input"} & {*self.body, *self.item_body, *self.query_body}:
            raise ParamsError(f"{self._subject}: body must not hold {min(taken)!r}, which itemvec fills in")

    def identity(self, corpus: Corpus) -> Mapping[str, Any]:  # noqa: ARG002  (nothing is fitted)
        """Server and model name. No request is sent: cached texts need neither key nor network."""
        return {"url": self.url, "checkpoint": self.checkpoint, "revision": self.revision}

    def load(self, corpus: Corpus) -> LoadedEncoder:  # noqa: ARG002
        """Read the key; nothing is sent."""
        key = self._subject, self.key_variable, self.requests_per_minute
        return Asking(self, Server(self.url.rstrip("/"), *key, kept=True))

    @property
    def _subject(self) -> str:
        return f"model {self.checkpoint!r}"


@dataclass(frozen=True)
class Asking:
    """Sends batches of texts, several at once."""

    encoder: ApiEncoder
    server: Server

    def prepare(self, texts: Sequence[str], role: Role) -> Prepared:
        """Put the prompt before the texts; token counts come with the server's answers."""
        prompt = self.encoder.item_prompt if role == "item" else self.encoder.query_prompt
        tokens = np.zeros(len(texts), dtype=np.int32)
        return Prepared(([prompt + text for text in texts], role), tokens, tokens)

    def encode(self, prepared: Prepared) -> Iterator[Done]:
        """Yield the vectors of each batch when its answer arrives.

        After an error no new request is sent. Answers to requests already sent are paid for, so they are yielded before
        the error is raised.
        """
        texts, role = prepared.inputs
        sizes = np.array([len(text.encode()) for text in texts], dtype=np.int64)
        batches = self._batches(sizes)
        asked: dict[Future[tuple[Floats, Counts]], Rows] = {}
        failure: BaseException | None = None
        with ThreadPoolExecutor(self.encoder.parallel) as pool:
            try:
                while True:
                    # Few beyond those under way: what is begun is sent and paid, even where a disk fills up here.
                    for rows in islice(batches, 0 if failure else 2 * self.encoder.parallel - len(asked)):
                        asked[pool.submit(self._ask, [texts[row] for row in rows], sizes[rows], role)] = rows
                    if not asked:
                        break
                    for future in wait(asked, return_when=FIRST_COMPLETED).done:
                        rows = asked.pop(future)
                        if error := future.exception():
                            failure = failure or error
                            self.server.stop()
                        else:
                            vectors, prepared.tokens[rows] = future.result()
                            yield rows, vectors
            except BaseException:
                self.server.stop()
                raise
        if failure is not None:
            raise failure

    def _batches(self, sizes: NDArray[np.int64]) -> Iterator[Rows]:
        """Consecutive rows, as many as a request may hold."""
        start, tokens = 0, 0
        for row, estimate in enumerate((-(-sizes // BYTES_PER_TOKEN)).tolist()):
            full = tokens + estimate > self.encoder.batch_tokens or row - start == self.encoder.batch_texts
            if full and row > start:
                yield np.arange(start, row)
                start, tokens = row, 0
            tokens += estimate
        if start < len(sizes):
            yield np.arange(start, len(sizes))

    def _ask(self, texts: list[str], sizes: NDArray[np.int64], role: Role) -> tuple[Floats, Counts]:
        extra = self.encoder.item_body if role == "item" else self.encoder.query_body
        body = {"model": self.encoder.checkpoint, "input": texts, **self.encoder.body, **extra}
        longest = int(sizes.argmax())
        largest = f", or shorten the longest text, of {sizes[longest]:,} bytes: {texts[longest][:60]!r}"
        answer = self.server.post("/embeddings", body, largest)
        vectors = vectors_in(answer, len(texts), self.encoder.dim, f"{self.server.subject}: {self.server.url}")
        if self.encoder.normalize:
            vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        return vectors, tokens_in(answer, sizes)
