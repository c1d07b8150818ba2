"""Training of a cross-encoder on judged pairs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from itemvec.core.arrays import Doubles
from itemvec.core.errors import ParamsError
from itemvec.core.files import replacing
from itemvec.core.machine import torch_device
from itemvec.core.progress import each, say
from itemvec.models.checkpoint import OURS, check_safetensors, resolve
from itemvec.rerankers.base import Rerank, by_pairs


@dataclass(frozen=True)
class Pairs:
    """Judged pairs of query and text; ``gains`` lie between 0 and 1, float64 of shape (n,)."""

    queries: list[str]
    texts: list[str]
    gains: Doubles


@dataclass(frozen=True)
class Schedule:
    """How a cross-encoder is trained.

    ``layers`` is the number of first layers of the checkpoint to keep, ``max_tokens`` the length of a pair, and
    ``patience`` the number of epochs without a better measure that end the training.
    """

    layers: int | None = None
    max_tokens: int = 64
    epochs: int = 8
    batch: int = 32
    rate: float = 1e-4
    patience: int = 2


def train(
    checkpoint: str, pairs: Pairs, measure: Callable[[Rerank], float], schedule: Schedule, out: Path, seed: int
) -> float:
    """Fine-tune a text encoder to score pairs, and write the epoch that measures best to the folder ``out``.

    The loss is binary cross-entropy between the score's sigmoid and the gain. sentence-transformers' own trainer does
    the same with the packages datasets and accelerate, which nothing else here needs.

    Parameters
    ----------
    checkpoint
        Where to start: any encoder that transformers reads, as a row of rerankers names it.
    measure
        Quality of a reranker on queries that are not in ``pairs``; called after every epoch.

    Returns
    -------
    The best measure.
    """
    import torch

    with torch.random.fork_rng():  # of the new output, and of dropout
        torch.manual_seed(seed)
        return _train(*_begin(checkpoint, schedule), pairs, measure, schedule, out, np.random.default_rng(seed))


def _train(
    model: Any,
    tokenizer: Any,
    pairs: Pairs,
    measure: Callable[[Rerank], float],
    schedule: Schedule,
    out: Path,
    rng: np.random.Generator,
) -> float:
    best, since = -np.inf, 0
    step = _stepper(model, -(-len(pairs.gains) // schedule.batch) * schedule.epochs, schedule.rate)
    for epoch in range(schedule.epochs):
        model.train()
        shuffled = np.array_split(rng.permutation(len(pairs.gains)), -(-len(pairs.gains) // schedule.batch))
        losses = [
            step(_features(tokenizer, pairs, rows, schedule.max_tokens), pairs.gains[rows])
            for rows in each(shuffled, len(shuffled), f"train, epoch {epoch + 1}", "batches")
        ]
        found = measure(_reranker(model.eval(), tokenizer, schedule.max_tokens))
        say(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}, validation {found:.4f}")
        since = 0 if found > best else since + 1
        if found > best:
            best = found
            _write(model, tokenizer, out)
        elif since == schedule.patience:
            break
    return float(best)


def _stepper(model: Any, steps: int, rate: float) -> Callable[[Any, Doubles], float]:
    """Make a function that takes an AdamW step on a batch and returns its loss.

    The learning rate rises during a tenth of the steps and then falls to zero.
    """
    import torch

    model.get_input_embeddings().requires_grad_(False)  # most words of the vocabulary are in no pair
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=rate, weight_decay=0.01)
    warm = max(1, steps // 10)
    pace = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda done: min((done + 1) / warm, (steps - done) / (steps - warm + 1))
    )

    def step(features: Any, gains: Doubles) -> float:
        targets = torch.as_tensor(gains, dtype=torch.float32, device=model.device)
        with torch.autocast(model.device.type, dtype=torch.bfloat16):  # twice as fast, on a CPU too
            logits = model(**features.to(model.device)).logits[:, 0]
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits.float(), targets)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        pace.step()
        return float(loss.item())

    return step


def _begin(checkpoint: str, schedule: Schedule) -> tuple[Any, Any]:
    """Load the encoder with a new output layer on top, and its tokenizer."""
    from transformers import AutoConfig, AutoModelForSequenceClassification, AutoTokenizer
    from transformers.utils import logging

    folder = resolve(checkpoint).folder
    check_safetensors(folder, f"checkpoint {checkpoint!r}")
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # the output on top is new, as it should be
    options = {"num_labels": 1, **({"num_hidden_layers": schedule.layers} if schedule.layers else {})}
    try:
        config = AutoConfig.from_pretrained(folder, **OURS, **options)
        model = AutoModelForSequenceClassification.from_pretrained(
            folder, config=config, **OURS, use_safetensors=True, dtype="float32"
        )
        tokenizer = AutoTokenizer.from_pretrained(folder, **OURS, model_max_length=schedule.max_tokens)
    except (OSError, ValueError) as error:
        said = " ".join(str(error).split())
        raise ParamsError(f"checkpoint {checkpoint!r}: cannot be read as a text encoder: {said}") from None
    return model.to(torch_device()), tokenizer


def _features(tokenizer: Any, pairs: Pairs, rows: Any, limit: int) -> Any:
    queries, texts = [pairs.queries[row] for row in rows], [pairs.texts[row] for row in rows]
    return tokenizer(queries, texts, truncation=True, max_length=limit, padding=True, return_tensors="pt")


def _reranker(model: Any, tokenizer: Any, limit: int) -> Rerank:
    from itemvec.language_models.batches import scored

    def score(queries: list[str], texts: list[str]) -> Any:
        tokens = tokenizer(queries, texts, truncation=True, max_length=limit)
        return scored(tokens, lambda features: model(**features).logits[:, 0], model.device, tokenizer.pad_token_id)

    return by_pairs(score)


def _write(model: Any, tokenizer: Any, out: Path) -> None:
    with replacing(out) as partial:
        model.save_pretrained(partial)
        tokenizer.save_pretrained(partial)
