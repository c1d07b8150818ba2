"""Tuning of the model itself: its weights are trained on texts by sentence-transformers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from typing import Any, ClassVar

import numpy as np

from itemvec.core.arrays import Doubles, Ints
from itemvec.core.errors import ParamsError
from itemvec.core.options import NaturalFloat, Positive, PositiveFloat
from itemvec.core.progress import say
from itemvec.tuners.base import TUNERS, Lesson, Role, Setting, Tuned, grid, unchanged
from itemvec.tuners.fit_checkpoint import Fit
from itemvec.tuners.live_model import Live, check_trainable
from itemvec.tuners.negatives import Miner, Source
from itemvec.tuners.text_batches import batches, examples
from itemvec.tuners.text_training import ANCHOR, POSITIVE, Loss, Step, Texts, train_epoch
from itemvec.tuners.tuned_model import by_texts, tuned_model

NEEDED = ("accelerate", "datasets", "peft")
TRIED = grid(
    learning_rate=(2e-5, 5e-5, 1e-5, 1e-4, 2e-5, 5e-5, 2e-5, 5e-5),
    temperature=(0.05, 0.05, 0.05, 0.05, 0.02, 0.02, 0.1, 0.1),
)


@TUNERS.register("full")
@dataclass(frozen=True)
class Full:
    """Train the weights of the model on texts, with the trainer and the losses of sentence-transformers.

    It takes models of kind ``sentence-transformer`` and the packages of the extra ``tune``. Prompts, suffix and token
    limit are those of the row of the model; where a text would have another vector in training than in search, it
    refuses. After each epoch the validation queries are asked, on a pool of items; epoch 0, which changes nothing, is
    one of the choices. The trained model is a folder of safetensors below ``artifacts/tuned``, which a row of
    ``models.yaml`` can name. A training that was killed goes on after its last whole epoch, to the same result.

    Parameters
    ----------
    epochs
        Most epochs. The optimiser begins anew in each, and its rate falls from epoch to epoch.
    positives
        Relevant items that are drawn for each query in an epoch.
    batch
        Queries of a step, at most.
    learning_rate
        Of AdamW in the first epoch; by default several are tried.
    temperature
        Cosines are divided by it; by default several are tried. Not for margin-mse.
    loss
        ``contrastive``: CachedMultipleNegativesRankingLoss. ``gist``: CachedGISTEmbedLoss, in which the untuned model
        says which answers of other queries are no negatives. ``margin-mse``: MarginMSELoss with the margins of the
        ``guide``, as in GPL.
    source
        Where negatives come from: ``hard``, the nearest items by the weights of the moment, mined anew before every
        epoch; ``bm25``; ``random``; ``in-batch``, the answers of other queries alone.
    negatives
        For each query.
    threshold
        A candidate is no negative if it scores above the mean of what is relevant, less this share of it.
    guide
        A cross-encoder, as a row of rerankers names it, which throws out negatives in the same way (RocketQA), and
        whose margins ``margin-mse`` learns.
    prefixes
        Lengths over whose first dimensions the loss is taken too (MatryoshkaLoss).
    spread
        Weight of GlobalOrthogonalRegularizationLoss, which spreads vectors evenly.
    curve
        Whether the learning curve is measured too, which takes twelve more trainings.
    lora_rank
        Train few added weights of this rank in place of all (LoRA).
    """

    epochs: Positive = 3
    positives: Positive = 4
    batch: Positive = 32
    learning_rate: PositiveFloat | None = None
    temperature: PositiveFloat | None = None
    loss: Loss = "contrastive"
    source: Source = "hard"
    negatives: Positive = 1
    threshold: NaturalFloat = 0.05
    guide: str | None = None
    prefixes: list[Positive] = field(default_factory=list)
    spread: NaturalFloat = 0.0
    lora_rank: Positive | None = None
    curve: bool = True
    random: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if self.loss == "margin-mse" and self.guide is None:
            raise ParamsError("tuner full: loss margin-mse learns the margins of a cross-encoder; name it as guide")
        if self.loss == "margin-mse" and self.source == "in-batch":
            raise ParamsError("tuner full: loss margin-mse needs negatives; set source to hard, bm25 or random")

    @property
    def pool(self) -> int:
        """Nearest items of each query that are encoded where the whole catalogue would take long."""
        return 50

    def check_model(self, encoder: Any) -> None:
        """Refuse a model without weights to train, and an environment without what trains them."""
        check_trainable(encoder)
        missing = [name for name in NEEDED if find_spec(name) is None]
        if missing:
            raise ParamsError(f"kind full needs {', '.join(missing)}; run `pip install 'itemvec[tune]'`")

    def settings(self) -> list[dict[str, Any]]:
        """Learning rates and temperatures, the most likely first."""
        fixed = {name: getattr(self, name) for name in TRIED[0] if getattr(self, name) is not None}
        found = [one | fixed for one in TRIED]
        return [one for place, one in enumerate(found) if one not in found[:place]]

    def fit(self, lesson: Lesson, setting: Setting, seed: int) -> Tuned:
        """Train for some epochs, and keep the one that validates best."""
        self.check_model(lesson.encoder)
        import torch

        fit = Fit.of(self, lesson, setting, seed)
        with torch.random.fork_rng():
            torch.manual_seed(seed)  # of the weights that LoRA adds
            live = Live(lesson.encoder, self.lora_rank)
        if fit.resume(live):
            say(f"training goes on after epoch {fit.epoch}")
        else:
            fit.reached = float(lesson.quality().mean())
        for epoch in range(fit.epoch, self.epochs):
            fit.audit = self._epoch(live, lesson, setting, seed, epoch)
            found = float(lesson.quality(by_texts(live.encode, lesson)).mean())
            say(f"epoch {epoch + 1}: nDCG@10 {found:.4f} on validation queries, best before {fit.reached:.4f}")
            fit.note(live, epoch + 1, found)
        facts = {"epochs": fit.at, "negatives": fit.audit}
        if not fit.at:
            return Tuned(unchanged, fit.reached, lambda folder: folder.mkdir(parents=True, exist_ok=True), facts)
        fit.take_best(live)
        return tuned_model(live, lesson, fit.reached, facts)

    def _epoch(self, live: Live, lesson: Lesson, setting: Setting, seed: int, epoch: int) -> dict[str, Any]:
        """Mine, draw examples, and train on each once; return the audit of the negatives."""
        rng = np.random.default_rng([seed, epoch])
        asked, guide = lesson.train, _guide(self.guide)
        mined, audit = self._mined(live, lesson, guide, rng)
        found = examples(asked, mined, self.positives, len(lesson.items), rng)
        texts = np.asarray(lesson.item_texts, dtype=object)
        columns = {ANCHOR: [asked.texts[row] for row in found.rows.tolist()], POSITIVE: list(texts[found.positives])}
        columns |= {f"negative_{k + 1}": list(texts[some]) for k, some in enumerate(found.negatives.T)}
        query: Role = "item" if lesson.both else "query"
        roles: dict[str, Role] = {name: query if name == ANCHOR else "item" for name in columns}
        rate = float(setting["learning_rate"]) * (1 - epoch / self.epochs)
        step = Step(
            self.loss, rate, 0.1 if epoch == 0 else 0.0, float(setting["temperature"]), self.prefixes, self.spread,
            seed * 1000 + epoch,
        )  # fmt: skip
        labels = _margins(columns, guide) if self.loss == "margin-mse" else None
        frozen = Live(lesson.encoder, None).model if self.loss == "gist" else None
        made = Texts(columns, roles, batches(asked, found, self.batch, rng), labels)
        train_epoch(live, made, step, frozen, check="checked" not in lesson.seen)
        lesson.seen["checked"] = True
        return audit

    def _mined(self, live: Live, lesson: Lesson, guide: Any, rng: np.random.Generator) -> tuple[Ints, dict[str, Any]]:
        if self.source == "in-batch":
            return np.empty((len(lesson.train), 0), dtype=np.int64), {}
        miner = Miner(self.source, self.negatives, self.threshold, guide and partial(_scores, guide))
        if self.source != "hard" and not self.threshold:
            return miner.mine(lesson, lesson.train.vectors, lesson.items, rng)
        now = lesson.pooled(lesson.train, 10 * self.negatives)
        items = lesson.items.copy()
        items[now] = live.encode([lesson.item_texts[place] for place in now.tolist()], "item")
        queries = live.encode(lesson.train.texts, "item" if lesson.both else "query")
        return miner.mine(lesson, queries, items, rng, now)


def _guide(checkpoint: str | None) -> Any:
    """A cross-encoder that scores texts for queries; None where none is named."""
    if checkpoint is None:
        return None
    from itemvec.rerankers import RERANKERS

    return RERANKERS.build("guide", {"kind": "cross-encoder", "checkpoint": checkpoint}).load()


def _scores(guide: Any, query: str, texts: Sequence[str]) -> Doubles:
    return np.asarray(guide([query], [list(texts)])[0], dtype=np.float64)


def _margins(columns: dict[str, list[str]], guide: Any) -> Doubles:
    """By how much a guide prefers the positive to each negative, float64 of shape (n, k)."""
    names = [name for name in columns if name != ANCHOR]
    rows = list(zip(*(columns[name] for name in names), strict=True))
    scores = np.stack([np.asarray(one, dtype=np.float64) for one in guide(columns[ANCHOR], rows)])
    return np.asarray(scores[:, :1] - scores[:, 1:])
