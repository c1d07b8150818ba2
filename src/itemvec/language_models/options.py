"""Options of a language model: on this machine, or behind a chat server of OpenAI's form."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from itemvec.core.errors import ParamsError
from itemvec.core.options import Positive, Variable
from itemvec.language_models.generation import Ask, of_model, of_server
from itemvec.models.server import Server

OF_SERVER = ("key_variable", "requests_per_minute", "body")
OF_MACHINE = ("revision",)


@dataclass(frozen=True, kw_only=True)
class LanguageModelOptions:
    """Which language model is asked, and how.

    Parameters
    ----------
    checkpoint
        The server's name of the model; without ``url``, a model of the Hugging Face hub, a local folder or
        ``package:NAME/FOLDER``, with weights as safetensors.
    url
        Where the chat server is; by default the model runs on this machine.
    key_variable
        For a server: environment variable that holds the key.
    requests_per_minute
        For a server: requests that the account may send in a minute; by default no limit.
    parallel
        For a server: how many requests are under way at once.
    body
        For a server: what a request says besides or instead; null leaves an entry out.
    revision
        On this machine: commit of the hub to read; by default the newest.
    dtype
        On this machine: type of the weights and of the computation.
    """

    checkpoint: str
    url: str | None = None
    key_variable: Variable | None = None
    requests_per_minute: Positive | None = None
    parallel: Positive = 4
    body: dict[str, str | int | float | bool | None] = field(default_factory=dict)
    revision: str | None = None
    dtype: Literal["float32", "bfloat16", "float16"] = "float32"

    def check(self, subject: str) -> None:
        """Refuse an address of another form, a request that says what itemvec fills in, and options without effect.

        Raises
        ------
        ParamsError
            One of them; ``subject`` is what the message begins with.
        """
        check_url(subject, self.url)
        if taken := {"model", "messages"} & self.body.keys():
            raise ParamsError(f"{subject}: body must not hold {min(taken)!r}, which itemvec fills in")
        if idle := [name for name in (OF_SERVER if self.url is None else OF_MACHINE) if getattr(self, name)]:
            where = (
                "a chat server, and no url is given; give one"
                if self.url is None
                else "a model of this machine; remove url"
            )
            raise ParamsError(f"{subject}: {idle[0]} is an option of {where}, or remove {idle[0]}")

    def ask(self, subject: str) -> Ask:
        """Read the key or the weights, and return the function that answers prompts; no request is sent."""
        if self.url is None:
            return of_model(subject, self.checkpoint, self.revision, self.dtype)
        server = Server(self.url.rstrip("/"), subject, self.key_variable, self.requests_per_minute)
        return of_server(server, self.checkpoint, self.body, self.parallel)


def check_url(subject: str, url: str | None) -> None:
    """Raise ``ParamsError`` where the address of a chat server has another form."""
    if url is not None and not url.startswith(("http://", "https://")):
        raise ParamsError(f"{subject}: url must be as https://host/v1, what '/chat/completions' is put behind")
