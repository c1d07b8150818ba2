"""Retriever by ColBERT: late interaction between the token vectors of query and item."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np

from itemvec.core.arrays import Floats
from itemvec.core.errors import ParamsError
from itemvec.core.machine import torch_device
from itemvec.core.options import Positive
from itemvec.core.progress import progress
from itemvec.core.top_k import TieOrder, Top, top_k
from itemvec.models.checkpoint import OURS, check_safetensors, resolve
from itemvec.retrievers.base import RETRIEVERS, Entries, Retrieve
from itemvec.retrievers.maxsim import TokenVectors

TEXTS = 1024  # texts encoded before their vectors are written
QUERIES, SCORES = 1024, 1 << 26  # queries at a time, and scores (256 MB) at most: fewer queries if items are many


@RETRIEVERS.register("colbert")
@dataclass(frozen=True)
class Colbert:
    """Late interaction: a vector for every token (Khattab & Zaharia, 2020).

    The model is a ``MultiVectorEncoder`` of sentence-transformers. The search is exact. Token vectors take about a
    hundred times the room of one vector per item: 128 numbers in float16 for 100 tokens are 26 kB an item. They lie in
    a file of the temporary folder (``TMPDIR``) while the stage runs, are read anew for every 67 million scores, and are
    not kept. That suits some hundred thousand items; beyond, an index of compressed token vectors (PLAID, Santhanam et
    al., 2022) is needed, which this is not.

    Parameters
    ----------
    checkpoint
        A model of the Hugging Face hub, a local folder or ``package:NAME/FOLDER``, as PyLate, Stanford's ColBERT or
        sentence-transformers save it. Weights must be safetensors; code that comes with it is not run.
    revision
        Commit of the hub to read; by default the newest.
    item_tokens
        Where texts of items are cut, in tokens; by default where the model says.
    query_tokens
        Where queries are cut, in tokens; by default where the model says.
    stored_as
        Type of the token vectors on disk.
    """

    checkpoint: str
    revision: str | None = None
    item_tokens: Positive | None = None
    query_tokens: Positive | None = None
    stored_as: Literal["float16", "float32"] = "float16"
    needs_vectors: ClassVar[bool] = False
    lowest: ClassVar[float | None] = None  # depends on the number of tokens of the query

    def index(self, items: Entries) -> Retrieve:
        """Encode the distinct texts of the items."""
        words = items.words("colbert")
        distinct = {text: number for number, text in enumerate(dict.fromkeys(words))}  # equal texts tie exactly
        which = np.array([distinct[text] for text in words], dtype=np.int64)
        model, texts = self._read(), list(distinct)
        tokens = TokenVectors(self.stored_as, torch_device())
        with progress(len(texts), "colbert items", "texts") as shown:
            for start in range(0, len(texts), TEXTS):
                some = texts[start : start + TEXTS]
                tokens.add(_numbers(model.encode_document(some, convert_to_numpy=True, show_progress_bar=False)))
                shown.update(len(some))
        rows, order = max(1, min(QUERIES, SCORES // max(len(words), 1))), TieOrder(items.ids)

        def retrieve(queries: Entries, k: int) -> Top:
            asked, ties = queries.words("colbert"), order.of(queries.ids)
            tops = [top_k(np.empty((0, len(words)), dtype=np.float32), k)]
            with progress(len(asked), "colbert queries", "queries") as shown:
                for start in range(0, len(asked), rows):
                    some = asked[start : start + rows]
                    vectors = _numbers(model.encode_query(some, convert_to_numpy=True, show_progress_bar=False))
                    tops.append(top_k(tokens.scores(vectors)[:, which], k, ties.part(slice(start, start + rows))))
                    shown.update(len(some))
            return Top(np.concatenate([top.positions for top in tops]), np.concatenate([top.scores for top in tops]))

        return retrieve

    def _read(self) -> Any:
        from sentence_transformers import MultiVectorEncoder
        from transformers.utils import logging

        folder = resolve(self.checkpoint, self.revision).folder
        self._check(folder)
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            model = MultiVectorEncoder(
                str(folder),
                device=torch_device(),
                **OURS,
                model_kwargs={"use_safetensors": True, "dtype": "float32"},
            ).eval()
            self._cut(model)
        except (KeyError, OSError, RuntimeError, ValueError) as error:
            said = " ".join(str(error).split())
            raise ParamsError(f"{self._subject}: its files cannot be loaded: {said}") from None
        return model

    def _check(self, folder: Path) -> None:
        """Refuse other models, which sentence-transformers would load with random weights on top, and pickles."""
        if not _interacts_late(folder):
            raise ParamsError(
                f"{self._subject}: is no late-interaction model; name one that PyLate, Stanford's ColBERT or "
                "MultiVectorEncoder saved"
            )
        check_safetensors(folder, self._subject)

    def _cut(self, model: Any) -> None:
        transformer = model[0]
        for option, limit in (("item_tokens", self.item_tokens), ("query_tokens", self.query_tokens)):
            if limit is not None and model.max_seq_length is not None and limit > model.max_seq_length:
                raise ParamsError(f"{self._subject}: {option} {limit} is more than its {model.max_seq_length}")
        if self.item_tokens is not None:
            transformer.document_length = self.item_tokens
        if self.query_tokens is not None:
            if transformer.query_expansion is None:
                transformer.query_length = self.query_tokens
            else:  # a query is padded to this length with mask tokens, which are compared too
                transformer.query_expansion = {**transformer.query_expansion, "length": self.query_tokens}

    @property
    def _subject(self) -> str:
        return f"retriever colbert, checkpoint {self.checkpoint!r}"


def _interacts_late(folder: Path) -> bool:
    model = _json(folder / "config_sentence_transformers.json", {})
    modules = _json(folder / "modules.json", [])
    return (
        model.get("model_type") in ("MultiVectorEncoder", "ColBERT")
        or any(module["type"].startswith("pylate.") for module in modules)
        or "HF_ColBERT" in (_json(folder / "config.json", {}).get("architectures") or [])
    )


def _json(path: Path, default: Any) -> Any:
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return default


def _numbers(vectors: Sequence[Any]) -> list[Floats]:
    return [np.asarray(one, dtype=np.float32) for one in vectors]
