"""Export of a transformer to another runtime, as a function of token ids and mask, and a check of the result."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

from itemvec.core.errors import ParamsError
from itemvec.encoders.backends import Body, Ids

NEAR = 0.9  # least cosine of a text's token vectors to torch's in float32; bfloat16 and int8 reach 0.98 and more

TALKERS = ("nncf", "transformers", "torch.onnx._internal.exporter._registration")  # while a graph is handed over


class Traced(torch.nn.Module):
    """Token vectors of a transformer from ids and mask; other inputs, such as token types, have their defaults."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model.eval()

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """From int64 of shape (n, length) to float32 of shape (n, length, width)."""
        vectors: torch.Tensor = self.model(input_ids=input_ids, attention_mask=attention_mask)[0]
        return vectors


def example() -> dict[str, torch.Tensor]:
    """Example inputs for tracing: two texts, since tracing takes a size of one for a constant."""
    return {"input_ids": torch.arange(5, 37).reshape(2, 16), "attention_mask": torch.ones(2, 16, dtype=torch.int64)}


def exported(backend: str, make: Callable[[], Any]) -> Any:
    """Return what ``make`` returns; any failure of the export is reported as an error of the row."""
    try:
        with _quiet():
            return make()
    except Exception as error:
        said = " ".join(str(error).split())[:300]
        raise ParamsError(
            f"model: backend {backend} cannot take this checkpoint over ({type(error).__name__}: {said}); "
            "use backend: torch"
        ) from error


@torch.inference_mode()
def compared(body: Body, traced: Traced, samples: Sequence[Ids]) -> None:
    """Refuse a body whose vectors differ from torch's: an exported graph can be right for the traced length only."""
    for ids in (min(samples, key=len), max(samples, key=len)):
        batch = torch.from_numpy(np.tile(ids, (3, 1)))
        mask = torch.ones_like(batch)
        found, expected = body(batch, mask).double().flatten(), traced(batch, mask).double().flatten()
        cosine = float(torch.nn.functional.cosine_similarity(found, expected, dim=0))
        if not cosine > NEAR:
            raise ParamsError(
                f"model: this backend's token vectors of {len(ids)} tokens have cosine {cosine:.2f} to torch's, "
                f"expected {NEAR} or more; use backend: torch, or another dtype"
            )


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence the log messages of tracers and exporters."""
    loggers = [logging.getLogger(name) for name in TALKERS]
    levels = [logger.level for logger in loggers]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for logger in loggers:
            logger.setLevel(logging.ERROR)
        try:
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)
