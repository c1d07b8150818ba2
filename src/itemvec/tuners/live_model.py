"""A text encoder that is being trained: read as its row says, with the prompts that search uses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from itemvec.core.arrays import Floats
from itemvec.core.errors import ItemvecError, ParamsError
from itemvec.core.machine import torch_device
from itemvec.encoders import Corpus
from itemvec.encoders.sentence_transformer import SentenceTransformerEncoder
from itemvec.encoders.stated import chosen_prompts
from itemvec.tuners.base import Role, unit

NAMES: dict[Role, str] = {"query": "query", "item": "document"}  # of the prompts in the files of a checkpoint
SAME = {"float32": 1e-4}  # how far vectors of training and of search may differ
ROUGH = 0.05  # for types of fewer bits


def check_trainable(encoder: Any) -> SentenceTransformerEncoder:
    """The row of the model, if it has weights that can be trained."""
    if not isinstance(encoder, SentenceTransformerEncoder):
        raise ParamsError("kind full trains the weights of a model of kind sentence-transformer; choose another tuner")
    if encoder.trust_remote_code:
        raise ParamsError("kind full trains no model whose own code must run (trust_remote_code)")
    return encoder


class Live:
    """A model in training.

    prompts
        Put before the texts of each role, in training as in search.
    """

    def __init__(self, encoder: SentenceTransformerEncoder, lora_rank: int | None) -> None:
        from itemvec.encoders import loading  # which imports torch

        self.encoder, subject, folder = encoder, f"model {encoder.checkpoint!r}", encoder.resolved().folder
        row: dict[Role, str | None] = {"item": encoder.item_prompt, "query": encoder.query_prompt}
        self.prompts = chosen_prompts(subject, folder, row, encoder.own_prompts)
        self.model = loading.read(
            subject, folder, encoder.config, torch_device(), encoder.trust_remote_code, dtype="float32"
        )
        loading.pool(subject, self.model, encoder.pooling, encoder.pool_prompt)
        if not loading.is_transformer(self.model):
            raise ParamsError(f"{subject}: kind full trains a transformer of plain texts, which this is not")
        self.model.max_seq_length = loading.limit(subject, self.model, encoder.max_tokens, encoder.suffix)
        self.model.prompts = {NAMES[role]: prompt for role, prompt in self.prompts.items()}
        self.model.default_prompt_name = None
        self.lora = None if lora_rank is None else _with_lora(self.model[0].auto_model, lora_rank)

    def texts(self, texts: Sequence[str]) -> list[str]:
        """Texts as they are given to the model, but for the prompt."""
        return [text + self.encoder.suffix for text in texts]

    def encode(self, texts: Sequence[str], role: Role) -> Floats:
        """Vectors of unit length by the weights of the moment, float32 of shape (n, dim)."""
        self.model.eval()
        found = self.model.encode(
            self.texts(texts), prompt=self.prompts[role], batch_size=32, show_progress_bar=False, convert_to_numpy=True
        )
        return unit(np.asarray(found, dtype=np.float32))

    def state(self) -> dict[str, Any]:
        """A copy of the weights."""
        return {name: value.detach().cpu().clone().contiguous() for name, value in self.model.state_dict().items()}

    def restore(self, state: dict[str, Any]) -> None:
        """Take weights that ``state`` gave."""
        self.model.load_state_dict(state)

    def write(self, folder: Path) -> None:
        """Write the model as a checkpoint whose files state the prompts, so that a row with others is refused."""
        if self.lora is not None:
            self.lora.merge_and_unload()
            self.lora = None
        self.model.save_pretrained(str(folder), create_model_card=False)

    def row(self, folder: Path) -> SentenceTransformerEncoder:
        """The row of the model, with ``folder`` as its checkpoint."""
        item, query = (self.prompts[role] or None for role in ("item", "query"))
        row = replace(self.encoder, checkpoint=str(folder), revision=None, config={})
        return replace(row, item_prompt=item, query_prompt=query)


def _with_lora(body: Any, rank: int) -> Any:
    """Train few weights in place of all: to each matrix a product of two thin ones is added (2106.09685)."""
    from peft import LoraConfig, get_peft_model

    return get_peft_model(body, LoraConfig(r=rank, lora_alpha=2 * rank, target_modules="all-linear", bias="none"))


def searched(encoder: SentenceTransformerEncoder, texts: Sequence[str], role: Role) -> Floats:
    """Vectors as search has them: by the loaded encoder of a row; float32 of unit length."""
    loaded = encoder.load(Corpus(Path()))
    vectors = np.zeros((len(texts), encoder.dim), dtype=np.float32)
    for rows, some in loaded.encode(loaded.prepare(list(texts), role)):
        vectors[rows] = some
    return unit(vectors)


def check_same(live: Live, trained: Floats, texts: Sequence[str], role: Role) -> None:
    """Refuse to train where a text has another vector in training than in search: another prompt, limit or pooling.

    Parameters
    ----------
    trained
        Vectors that the training loop computes for ``texts``, before its first step.
    """
    distance = float(np.abs(unit(trained) - searched(live.encoder, texts, role)).max(initial=0.0))
    if distance > SAME.get(live.encoder.dtype, ROUGH):
        raise ItemvecError(
            f"model {live.encoder.checkpoint!r}: a {role} has another vector in training than in search (by "
            f"{distance:.2g}), so tuning would be measured with other prompts or limits than it learnt with"
        )
