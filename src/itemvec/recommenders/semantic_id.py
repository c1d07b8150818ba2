"""Generative retrieval: a decoder says the semantic id of the next item, and all items are scored exactly."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from itemvec.core.errors import ParamsError
from itemvec.core.options import Dim, Natural, Positive, PositiveFloat
from itemvec.recommenders.base import RECOMMENDERS, Score, Training
from itemvec.recommenders.trained import Trained

if TYPE_CHECKING:
    from itemvec.recommenders.method import Method
    from itemvec.recommenders.schedule import Schedule
    from itemvec.recommenders.semantic_network import SemanticNetwork


@RECOMMENDERS.register("semantic-id")
@dataclass(frozen=True, kw_only=True)
class SemanticId(Trained):
    """A lazy decoder over the history (OneRec-V2, arXiv 2508.20900) says the next item's codes of residual k-means.

    The codes are made of the text vectors, so that new items have some (TIGER, arXiv 2305.05065). There is no beam
    search: every item is scored, through the trie of all ids.

    Parameters
    ----------
    context
        What the items of the history are known by: their ``text``, a learned vector (``id``), or both.
    levels
        Codes of an item; one more tells apart those that have the same.
    codes
        Codes of a level, at most; by default the power of two from twice the cube root of the catalogue on, 8 to 256.
    layers
        Blocks of the decoder.
    heads
        Attention heads; it must divide ``width``.
    inner
        Width of the feed-forward layers; by default twice ``width``.
    passes
        Passes over the histories in an epoch. A validation scores all items through the trie, which on a small data set
        takes longer than a pass.
    gbpo
        Epochs of fine-tuning on nDCG by gradient-bounded policy optimisation, after training has ended; they are kept
        if validation is better for it.
    gbpo_weight
        How much its loss counts beside the cross-entropy.
    gbpo_samples
        Items that are drawn for each position.
    gbpo_rate
        Its learning rate, as a share of ``learning_rate``.
    """

    context: Literal["id", "text", "id+text"] = "id+text"
    levels: Positive = 3
    codes: Dim | None = None
    layers: Positive = 2
    heads: Positive = 2
    inner: Dim | None = None
    passes: Positive = 1
    gbpo: Natural = 0
    gbpo_weight: PositiveFloat = 1.0
    gbpo_samples: Positive = 4
    gbpo_rate: PositiveFloat = 0.1
    needs_vectors: ClassVar[bool] = True

    def __post_init__(self) -> None:
        """Refuse heads that do not divide the width."""
        super().__post_init__()
        if self.width % self.heads:
            raise ParamsError(f"recommender semantic-id: width {self.width} is not a multiple of heads {self.heads}")

    def network(self, training: Training) -> SemanticNetwork:
        """Make the codes, and build the network."""
        from itemvec.recommenders.code_trie import CodeTrie
        from itemvec.recommenders.item_embeddings import items_of
        from itemvec.recommenders.lazy_decoder import LazyDecoder
        from itemvec.recommenders.residual_codes import codes_of_a_level, residual_codes
        from itemvec.recommenders.semantic_network import SemanticNetwork

        vectors = training.text("semantic-id")
        codes = residual_codes(vectors, self.levels, self.codes or codes_of_a_level(len(vectors)), training.seed)
        decoder = LazyDecoder(self.width, self.layers, self.heads, self.inner or 2 * self.width, self.dropout)
        items = items_of(self.context, training, self.width)
        return SemanticNetwork(items, CodeTrie(codes), decoder, self.width, self.max_history)

    def schedule(self) -> Schedule:
        """The training schedule, with several passes in an epoch."""
        return replace(super().schedule(), passes=self.passes)

    def method(self) -> Method:
        """Cross-entropy on the codes, exact scores through the trie."""
        from itemvec.recommenders.method import Method
        from itemvec.recommenders.semantic_loss import CodeLosses
        from itemvec.recommenders.semantic_score import SemanticScore

        return Method(CodeLosses, SemanticScore)

    def trained(self, training: Training, checkpoint: Path) -> Score:
        """Train; then fine-tune by GBPO, where that is asked for, and take what validates better."""
        from itemvec.recommenders.semantic_loss import GbpoLosses
        from itemvec.recommenders.training import train

        network, method, schedule = self.network(training), self.method(), self.schedule()
        score = train(network, training, schedule, checkpoint, method)
        if not self.gbpo:
            return score
        first = list(training.curve)
        kept = {name: value.clone() for name, value in network.state_dict().items()}
        finer = replace(
            schedule,
            epochs=self.gbpo,
            passes=1,
            positions=max(1, schedule.positions // (1 + self.gbpo_samples)),
            learning_rate=schedule.learning_rate * self.gbpo_rate,
        )
        losses = partial(GbpoLosses, weight=self.gbpo_weight, samples=self.gbpo_samples)
        path = checkpoint.with_stem(f"{checkpoint.stem}-gbpo")
        score = train(network, training, finer, path, replace(method, losses=losses))
        if max(training.curve) <= max(first):
            network.load_state_dict(kept)
            score = method.scorer(network, self.max_history)
        training.curve[:] = first
        return score
