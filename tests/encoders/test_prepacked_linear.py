import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from itemvec.encoders.prepacked_linear import PrepackedLinear, prepack
from itemvec.models.checkpoint import OURS
from tests.encoders.tiny import bert_plain, qwen2_mean

HAS = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
pytestmark = pytest.mark.skipif(not HAS, reason="torch was built without oneDNN")


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("gelu", [True, False])
def test_it_is_the_layer_and_gelu(dtype: torch.dtype, bias: bool, gelu: bool) -> None:
    torch.manual_seed(0)
    layer, inputs = nn.Linear(48, 80, bias=bias, dtype=dtype), torch.randn(3, 70, 48, dtype=dtype)
    with torch.inference_mode():
        found = PrepackedLinear(layer, rows=512, gelu=gelu)(inputs)
        exact = layer.double()(inputs.double())
        exact = nn.functional.gelu(exact) if gelu else exact
    assert found.shape == (3, 70, 80)
    assert found.dtype == dtype
    assert found.double().numpy() == pytest.approx(exact.numpy(), abs=1e-5 if dtype == torch.float32 else 2e-2)


def body_of(write: Callable[[Path], None], folder: Path, **config: Any) -> nn.Module:
    from transformers import AutoModel

    write(folder)
    body: nn.Module = AutoModel.from_pretrained(folder, **OURS, **config).eval()
    return body


@pytest.mark.parametrize(
    ("write", "config", "in_a_layer", "fused"),
    [(bert_plain, {}, 6, 2), (bert_plain, {"hidden_act": "gelu_new"}, 6, 0), (qwen2_mean, {}, 7, 0)],
    ids=["gelu", "an approximation of gelu", "no gelu"],
)
def test_a_network_gives_the_same_states(
    tmp_path: Path, write: Callable[[Path], None], config: dict[str, Any], in_a_layer: int, fused: int
) -> None:
    body = body_of(write, tmp_path, **config)
    packed = copy.deepcopy(body)
    prepack(packed, rows=512)
    found = [one for one in packed.modules() if isinstance(one, PrepackedLinear)]
    assert sum(one.after[0] == "gelu" for one in found) == fused
    assert len(found) >= 2 * in_a_layer
    assert not any(type(one) is nn.Linear for one in packed.modules())
    ids = torch.arange(5, 25)[None]
    with torch.inference_mode():
        expected, states = (one(ids).last_hidden_state for one in (body, packed))
    assert states.numpy() == pytest.approx(expected.numpy(), abs=1e-4)
