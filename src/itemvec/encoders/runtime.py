"""Moves the transformer of a model to the backend of its row, and checks its vectors against torch's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from itemvec.encoders.backends import Body, Ids
from itemvec.encoders.export import Traced, compared


def body_of(model: Any, backend: str, dtype: str, samples: Sequence[Ids]) -> Body:
    """The transformer of a sentence-transformers model as a function of ``backend``, OpenVINO or ONNX Runtime.

    Parameters
    ----------
    samples
        Token ids of texts, each of shape (length,), to calibrate int8 and to compare the vectors.
    """
    traced = Traced(model[0].auto_model)
    if backend == "openvino":
        from itemvec.encoders.openvino import compiled

        body = compiled(traced, dtype, samples)
    else:
        from itemvec.encoders.onnx import session

        body = session(traced)
    compared(body, traced, samples)
    return body
