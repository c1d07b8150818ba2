"""Fast inference with a transformer: packed batches, asynchronous copies, smaller batches when memory runs out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from itemvec.core.errors import ItemvecError
from itemvec.core.progress import say
from itemvec.encoders import packed_attention, padded_batches, prepacked_linear
from itemvec.encoders.base import Done, Prepared, Role, Rows
from itemvec.encoders.batching import Budget, pack
from itemvec.encoders.router import TASKS
from itemvec.encoders.tokenization import Tokens, tokenize

# On a CPU, what a layer works on must fit the caches; a GPU wants to be filled.
BUDGETS = {"cpu": 2048, "cuda": 32_768}
# Libraries of matrix products take another path for few rows. With as many as this, a text's vector does not depend on
# the texts beside it (measured with MKL and oneDNN, float32 and bfloat16), so a resumed run has the same digest.
FLOOR = 512
STEP = 64  # such products are compiled for a number of rows; few numbers of rows are few compilations


@dataclass
class Transformer:
    """A sentence-transformers model whose first module is a transformer.

    Parameters
    ----------
    model
        The model, on its device.
    prompts
        Text put before the texts of each role.
    suffix
        Text put after every text.
    limit
        Most tokens of a text.
    normalize
        Whether vectors are scaled to unit length.
    body
        Replacement of the transformer by another backend: from ids and mask, int64 of shape (n, length), to token
        vectors, float32 of shape (n, length, width).
    """

    model: Any
    prompts: dict[Role, str]
    suffix: str
    limit: int
    normalize: bool
    body: Callable[[torch.Tensor, torch.Tensor], torch.Tensor] | None = None
    budget: Budget = field(init=False)

    def __post_init__(self) -> None:
        self.device = torch.device("cpu") if self.body else self.model.device
        self.budget = Budget(BUDGETS.get(self.device.type, BUDGETS["cuda"]))
        self.on_cpu = self.device.type == "cpu"
        self.transformer, *self.rest = self.model
        for module in self.rest:  # small, and sums over many tokens
            module.float()
        self.packs = self.body is None and packed_attention.can_pack(self.transformer.auto_model, self.limit)
        if self.packs:
            packed_attention.enable(self.transformer.auto_model)
            self.first_position = packed_attention.first_position(self.transformer.auto_model)
            prepacked_linear.prepack(self.transformer.auto_model, BUDGETS["cpu"])
        self.prompt_lengths = {
            role: self.transformer._get_prompt_length(prompt) if prompt else 0 for role, prompt in self.prompts.items()
        }

    def prepare(self, texts: Sequence[str], role: Role) -> Prepared:
        """Tokenize the texts."""
        prompted = [self.prompts[role] + text for text in texts]
        tokens, whole = tokenize(self.model.tokenizer, prompted, self.suffix, self.limit)
        return Prepared((tokens, role), whole, tokens.lengths.astype(np.int32))

    def encode(self, prepared: Prepared) -> Iterator[Done]:
        """Yield the vectors of each batch while the next one is computed."""
        threads = torch.get_num_threads()
        if self.body is not None:  # torch's threads would spin on, waiting for work, on the cores of the other runtime
            torch.set_num_threads(1)
        try:
            yield from self._batches(*prepared.inputs)
        finally:
            torch.set_num_threads(threads)

    def _batches(self, tokens: Tokens, role: Role) -> Iterator[Done]:
        before: tuple[Rows, torch.Tensor, Any] | None = None
        slack = 1.0 if self.packs else 0.0 if self.on_cpu else 0.05
        for rows in pack(self._room(tokens), self.budget, slack):
            for some, vectors in self._attempt(tokens, rows, role):
                following = (some, *_to_host(vectors))
                if before is not None:
                    yield _arrived(*before)
                before = following
        if before is not None:
            yield _arrived(*before)

    def _attempt(self, tokens: Tokens, rows: Rows, role: Role) -> Iterator[tuple[Rows, torch.Tensor]]:
        """Encode one batch; if memory runs out, encode its halves, with smaller batches from then on."""
        try:
            yield rows, self._vectors(tokens, rows, role)
            return
        except torch.OutOfMemoryError as error:
            if len(rows) == 1:
                said = str(error).splitlines()[0]
                raise ItemvecError(
                    f"model: no memory for one text of {tokens.lengths[rows[0]]} tokens ({said}); lower max_tokens"
                ) from None
        self.budget.tokens = max(self.budget.tokens // 2, 1)
        say(f"out of memory; going on with {self.budget.tokens:,} tokens in a batch")
        for half in np.array_split(rows, 2):
            yield from self._attempt(tokens, half, role)

    @torch.inference_mode()
    def _vectors(self, tokens: Tokens, rows: Rows, role: Role) -> torch.Tensor:
        if self.packs:
            features = packed_attention.features(tokens, rows, self.first_position, self._filler(tokens, rows))
        else:
            batch = self._repeated(tokens, rows)
            features = padded_batches.features(tokens, batch, int(self._room(tokens)[rows].max()), self.model.tokenizer)
        features |= {"modality": "text", "task": TASKS[role], "prompt_length": self.prompt_lengths[role]}
        features = {name: _to_device(value, self.device) for name, value in features.items()}
        if self.body is None:
            features = self.transformer(features)
        else:
            features["token_embeddings"] = self.body(features["input_ids"], features["attention_mask"])
        features["token_embeddings"] = features["token_embeddings"].float()
        for module in self.rest:
            features = module(features)
        vectors = features["sentence_embedding"][: len(rows)]
        return torch.nn.functional.normalize(vectors, dim=1) if self.normalize else vectors

    def _room(self, tokens: Tokens) -> NDArray[np.int64]:
        """Padded length of each text, of shape (n,). Other runtimes always mask, so lengths are rounded to a few."""
        lengths = tokens.lengths
        if self.body is None:
            return lengths
        step = np.where(lengths <= 64, 8, 16)
        return np.minimum(-(-lengths // step) * step, self.limit)

    def _filler(self, tokens: Tokens, rows: Rows) -> int:
        """Number of filler tokens to append to a batch."""
        n_tokens = int(tokens.lengths[rows].sum())
        return max(FLOOR, -(-n_tokens // STEP) * STEP) - n_tokens if self.on_cpu else 0

    def _repeated(self, tokens: Tokens, rows: Rows) -> Rows:
        """The rows, repeated until they have enough tokens."""
        n_tokens = int(self._room(tokens)[rows].sum())
        return np.tile(rows, -(-FLOOR // n_tokens)) if self.on_cpu and n_tokens < FLOOR else rows


def _to_device(value: Any, device: torch.device) -> Any:
    if not isinstance(value, torch.Tensor) or device.type == "cpu":
        return value
    return (value.pin_memory() if device.type == "cuda" else value).to(device, non_blocking=True)


def _to_host(vectors: torch.Tensor) -> tuple[torch.Tensor, Any]:
    """Start a copy to host memory; it is complete when the event is done."""
    if vectors.device.type != "cuda":
        return vectors.cpu(), None
    host = torch.empty(vectors.shape, dtype=vectors.dtype, pin_memory=True)
    host.copy_(vectors, non_blocking=True)
    arrived = torch.cuda.Event()  # type: ignore[no-untyped-call]
    arrived.record()
    return host, arrived


def _arrived(rows: Rows, vectors: torch.Tensor, event: Any) -> Done:
    if event is not None:
        event.synchronize()
    return rows, vectors.numpy()
