"""Linear layers of a transformer with weights laid out for the processor once, and with GELU in the same pass.

torch hands float32 products to MKL, which lays the weights out anew in every call, and GELU then reads and writes its
whole input again. oneDNN takes weights that are laid out before, and computes GELU on what is still in the cache. The
operators are those that torch's own compiler calls (torch/_inductor/fx_passes/mkldnn_fusion.py).
"""

from __future__ import annotations

import platform
from typing import Any

import torch
from torch import nn

X86 = ("x86_64", "AMD64")  # where it was measured; elsewhere oneDNN calls other libraries
TYPES = (torch.float32, torch.bfloat16)


class PrepackedLinear(nn.Module):
    """A linear layer, for inference alone, followed by GELU if ``gelu`` says so.

    Parameters
    ----------
    layer
        What it replaces; weights float32 or bfloat16, on the CPU.
    rows
        About how many rows its inputs have; the layout of the weights is chosen for that.
    """

    def __init__(self, layer: nn.Linear, rows: int, gelu: bool = False) -> None:
        super().__init__()
        self.weight = torch.ops.mkldnn._reorder_linear_weight(layer.weight.detach(), rows)
        self.bias = None if layer.bias is None else layer.bias.detach()
        self.after: tuple[str, list[float], str] = ("gelu", [], "none") if gelu else ("none", [], "")

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Outputs of shape (..., out_features) of inputs of shape (..., in_features)."""
        outputs: torch.Tensor = torch.ops.mkldnn._linear_pointwise(inputs, self.weight, self.bias, *self.after)
        return outputs


def prepack(body: nn.Module, rows: int) -> None:
    """Replace the linear layers of ``body`` where that is faster: of a type in ``TYPES``, on an x86 CPU.

    GELU goes into the layer before it where a module has both as ``dense`` and ``intermediate_act_fn``, as in the BERT
    family, and computes it exactly.
    """
    if platform.machine() not in X86 or not torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        return
    for module in list(body.modules()):
        gelu = _exact_gelu(getattr(module, "intermediate_act_fn", None))
        for name, layer in list(module.named_children()):
            if type(layer) is nn.Linear and layer.weight.device.type == "cpu" and layer.weight.dtype in TYPES:
                setattr(module, name, PrepackedLinear(layer, rows, gelu and name == "dense"))
                if gelu and name == "dense":
                    module.intermediate_act_fn = nn.Identity()


def _exact_gelu(function: Any) -> bool:
    """Whether ``function`` is x times the normal distribution's Phi(x), not one of its approximations."""
    from transformers.activations import GELUActivation

    return isinstance(function, GELUActivation) and function.act is nn.functional.gelu
