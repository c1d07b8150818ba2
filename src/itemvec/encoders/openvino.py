"""The backend OpenVINO for transformers, on the CPU; NNCF quantizes to int8."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from itemvec.core.errors import ParamsError
from itemvec.core.progress import say
from itemvec.encoders.backends import Body, Ids
from itemvec.encoders.export import Traced, example, exported

# int8 keeps float32 beside it: bfloat16 was 4 % faster and no nearer to float32, and fewer machines have it.
PRECISIONS = {"float32": "f32", "bfloat16": "bf16", "float16": "f16", "int8": "f32"}

NEEDED = {"bfloat16": "BF16", "float16": "FP16"}  # what the processor must be able to do


def compiled(traced: Traced, dtype: str, samples: Sequence[Ids]) -> Body:
    """Compile the traced transformer with OpenVINO, with as many threads as torch has.

    Parameters
    ----------
    samples
        Token ids of texts, each of shape (length,), for the calibration of int8.
    """
    openvino = _openvino()
    core = openvino.Core()
    precision = PRECISIONS[dtype]
    able = core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    if NEEDED.get(dtype, "FP32") not in able:  # else it would take float32 and say nothing
        raise ParamsError(f"model: OpenVINO has no {dtype} on this processor, only {', '.join(able)}; choose float32")
    graph = exported("openvino", lambda: openvino.convert_model(traced, example_input=example()))
    if dtype == "int8":
        graph = _quantized(graph, samples)
    options = {
        "INFERENCE_PRECISION_HINT": precision,
        "PERFORMANCE_HINT": "LATENCY",  # all threads work on one batch
        "INFERENCE_NUM_THREADS": torch.get_num_threads(),
        "ENABLE_CPU_PINNING": False,  # two processes would sit on the same cores
    }
    request = core.compile_model(graph, "CPU", options).create_infer_request()

    def body(ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        outputs = request.infer([ids.numpy(), mask.numpy()], share_inputs=True)  # the output is a copy of its own
        return torch.from_numpy(outputs[0])

    return body


def _quantized(graph: Any, samples: Sequence[Ids]) -> Any:
    import nncf
    import rich

    say(f"calibrating int8 with {len(samples)} texts")
    inputs = [{"input_ids": ids[None], "attention_mask": np.ones((1, len(ids)), dtype=np.int64)} for ids in samples]
    options = {"model_type": nncf.ModelType.TRANSFORMER, "subset_size": len(inputs)}
    console = rich.get_console()  # where NNCF draws its progress bars
    quiet, console.quiet = console.quiet, True
    try:
        return exported("openvino", lambda: nncf.quantize(graph, nncf.Dataset(inputs), **options))
    finally:
        console.quiet = quiet


def _openvino() -> Any:
    """Import OpenVINO with its telemetry disabled.

    OpenVINO and NNCF send usage data to Google Analytics and keep a client id in the home folder, unless `opt_in_out`
    has written a refusal there. Both work without telemetry if its module cannot be imported.
    """
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
    import openvino

    return openvino
