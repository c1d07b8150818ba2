"""An epoch of training a text encoder, by the training loop and the losses of sentence-transformers."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from itemvec.core.arrays import Doubles
from itemvec.core.temporary import TemporaryFolder
from itemvec.tuners.base import Role
from itemvec.tuners.live_model import Live, check_same

Loss = Literal["contrastive", "gist", "margin-mse"]
ANCHOR, POSITIVE = "anchor", "positive"
CHECKED = 8  # texts of each role whose vectors are compared with those of search
MINI = 32  # texts whose gradients are held at a time


@dataclass(frozen=True)
class Step:
    """How an epoch is trained.

    warm
        Share of its steps in which the learning rate rises.
    """

    loss: Loss
    rate: float
    warm: float
    temperature: float
    prefixes: Sequence[int]
    spread: float
    seed: int


@dataclass(frozen=True)
class Texts:
    """Texts of one epoch by column: ``anchor``, ``positive``, ``negative_1`` ...; and the role of each.

    batches
        Rows of each step.
    labels
        How much better a guide finds the positive than each negative, float64 of shape (n, k); for margin-mse alone.
    """

    columns: dict[str, list[str]]
    roles: dict[str, Role]
    batches: list[list[int]]
    labels: Doubles | None = None


def train_epoch(live: Live, texts: Texts, step: Step, guide: Any = None, check: bool = False) -> None:
    """Train ``live`` on every batch once.

    Parameters
    ----------
    guide
        A frozen model that says which in-batch answers are no negatives, for ``gist``.
    check
        Whether to refuse where a text has another vector here than in search.
    """
    from datasets import Dataset, disable_progress_bars
    from sentence_transformers import SentenceTransformerTrainer, SentenceTransformerTrainingArguments
    from transformers import PrinterCallback

    class Trainer(SentenceTransformerTrainer):
        def add_model_card_callback(self, default_args_dict: dict[str, Any]) -> None:
            """Write no card: it would look for examples, with a bar."""

    disable_progress_bars()
    device = live.model.device.type
    columns: dict[str, Any] = {name: live.texts(some) for name, some in texts.columns.items()}
    if texts.labels is not None:
        columns["label"] = texts.labels.tolist()
    with TemporaryFolder() as place, _own_randomness():
        arguments = SentenceTransformerTrainingArguments(
            output_dir=str(place),
            num_train_epochs=1,
            per_device_train_batch_size=max(map(len, texts.batches)),
            batch_sampler=lambda dataset, **_: _sampler(dataset, texts.batches),
            prompts={name: live.prompts[role] for name, role in texts.roles.items()},
            learning_rate=step.rate,
            lr_scheduler_type="constant_with_warmup",
            warmup_steps=round(step.warm * len(texts.batches)),
            seed=step.seed,
            save_strategy="no",
            logging_strategy="no",
            report_to="none",
            disable_tqdm=True,
            use_cpu=device == "cpu",
            dataloader_pin_memory=device != "cpu",
        )
        trainer = Trainer(
            model=live.model, args=arguments, train_dataset=Dataset.from_dict(columns), loss=_loss(live, step, guide)
        )
        trainer.remove_callback(PrinterCallback)
        if check:
            _check(live, trainer, texts)
        trainer.train()
    live.model.eval()


def _check(live: Live, trainer: Any, texts: Texts) -> None:
    """Compare vectors of the first texts of each role, as the loop makes them, with those of search."""
    import torch

    live.model.eval()
    for name, role in texts.roles.items():
        if name not in (ANCHOR, POSITIVE):
            continue
        some = sorted(range(len(texts.columns[name])), key=lambda row: -len(texts.columns[name][row]))[:CHECKED]
        inputs = trainer.data_collator([trainer.train_dataset[row] for row in some])
        features, _ = trainer.collect_features(inputs)
        place = list(texts.columns).index(name)
        with torch.no_grad():
            on_device = {key: _moved(value, live.model.device) for key, value in features[place].items()}
            trained = live.model(on_device)["sentence_embedding"].cpu().numpy()
        check_same(live, trained, [texts.columns[name][row] for row in some], role)


def _moved(value: Any, device: Any) -> Any:
    return value.to(device) if hasattr(value, "to") else value


def _loss(live: Live, step: Step, guide: Any) -> Any:
    """The loss, over prefixes and with a spread where these are asked for."""
    from sentence_transformers.sentence_transformer import losses

    model = live.model
    if step.loss == "gist":
        main: Any = losses.CachedGISTEmbedLoss(model, guide, temperature=step.temperature, mini_batch_size=MINI)
    elif step.loss == "margin-mse":
        main = losses.MarginMSELoss(model)
    else:
        main = losses.CachedMultipleNegativesRankingLoss(model, scale=1 / step.temperature, mini_batch_size=MINI)
    if step.prefixes:
        main = losses.MatryoshkaLoss(model, main, list(step.prefixes))
    return _with_spread(main, losses.GlobalOrthogonalRegularizationLoss(model), step.spread) if step.spread else main


def _with_spread(main: Any, regulariser: Any, weight: float) -> Any:
    import torch

    class WithSpread(torch.nn.Module):
        """A loss, and a weighted regulariser of the same texts."""

        def __init__(self) -> None:
            super().__init__()
            self.main, self.regulariser = main, regulariser

        def forward(self, features: Any, labels: Any = None) -> Any:
            copies = [dict(one) for one in features]
            return self.main(features, labels) + weight * sum(self.regulariser(copies).values())

    return WithSpread()


def _sampler(dataset: Any, batches: list[list[int]]) -> Any:
    from sentence_transformers.base.sampler import DefaultBatchSampler

    class Given(DefaultBatchSampler):
        """Batches that were made before."""

        def __iter__(self) -> Iterator[list[int]]:
            yield from batches

        def __len__(self) -> int:
            return len(batches)

    return Given(dataset, batch_size=max(map(len, batches)), drop_last=False)


@contextmanager
def _own_randomness() -> Iterator[None]:
    """The trainer seeds all global generators; here they are as they were afterwards."""
    import torch

    kept = random.getstate(), np.random.get_state()  # noqa: NPY002
    try:
        with torch.random.fork_rng():
            yield
    finally:
        random.setstate(kept[0])
        np.random.set_state(kept[1])  # noqa: NPY002
