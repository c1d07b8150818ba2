"""How much a generative recommender computes: floating-point operations of three architectures, counted exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Architecture = Literal["encoder-decoder", "decoder-only", "lazy"]


class Flops(NamedTuple):
    """Operations of a forward pass for one user: those of the context, and those of the tokens that are predicted."""

    context: float
    targets: float

    @property
    def total(self) -> float:
        """Both together."""
        return self.context + self.targets


@dataclass(frozen=True)
class Sizes:
    """Sizes of a decoder of ``layers`` blocks, and of the encoder before it, where there is one.

    Parameters
    ----------
    context, targets
        Tokens of the context, and tokens that go through the decoder.
    inner
        Width of the feed-forward layers, of two matrices each.
    codes
        Width of the output of each token.
    encoder_layers
        Blocks of the encoder of ``encoder-decoder``.
    """

    width: int
    inner: int
    layers: int
    context: int
    targets: int
    codes: int = 0
    encoder_layers: int = 0


def flops(architecture: Architecture, sizes: Sizes) -> Flops:
    """Operations of the matrix products, two for each multiply and add; attention over whole squares, as computed.

    The context of ``decoder-only`` is a part of its sequence. ``lazy`` computes nothing for the context but norms,
    which do not count, and has no keys and values to project in its cross-attention.
    """
    d, tokens = sizes.width, sizes.context + sizes.targets
    block = 4 * d * d + 2 * d * sizes.inner  # self-attention and feed-forward layer, for each token
    asked = 2 * d * d + 2 * sizes.context * d  # query, output and products with a context, for each token
    output = sizes.targets * d * sizes.codes
    if architecture == "decoder-only":
        each = sizes.layers * (block + 2 * tokens * d)
        return Flops(2 * sizes.context * each, 2 * (sizes.targets * each + output))
    decoder = sizes.targets * sizes.layers * (block + 2 * sizes.targets * d + asked) + output
    if architecture == "lazy":
        return Flops(0, 2 * decoder)
    encoder = sizes.context * sizes.encoder_layers * (block + 2 * sizes.context * d)
    projected = sizes.context * sizes.layers * 2 * d * d  # keys and values of the cross-attention
    return Flops(2 * (encoder + projected), 2 * decoder)


def weight_flops(
    architecture: Architecture, encoder: float, decoder: float, context: int = 512, targets: int = 15
) -> Flops:
    """The same from weights alone: two operations for each weight that a token passes; products of attention are out.

    This is how the table of arXiv 2508.20900 comes out. It gives 346, 632 and 18 GFLOPs at one billion parameters and a
    context of 512, with 2.34 % and 2.85 % of the first two on targets. Widths and layers are not public. From 18 and
    632 follow 15 tokens of targets (18 / 632 = 15 / 527) and 0.6 billion weights that a token passes; from 346 follows
    that the encoder has 0.33 billion of them and the decoder 0.27; and then 8.1 / 346 is the 2.34 % of the paper, which
    was not used.

    Parameters
    ----------
    encoder, decoder
        Weights that a token of the context, or of the targets, passes. Without an encoder all are in the decoder.
    """
    whole = encoder + decoder
    if architecture == "encoder-decoder":
        return Flops(2 * encoder * context, 2 * decoder * targets)
    return Flops(2 * whole * context if architecture == "decoder-only" else 0, 2 * whole * targets)
