"""Encoder for any model that sentence-transformers can load."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import numpy as np

from itemvec.core.arrays import Floats
from itemvec.core.errors import ParamsError
from itemvec.core.machine import torch_device
from itemvec.core.options import Count, Dim, Positive, aside
from itemvec.encoders import backends, remote_code, stated
from itemvec.encoders.base import ENCODERS, Corpus, LoadedEncoder, Plain, Role
from itemvec.encoders.int8_calibration import calibration_hash, calibration_texts
from itemvec.encoders.router import TASKS, has_routes
from itemvec.models.checkpoint import Checkpoint, resolve, stored

LIBRARIES = ("sentence-transformers", "transformers", "tokenizers", "torch")


@ENCODERS.register("sentence-transformer")
@dataclass(frozen=True)
class SentenceTransformerEncoder:
    """A text encoder with its weights on this machine, read by sentence-transformers.

    Weights must be safetensors. Pooling and limits are those that the files of the checkpoint state, unless options say
    otherwise.

    Parameters
    ----------
    checkpoint
        A model of the Hugging Face hub, a local folder, or ``package:NAME/FOLDER``, a folder in an installed
        package.
    dim
        Width of the vectors; another width is an error.
    revision
        Commit of the hub to read; by default the newest.
    item_prompt
        Put before the text of every item; by default the prompt that the checkpoint states, if it states one.
    query_prompt
        Put before every query; by default as above.
    own_prompts
        Use the prompts that the checkpoint states in config_sentence_transformers.json, and refuse others. ``false``:
        those of the row alone count.
    suffix
        Put after every text.
    max_tokens
        Where texts are cut, in tokens; by default the model's own limit.
    backend
        What runs the model: torch, or, on a CPU alone, openvino or onnx.
    dtype
        Type of the weights and of the computation. ``int8`` needs ``backend: openvino``.
    calibration
        For int8: a file with a text on each line to calibrate with; by default texts that come with itemvec.
    normalize
        Scale every vector to unit length.
    pooling
        How token vectors become one, for a checkpoint whose files do not say it. ``pooler`` is that of the first token
        behind the dense layer and tanh of BERT, which few models are trained to use.
    pool_prompt
        Whether the tokens of the prompt count in pooling, for a checkpoint whose files do not say it.
    config
        Entries of the model's configuration to replace.
    trust_remote_code
        Run the code that comes with the checkpoint. It needs a ``revision``: the commit whose code you have
        read, or the hash of the files of a folder.
    code
        Where that code lies, if not in the checkpoint: ``NAME@REVISION``, of another repository of the hub.
    licence, parameters
        Licence of the weights, and how many parameters they have; both for the report alone.
    network
        What it was made of: an ``encoder``, as BERT and T5's, or a ``decoder``, as Qwen and Mistral; for the report
        alone.
    """

    checkpoint: str
    dim: Dim
    revision: str | None = None
    item_prompt: str | None = None
    query_prompt: str | None = None
    own_prompts: bool = True
    suffix: str = ""
    max_tokens: Positive | None = None
    backend: Literal["torch", "openvino", "onnx"] = "torch"
    dtype: Literal["float32", "bfloat16", "float16", "int8"] = "float32"
    calibration: str | None = None
    normalize: bool = True
    pooling: Literal["cls", "mean", "lasttoken", "pooler"] | None = None
    pool_prompt: bool | None = None
    config: dict[str, bool | int | float | str] = field(default_factory=dict)
    trust_remote_code: bool = False
    code: str | None = None
    licence: str | None = aside(None)
    parameters: Count | None = aside(None)
    network: Literal["encoder", "decoder"] | None = aside(None)

    def __post_init__(self) -> None:
        remote_code.check(self.checkpoint, self.trust_remote_code, self.revision, self.code)
        backends.check(self.checkpoint, self.backend, self.dtype, self.calibration)

    def identity(self, corpus: Corpus) -> Mapping[str, Any]:  # noqa: ARG002  (the weights are not fitted here)
        """Revision and own prompts of the checkpoint, versions of its libraries, and the calibration texts of int8."""
        libraries = {name: version(name) for name in LIBRARIES} | backends.versions(self.backend)
        found = self.resolved()
        prompts = self._prompts(found.folder)
        identity: dict[str, Any] = {"revision": found.revision, "libraries": libraries}
        own = {role: prompt for role, prompt in prompts.items() if prompt and getattr(self, f"{role}_prompt") is None}
        if own:
            identity["prompts"] = own
        if self.dtype == "int8":  # one model is calibrated for both roles, so the prompt of items counts for queries
            identity |= {"calibration": calibration_hash(self.calibration), "calibration_prompt": prompts["item"]}
        return identity

    def check(self) -> None:
        """Compare the row with the files of the checkpoint, where they are on this machine; nothing is loaded."""
        folder = stored(self.checkpoint, self.revision)
        if folder is None:
            return
        subject, dim = f"model {self.checkpoint!r}", stated.stated_dim(folder)
        if dim is not None and dim != self.dim:
            raise ParamsError(f"{subject}: the row says dim {self.dim}, the checkpoint has {dim}")
        limit = self.max_tokens or stated.most_tokens(folder)
        stated.check_room(subject, folder, self._prompts(folder), self.suffix, limit)

    def _prompts(self, folder: Path) -> dict[Role, str]:
        row: dict[Role, str | None] = {"item": self.item_prompt, "query": self.query_prompt}
        return stated.chosen_prompts(f"model {self.checkpoint!r}", folder, row, self.own_prompts)

    def load(self, corpus: Corpus) -> LoadedEncoder:  # noqa: ARG002
        """Read the weights onto the device."""
        from itemvec.encoders import loading
        from itemvec.encoders.inference import Transformer

        subject, torch_runs = f"model {self.checkpoint!r}", self.backend == "torch"
        folder = self.resolved().folder
        prompts = self._prompts(folder)
        model = loading.read(
            subject,
            folder,
            config=self.config,
            device=torch_device() if torch_runs else "cpu",
            trust_remote_code=self.trust_remote_code,
            dtype=self.dtype if torch_runs else "float32",
            code=remote_code.folder_of(self.code),
        )
        loading.pool(subject, model, self.pooling, self.pool_prompt)
        found = model.get_embedding_dimension()
        if found != self.dim:
            raise ParamsError(f"{subject}: the row says dim {self.dim}, the checkpoint has {found}")
        routed = has_routes(subject, model)
        if loading.is_transformer(model):
            limit = loading.limit(subject, model, self.max_tokens, self.suffix)
            loading.check_room(subject, model, prompts, self.suffix, limit)
            body = self._body(model, limit, prompts["item"])
            return Transformer(model, prompts, self.suffix, limit, self.normalize, body)
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

    def _body(self, model: Any, limit: int, prompt: str) -> backends.Body | None:
        if self.backend == "torch":
            return None
        from itemvec.encoders import runtime
        from itemvec.encoders.tokenization import tokenize

        texts = [prompt + text for text in calibration_texts(self.calibration)]
        tokens, _ = tokenize(model.tokenizer, texts, self.suffix, limit)
        samples = [ids.astype(np.int64) for ids in tokens.of(np.arange(len(texts)))]
        return runtime.body_of(model, self.backend, self.dtype, samples)

    def resolved(self) -> Checkpoint:
        """Find the checkpoint's files and their revision. This is slow: it hashes files or calls the hub."""
        return resolve(self.checkpoint, self.revision, self.trust_remote_code)
