"""Reranker by a cross-encoder: a network that reads query and item together and returns a score."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from itemvec.core.arrays import Floats
from itemvec.core.errors import ParamsError
from itemvec.core.machine import torch_device
from itemvec.core.options import Positive
from itemvec.models.checkpoint import OURS, check_safetensors, resolve
from itemvec.rerankers.base import RERANKERS, Rerank, by_pairs

ENDLESS = 1_000_000  # tokens: tokenizers that know no limit say 10 to the 30th


@RERANKERS.register("cross-encoder")
@dataclass(frozen=True)
class CrossEncoderReranker:
    """A classifier with one output that reads query and item together (Nogueira & Cho, 2019).

    It is read by ``CrossEncoder`` of sentence-transformers. Scores are logits.

    Parameters
    ----------
    checkpoint
        A model of the Hugging Face hub, a local folder or ``package:NAME/FOLDER``. Weights must be safetensors;
        code that comes with it is not run.
    revision
        Commit of the hub to read; by default the newest.
    max_tokens
        Where a pair is cut, in tokens, from the longer of its two texts; by default where the model ends.
    dtype
        Type of the weights and of the computation.
    """

    checkpoint: str
    revision: str | None = None
    max_tokens: Positive | None = None
    dtype: Literal["float32", "bfloat16", "float16"] = "float32"

    def load(self) -> Rerank:
        """Read the weights onto the device."""
        from itemvec.language_models.batches import scored

        model = self._read()
        limit, pad = self._limit(model), model.tokenizer.pad_token_id or 0

        def score(queries: list[str], texts: list[str]) -> Floats:
            tokens = model.tokenizer(queries, texts, truncation="longest_first", max_length=limit)
            return scored(tokens, lambda features: model(features)["scores"][:, 0], model.device, pad)

        return by_pairs(score)

    def _read(self) -> Any:
        folder = resolve(self.checkpoint, self.revision).folder
        self._check(folder)
        from sentence_transformers import CrossEncoder
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            model = CrossEncoder(
                str(folder),
                device=torch_device(),
                **OURS,
                model_kwargs={"use_safetensors": True, "dtype": self.dtype},
            ).eval()
        except (OSError, ValueError) as error:
            said = " ".join(str(error).split())
            raise ParamsError(f"{self._subject}: its files cannot be loaded: {said}") from None
        if model.prompts.get(model.default_prompt_name):
            raise ParamsError(f"{self._subject}: it puts a prompt before every query, which is not supported here")
        if model.num_labels != 1:
            raise ParamsError(f"{self._subject}: it has {model.num_labels} outputs, a reranker has one")
        return model

    def _check(self, folder: Path) -> None:
        """Refuse other models, which transformers would load with random weights on top, and pickles."""
        check_safetensors(folder, self._subject)
        try:
            architectures = json.loads((folder / "config.json").read_text()).get("architectures") or ["unknown"]
        except (OSError, ValueError):
            raise ParamsError(f"{self._subject}: it has no readable config.json; name another checkpoint") from None
        if not architectures[0].endswith("ForSequenceClassification"):
            raise ParamsError(
                f"{self._subject}: is a {architectures[0]}, which is not trained to score pairs; a language model that "
                "answers yes or no is of kind yes-no, and `itemvec train-reranker` makes a cross-encoder of others"
            )

    def _limit(self, model: Any) -> int:
        most = min(model.max_seq_length or ENDLESS, ENDLESS)
        if (self.max_tokens or 0) > most:
            raise ParamsError(f"{self._subject}: max_tokens {self.max_tokens} is more than its {most}")
        limit = self.max_tokens or most
        if limit == ENDLESS:
            raise ParamsError(f"{self._subject}: its files state no limit; give the row max_tokens")
        return limit

    @property
    def _subject(self) -> str:
        return f"reranker, checkpoint {self.checkpoint!r}"
