"""The backend ONNX Runtime for transformers, on the CPU."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from itemvec.core.temporary import TemporaryFolder
from itemvec.encoders.backends import Body
from itemvec.encoders.export import Traced, example, exported


def session(traced: Traced) -> Body:
    """Export the traced transformer to ONNX Runtime, with as many threads as torch has."""
    with TemporaryFolder() as folder:  # weights lie beside the graph, which holds 2 GB at most
        path = Path(folder) / "model.onnx"
        exported("onnx", lambda: write(traced, path))
        ready = opened(path)

    def body(ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        (vectors,) = ready.run(None, {"input_ids": ids.numpy(), "attention_mask": mask.numpy()})
        return torch.from_numpy(vectors)

    return body


def opened(path: Path) -> Any:
    """Open an exported graph on the CPU, with as many threads as torch has."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    options.log_severity_level = 3  # errors
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def write(traced: Traced, path: Path) -> Any:
    """Write the graph to ``path``, for any number and length of texts; weights that are large lie beside it."""
    sizes = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC}
    inputs = example()
    return torch.onnx.export(
        traced,
        kwargs=inputs,
        f=path,
        dynamo=True,
        dynamic_shapes=dict.fromkeys(inputs, sizes),
        output_names=["last_hidden_state"],
        external_data=True,
        verbose=False,
    )
