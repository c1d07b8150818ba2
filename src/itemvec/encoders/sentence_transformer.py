"""Encoder for any model that sentence-transformers can load."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, Literal

import numpy as np

from itemvec.core.arrays import Floats
from itemvec.core.errors import ParamsError
from itemvec.core.machine import torch_device
from itemvec.core.options import Positive, aside
from itemvec.encoders import backends
from itemvec.encoders.base import ENCODERS, Corpus, LoadedEncoder, Plain, Role
from itemvec.encoders.int8_calibration import calibration_hash, calibration_texts
from itemvec.encoders.router import TASKS, has_routes
from itemvec.models.checkpoint import Checkpoint, resolve

COMMIT = re.compile("[0-9a-f]{40}")
LIBRARIES = ("sentence-transformers", "transformers", "tokenizers", "torch")


@ENCODERS.register("sentence-transformer")
@dataclass(frozen=True)
class SentenceTransformerEncoder:
    """A checkpoint with the pooling that its own files state.

    ``checkpoint`` is a model of the Hugging Face hub, a local folder, or ``package:NAME/FOLDER``. Prompts are put
    before every text of their role, ``suffix`` after it. Texts are cut at ``max_tokens``, by default the model's own
    limit. ``pooling``, ``pool_prompt`` and entries of ``config`` are for checkpoints whose files do not state them.
    Code that comes with a checkpoint runs only if ``trust_remote_code`` is set and ``revision`` pins the commit that
    is trusted.

    ``backend`` runs the model: torch, or on a CPU also openvino or onnx. Only openvino supports ``dtype`` int8. It is
    calibrated with built-in texts or with the lines of the file ``calibration``.
    """

    checkpoint: str
    dim: Positive
    revision: str | None = None
    item_prompt: str = ""
    query_prompt: str = ""
    suffix: str = ""
    max_tokens: Positive | None = None
    backend: Literal["torch", "openvino", "onnx"] = "torch"
    dtype: Literal["float32", "bfloat16", "float16", "int8"] = "float32"
    calibration: str | None = None
    normalize: bool = True
    pooling: Literal["cls", "mean", "lasttoken"] | None = None
    pool_prompt: bool | None = None
    config: dict[str, bool | int | float | str] = field(default_factory=dict)
    trust_remote_code: bool = False
    licence: str | None = aside(None)
    parameters: Positive | None = aside(None)

    def __post_init__(self) -> None:
        if self.trust_remote_code and not COMMIT.fullmatch(self.revision or ""):
            raise ParamsError(
                f"model {self.checkpoint!r}: trust_remote_code needs a revision of 40 hexadecimal digits, "
                "the commit whose code you have read"
            )
        backends.check(self.checkpoint, self.backend, self.dtype, self.calibration)

    def identity(self, corpus: Corpus) -> Mapping[str, Any]:  # noqa: ARG002  (the weights are not fitted here)
        """Revision of the checkpoint, versions of the libraries that run it, and the calibration texts of int8."""
        libraries = {name: version(name) for name in LIBRARIES} | backends.versions(self.backend)
        identity = {"revision": self.resolved().revision, "libraries": libraries}
        if self.dtype == "int8":  # one model is calibrated for both roles, so the prompt of items counts for queries
            identity |= {"calibration": calibration_hash(self.calibration), "calibration_prompt": self.item_prompt}
        return identity

    def load(self, corpus: Corpus) -> LoadedEncoder:  # noqa: ARG002
        """Read the weights onto the device."""
        from itemvec.encoders import loading
        from itemvec.encoders.inference import Transformer

        subject, torch_runs = f"model {self.checkpoint!r}", self.backend == "torch"
        model = loading.read(
            subject,
            self.resolved().folder,
            config=self.config,
            device=torch_device() if torch_runs else "cpu",
            trust_remote_code=self.trust_remote_code,
            dtype=self.dtype if torch_runs else "float32",
        )
        loading.pool(subject, model, self.pooling, self.pool_prompt)
        found = model.get_embedding_dimension()
        if found != self.dim:
            raise ParamsError(f"{subject}: the row says dim {self.dim}, the checkpoint has {found}")
        routed = has_routes(subject, model)
        prompts: dict[Role, str] = {"item": self.item_prompt, "query": self.query_prompt}
        if loading.is_transformer(model):
            limit = loading.limit(subject, model, self.max_tokens, self.suffix)
            return Transformer(model, prompts, self.suffix, limit, self.normalize, self._body(model, limit))
        if self.max_tokens is not None:
            raise ParamsError(f"{subject}: it is not cut by tokens here; leave out max_tokens")
        if not torch_runs:
            raise ParamsError(
                f"{subject}: backend {self.backend} takes a transformer of plain texts, which this is not; "
                "use backend: torch"
            )
        return Plain(self._function(model, prompts, routed))

    def _function(self, model: Any, prompts: Mapping[Role, str], routed: bool) -> Any:
        def encode(texts: Sequence[str], role: Role) -> Floats:
            vectors = model.encode(
                [text + self.suffix for text in texts],
                prompt=prompts[role],
                **({"task": TASKS[role]} if routed else {}),  # modules of other makers may know other tasks alone
                normalize_embeddings=self.normalize,
                show_progress_bar=False,
            )
            return np.asarray(vectors, dtype=np.float32)

        return encode

    def _body(self, model: Any, limit: int) -> backends.Body | None:
        if self.backend == "torch":
            return None
        from itemvec.encoders import runtime
        from itemvec.encoders.tokenization import tokenize

        texts = [self.item_prompt + text for text in calibration_texts(self.calibration)]
        tokens, _ = tokenize(model.tokenizer, texts, self.suffix, limit)
        samples = [ids.astype(np.int64) for ids in tokens.of(np.arange(len(texts)))]
        return runtime.body_of(model, self.backend, self.dtype, samples)

    def resolved(self) -> Checkpoint:
        """Find the checkpoint's files and their revision. This is slow: it hashes files or calls the hub."""
        return resolve(self.checkpoint, self.revision, self.trust_remote_code)
