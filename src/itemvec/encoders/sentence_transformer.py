"""Any model that sentence-transformers can load."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, Literal

import numpy as np

from itemvec.arrays import Floats
from itemvec.checkpoint import Checkpoint, configured, resolve
from itemvec.encoders.base import ENCODERS, Corpus, LoadedEncoder, Plain, Role, remark
from itemvec.errors import ParamsError
from itemvec.machine import torch_device
from itemvec.options import Positive

COMMIT = re.compile("[0-9a-f]{40}")
ENDLESS = 1_000_000  # tokens: tokenizers that know no limit say 10 to the 30th
LIBRARIES = ("sentence-transformers", "transformers", "tokenizers", "torch")


@ENCODERS.register("sentence-transformer")
@dataclass(frozen=True)
class SentenceTransformerEncoder:
    """A checkpoint with the pooling its own files state.

    ``checkpoint`` is a model of the Hugging Face hub, a local folder, or ``package:NAME/FOLDER``. Prompts are put
    before every text of their role, ``suffix`` is put after it. Texts are cut at ``max_tokens``, by default the model's
    own limit. ``pooling``, ``pool_prompt`` and entries of ``config`` are for checkpoints whose files do not state them.
    Code that comes with a checkpoint runs only if ``trust_remote_code`` says so and ``revision`` pins the commit that
    is trusted.
    """

    checkpoint: str
    dim: Positive
    revision: str | None = None
    item_prompt: str = ""
    query_prompt: str = ""
    suffix: str = ""
    max_tokens: Positive | None = None
    dtype: Literal["float32", "bfloat16", "float16"] = "float32"
    normalize: bool = True
    pooling: Literal["cls", "mean", "lasttoken"] | None = None
    pool_prompt: bool | None = None
    config: dict[str, bool | int | float | str] = field(default_factory=dict)
    trust_remote_code: bool = False
    licence: str | None = remark(None)
    parameters: Positive | None = remark(None)

    def __post_init__(self) -> None:
        if self.trust_remote_code and not COMMIT.fullmatch(self.revision or ""):
            raise ParamsError(
                f"model {self.checkpoint!r}: trust_remote_code needs a revision of 40 hexadecimal digits, "
                "the commit whose code you have read"
            )

    def identity(self, corpus: Corpus) -> Mapping[str, Any]:  # noqa: ARG002  (the weights are not fitted here)
        """The resolved revision of the checkpoint and the versions of the libraries that run it."""
        return {"revision": self.resolved().revision, "libraries": {name: version(name) for name in LIBRARIES}}

    def load(self, corpus: Corpus) -> LoadedEncoder:  # noqa: ARG002
        """Read the weights onto the device."""
        from itemvec.encoders.inference import Transformer

        model = self._read()
        prompts: dict[Role, str] = {"item": self.item_prompt, "query": self.query_prompt}
        if is_transformer(model):
            return Transformer(model, prompts, self.suffix, self._limit(model), self.normalize)
        if self.max_tokens is not None:
            raise ParamsError(f"model {self.checkpoint!r}: it is not cut by tokens here; leave out max_tokens")

        def encode(texts: Sequence[str], role: Role) -> Floats:
            texts = [text + self.suffix for text in texts]
            vectors = model.encode(
                texts, prompt=prompts[role], normalize_embeddings=self.normalize, show_progress_bar=False
            )
            return np.asarray(vectors, dtype=np.float32)

        return Plain(encode)

    def _read(self) -> Any:
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            with configured(self.resolved().folder, self.config) as folder:
                model = SentenceTransformer(
                    str(folder),
                    device=torch_device(),
                    trust_remote_code=self.trust_remote_code,
                    local_files_only=True,
                    model_kwargs={"use_safetensors": True, "dtype": self.dtype},
                ).eval()
        except (OSError, ValueError) as error:
            said = " ".join(str(error).split())
            raise ParamsError(f"model {self.checkpoint!r}: its files cannot be loaded: {said}") from None
        if self.pooling is not None or self.pool_prompt is not None:
            self._pool(model)
        found = model.get_embedding_dimension()
        if found != self.dim:
            raise ParamsError(f"model {self.checkpoint!r}: the row says dim {self.dim}, the checkpoint has {found}")
        return model

    def _limit(self, model: Any) -> int:
        """Most tokens of a text: the row's, else the model's own."""
        most = min(_positions(model) or ENDLESS, ENDLESS)
        limit = self.max_tokens or min(model.max_seq_length or most, most)
        if limit > most:
            raise ParamsError(f"model {self.checkpoint!r}: max_tokens {limit} is more than its {most}")
        if limit == ENDLESS:
            raise ParamsError(f"model {self.checkpoint!r}: its files state no limit; give the row max_tokens")
        return limit

    def _pool(self, model: Any) -> None:
        from sentence_transformers.sentence_transformer.modules import Pooling

        for name, module in model.named_children():
            if isinstance(module, Pooling):
                with_prompt = module.include_prompt if self.pool_prompt is None else self.pool_prompt
                mode = self.pooling or module.pooling_mode
                model[int(name)] = Pooling(module.embedding_dimension, mode, include_prompt=with_prompt)
                return
        raise ParamsError(f"model {self.checkpoint!r}: it pools in its own way; leave out pooling and pool_prompt")

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
