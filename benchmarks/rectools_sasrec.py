"""SASRec of RecTools, run by recommend.py in an environment of its own; reads and writes files in one folder."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from pytorch_lightning import Callback, Trainer, seed_everything
from rectools.dataset import Dataset
from rectools.models import SASRecModel
from watch import LimitError, Watch

ROWS = 1024  # of histories scored at a time


class Validation(Callback):  # type: ignore[misc]
    """After each epoch, nDCG@10 of the one item that each validation history asks for, over all items."""

    def __init__(self, watch: Watch, patience: int, cases: Any, n_items: int) -> None:
        self.watch, self.patience, self.cases, self.n_items = watch, patience, cases, n_items

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """Stop by the rule that all ways have."""
        try:
            self.watch.ask(lambda: self.ndcg(pl_module))
        except LimitError:
            trainer.should_stop = True
        if self.watch.waited() >= self.patience:
            trainer.should_stop = True

    @torch.no_grad()
    def ndcg(self, module: Any) -> float:
        """A gain of 1, at one rank: no ideal to divide by."""
        module.torch_model.eval()
        items = module.item_external_ids[1:].astype(np.int64)  # after its padding
        numbers = np.zeros(self.n_items + 1, dtype=np.int64)  # the last stands for our padding, -1
        numbers[items] = np.arange(1, len(items) + 1)
        table = module.torch_model.item_model.get_all_embeddings()
        gains = []
        for start in range(0, len(self.cases["target"]), ROWS):
            histories, target = (self.cases[name][start : start + ROWS] for name in ("histories", "target"))
            states = module.torch_model.encode_sessions({"x": torch.from_numpy(numbers[histories])}, table)[:, -1]
            scores = np.full((len(target), self.n_items), -np.inf, dtype=np.float32)
            scores[:, items] = (states @ table[1:].T).numpy()
            users, masked = self.cases["masked"]
            here = (users >= start) & (users < start + ROWS)
            scores[users[here] - start, masked[here]] = -np.inf
            wanted = scores[np.arange(len(target)), target, None]
            ranks = (scores > wanted).sum(axis=1) + (scores == wanted).sum(axis=1)  # ties before it
            gains.append(np.where((ranks <= 10) & (wanted[:, 0] > -np.inf), 1 / np.log2(ranks + 1), 0))
        module.torch_model.train()
        return float(np.concatenate(gains).mean())


def main(place: Path) -> None:
    """Train, and print the watch."""
    task = json.loads((place / "task.json").read_text())
    seed_everything(task["seed"])
    table = pd.DataFrame(dict(np.load(place / "sessions.npz")))
    table["datetime"] = pd.to_datetime(table["datetime"])
    table["weight"] = 1.0
    cases = dict(np.load(place / "cases.npz"))
    validation = Validation(Watch(task["seconds"], task["clock"]), task["patience"], cases, task["n_items"])

    def trainer() -> Any:
        return Trainer(
            max_epochs=task["epochs"],
            callbacks=[validation],
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
        )

    model = SASRecModel(
        n_blocks=task["layers"],
        n_heads=task["heads"],
        n_factors=task["width"],
        dropout_rate=task["dropout"],
        session_max_len=task["max_history"],
        lr=task["learning_rate"],
        get_trainer_func=trainer,
    )
    model.fit(Dataset.construct(table))
    used = next(one for one in model.fit_trainer.callbacks if isinstance(one, Validation))  # a copy of ours
    sys.stdout.write(f"\n{json.dumps(used.watch.facts())}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
