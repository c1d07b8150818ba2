"""Any model that sentence-transformers can load."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Literal

import numpy as np

from itemvec.arrays import Floats
from itemvec.checkpoint import Checkpoint, resolve
from itemvec.encoders import backends
from itemvec.encoders.base import ENCODERS, Corpus, LoadedEncoder, Plain, Role
from itemvec.encoders.calibration import calibration_hash, calibration_texts
from itemvec.errors import ParamsError
from itemvec.machine import torch_device
from itemvec.options import Positive

COMMIT = re.compile("[0-9a-f]{40}")
LIBRARIES = ("sentence-transformers", "transformers", "tokenizers", "torch")


@ENCODERS.register("sentence-transformer")
@dataclass(frozen=True)
class SentenceTransformerEncoder:
    """A checkpoint with the pooling its own files state.

    ``checkpoint`` is a model of the Hugging Face hub, a local folder, or ``package:NAME/FOLDER``. Prompts are put
    before every text of their role. Texts are cut at ``max_tokens``, by default the model's own limit. Code that comes
    with a checkpoint runs only if ``trust_remote_code`` says so and ``revision`` pins the commit that is trusted.

    ``backend`` is what runs the model: torch, or on the CPU alone openvino or onnx. Only openvino knows ``dtype`` int8,
    which is calibrated with texts of our own or, one a line, of the file ``calibration``.
    """

    checkpoint: str
    dim: Positive
    revision: str | None = None
    item_prompt: str = ""
    query_prompt: str = ""
    max_tokens: Positive | None = None
    backend: Literal["torch", "openvino", "onnx"] = "torch"
    dtype: Literal["float32", "bfloat16", "float16", "int8"] = "float32"
    calibration: str | None = None
    normalize: bool = True
    trust_remote_code: bool = False

    def __post_init__(self) -> None:
        if self.trust_remote_code and not COMMIT.fullmatch(self.revision or ""):
            raise ParamsError(
                f"model {self.checkpoint!r}: trust_remote_code needs a revision of 40 hexadecimal digits, "
                "the commit whose code you have read"
            )
        backends.check(self.checkpoint, self.backend, self.dtype, self.calibration)

    def identity(self, corpus: Corpus) -> Mapping[str, Any]:  # noqa: ARG002  (the weights are not fitted here)
        """The resolved revision of the checkpoint, the versions of the libraries that run it, what int8 learnt from."""
        libraries = {name: version(name) for name in LIBRARIES} | backends.versions(self.backend)
        identity = {"revision": self.resolved().revision, "libraries": libraries}
        return identity | ({"calibration": calibration_hash(self.calibration)} if self.dtype == "int8" else {})

    def load(self, corpus: Corpus) -> LoadedEncoder:  # noqa: ARG002
        """Read the weights onto the device."""
        from itemvec.encoders.inference import Transformer

        model = self._read()
        prompts: dict[Role, str] = {"item": self.item_prompt, "query": self.query_prompt}
        if is_transformer(model):
            return Transformer(model, prompts, model.max_seq_length, self.normalize, self._body(model))
        if self.backend != "torch":
            raise ParamsError(
                f"model {self.checkpoint!r}: backend {self.backend} takes a transformer of plain texts, "
                "which this is not; use backend: torch"
            )

        def encode(texts: Sequence[str], role: Role) -> Floats:
            return np.asarray(
                model.encode(
                    list(texts), prompt=prompts[role], normalize_embeddings=self.normalize, show_progress_bar=False
                ),
                dtype=np.float32,
            )

        return Plain(encode)

    def _body(self, model: Any) -> backends.Body | None:
        from itemvec.encoders.tokens import tokenize

        if self.backend == "torch":
            return None
        texts = calibration_texts(self.calibration)
        tokens, _ = tokenize(model.tokenizer, texts, self.item_prompt, model.max_seq_length)
        samples = [ids.astype(np.int64) for ids in tokens.of(np.arange(len(texts)))]
        return backends.body_of(model, self.backend, self.dtype, samples)

    def _read(self) -> Any:
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            model = SentenceTransformer(
                str(self.resolved().folder),
                device=torch_device() if self.backend == "torch" else "cpu",
                trust_remote_code=self.trust_remote_code,
                local_files_only=True,
                model_kwargs={"use_safetensors": True, "dtype": self.dtype if self.backend == "torch" else "float32"},
            ).eval()
        except (OSError, ValueError) as error:
            said = " ".join(str(error).split())
            raise ParamsError(f"model {self.checkpoint!r}: its files cannot be loaded: {said}") from None
        if self.max_tokens is not None:
            limit = _positions(model)
            if limit is not None and self.max_tokens > limit:
                raise ParamsError(f"model {self.checkpoint!r}: max_tokens {self.max_tokens} is more than its {limit}")
            model.max_seq_length = self.max_tokens
        found = model.get_embedding_dimension()
        if found != self.dim:
            raise ParamsError(f"model {self.checkpoint!r}: the row says dim {self.dim}, the checkpoint has {found}")
        return model

    def resolved(self) -> Checkpoint:
        """Find the checkpoint's files, and hash them or ask the hub for their commit: not for free."""
        return resolve(self.checkpoint, self.revision, self.trust_remote_code)


def is_transformer(model: Any) -> bool:
    """Whether the first module takes token ids of a fast tokenizer, and no chat is made of a text."""
    from sentence_transformers.sentence_transformer.modules import Transformer

    return isinstance(model[0], Transformer) and set(model[0].modality_config) == {"text"} and model.tokenizer.is_fast


def _positions(model: Any) -> int | None:
    """How many tokens have a learned position; None where positions are computed, or the model is of another make."""
    from itemvec.encoders.packed import first_position

    body = getattr(model[0], "auto_model", None)
    table = getattr(getattr(body, "embeddings", None), "position_embeddings", None)
    return None if table is None else int(table.num_embeddings) - first_position(body)
