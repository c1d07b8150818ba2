"""Who writes synthetic queries, from what the command says: a model of this machine, one behind a server, or a file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from itemvec.core.columns import ITEM
from itemvec.core.errors import ParamsError
from itemvec.datasets.raw_tables import read as read_raw
from itemvec.datasets.raw_tables import strings
from itemvec.language_models.generation import of_model, of_server
from itemvec.language_models.language_model import read
from itemvec.language_models.options import check_url
from itemvec.models.checkpoint import resolve
from itemvec.models.server import Server
from itemvec.synthetic import Shot, Write, asks_by_text, by_file, by_prompt, by_text

SUBJECT = "generate-queries"
PARALLEL = 4  # requests under way at once


@dataclass(frozen=True)
class Writer:
    """The one who writes.

    model
        A checkpoint of this machine or the hub, or the name that the server at ``url`` has for it.
    file
        Queries in place of a model: ``item_id`` and ``query`` in each row.
    """

    model: str | None = None
    url: str | None = None
    key_variable: str | None = None
    file: Path | None = None

    def __post_init__(self) -> None:
        if (self.model is None) == (self.file is None):
            raise ParamsError(f"{SUBJECT}: name a model with --writer, or a file with --queries, one of the two")
        check_url(SUBJECT, self.url)

    def identity(self, shots: Sequence[Shot], n: int) -> dict[str, Any]:
        """All that decides what is written for an item."""
        file = "" if self.file is None else hashlib.sha256(self.file.read_bytes()).hexdigest()
        examples = [asdict(shot) for shot in shots]
        return {"model": self.model, "url": self.url, "file": file, "per_item": n, "examples": examples}

    def load(self, shots: Sequence[Shot], n: int) -> Write:
        """Make a function that writes ``n`` queries for each of some items; an encoder-decoder needs no examples."""
        if self.file is not None:
            return by_file(read_queries(self.file))
        model = str(self.model)
        subject = f"{SUBJECT}: {model!r}"
        if self.url is not None:
            server = Server(self.url.rstrip("/"), subject, self.key_variable, kept=True)
            return by_prompt(of_server(server, model, {}, PARALLEL), shots, n)
        config = resolve(model).folder / "config.json"
        if config.exists() and asks_by_text(json.loads(config.read_text(encoding="utf-8"))):
            return by_text(read(subject, model, None, "float32"), n)
        return by_prompt(of_model(subject, model, None, "float32"), shots, n)


def read_queries(path: Path) -> dict[str, list[str]]:
    """Queries by item id, from a file of any form with the columns ``item_id`` and ``query``."""
    table, _ = read_raw(path, [ITEM, "query"])
    found: dict[str, list[str]] = {}
    for item, query in zip(*(strings(table, name, path).to_pylist() for name in (ITEM, "query")), strict=True):
        found.setdefault(item, []).append(query or "")
    return found
