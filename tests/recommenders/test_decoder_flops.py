import pytest
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from itemvec.recommenders.decoder_flops import Sizes, flops, weight_flops
from itemvec.recommenders.lazy_decoder import LazyDecoder
from itemvec.recommenders.transformer import Transformer


@pytest.mark.parametrize(
    ("architecture", "total", "share"), [("encoder-decoder", 346, 2.34), ("decoder-only", 632, 2.85), ("lazy", 18, 100)]
)
def test_the_table_of_onerec_v2(architecture: str, total: int, share: float) -> None:
    """arXiv 2508.20900, table 1: GFLOPs at one billion parameters, and the percentage on targets."""
    found = weight_flops(architecture, 0.33e9, 0.27e9)  # type: ignore[arg-type]
    assert round(found.total / 1e9) == total
    assert round(100 * found.targets / found.total, 2) == share


def test_the_lazy_decoder_is_counted_as_torch_counts_it() -> None:
    sizes = Sizes(width=16, inner=24, layers=2, context=7, targets=3, codes=11)
    decoder, head = LazyDecoder(16, 2, 2, 24, 0.0).eval(), torch.nn.Linear(16, 11)
    tokens, context = torch.randn(1, 1, 3, 16), torch.randn(1, 7, 16)
    with FlopCounterMode(display=False) as counter, torch.no_grad(), sdpa_kernel(SDPBackend.MATH):
        head(decoder(tokens, context, torch.zeros(1, 7, dtype=torch.bool)))
    assert flops("lazy", sizes) == (0, counter.get_total_flops())


def test_a_decoder_of_the_whole_sequence_is_counted_as_torch_counts_it() -> None:
    sizes = Sizes(width=16, inner=32, layers=2, context=7, targets=3)
    decoder = Transformer(16, 10, 2, 2, 0.0, "before").eval()
    with FlopCounterMode(display=False) as counter, torch.no_grad(), sdpa_kernel(SDPBackend.MATH):
        decoder(torch.randn(1, 10, 16))
    found = flops("decoder-only", sizes)
    assert found.total == counter.get_total_flops()
    assert found.targets / found.total == pytest.approx(3 / 10)


def test_an_encoder_adds_its_blocks_and_the_keys_and_values_of_the_decoder() -> None:
    """One block each, width 4, inner 8, 5 context tokens and 2 targets, by hand."""
    found = flops("encoder-decoder", Sizes(4, 8, 1, 5, 2, encoder_layers=1))
    block = 4 * 16 + 2 * 4 * 8
    assert found.context == 2 * (5 * (block + 2 * 5 * 4) + 5 * 2 * 16)
    assert found.targets == 2 * 2 * (block + 2 * 2 * 4 + 2 * 16 + 2 * 5 * 4)
