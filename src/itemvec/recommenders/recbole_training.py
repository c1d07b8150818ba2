"""Training and scoring of RecBole models. No other module imports RecBole."""

from __future__ import annotations

import os
from collections.abc import Callable
from copy import copy
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
import torch
from torch import Tensor, nn

from itemvec.core.arrays import Floats, Ints
from itemvec.core.errors import ItemvecError, ParamsError, TableError
from itemvec.core.machine import torch_device
from itemvec.core.progress import progress
from itemvec.core.top_k import NOTHING
from itemvec.protocol.histories import Histories
from itemvec.recommenders.base import Score, Training
from itemvec.recommenders.recbole_files import ITEM, NAME, TIME, USER, VISIBLE, apart, write

SCORES = 1 << 20  # of users and items at a time: a model without full_sort_predict repeats each history for each item
# Sequential models with a vector per user.
WITH_USERS = {"Caser", "DIN", "FOSSIL", "FPMC", "HGN", "HRM", "NPE", "SHAN", "TransRec"}


def train(model: str, settings: dict[str, Any], training: Training, vectors: Floats | None, sequential: bool) -> Score:
    """Train a RecBole model with its own trainer, early stopping by our validation metric; keep the best epoch."""
    histories = training.histories
    with apart() as folder:
        write(histories, folder / NAME)
        trainer, data = _prepare(model, folder, settings | {"seed": training.seed}, vectors)
        with_users = not sequential or model in WITH_USERS
        score = _scorer(trainer, data._dataset, histories, with_users, sequential)

        def validate() -> float:
            training.curve.append(training.validate(score))
            return training.curve[-1]

        _fit(trainer, data, validate, f"{model}, seed {training.seed}")
    return score


def _prepare(model: str, folder: Path, settings: dict[str, Any], vectors: Floats | None) -> tuple[Any, Any]:
    """Make RecBole's trainer, and its loader of all interactions."""
    # RecBole 1.2.1 uses names that numpy 2 removed.
    for name, kind in {"float_": np.float64, "complex_": np.complex128, "unicode_": np.str_}.items():
        setattr(np, name, kind)
    from recbole.config import Config
    from recbole.data import create_dataset, create_samplers, get_dataloader
    from recbole.utils import get_model, get_trainer, init_seed

    made = get_model(model)
    torch.autograd.set_detect_anomaly(False)  # importing any model imports sine.py, which turns it on: twice the time
    fixed = {
        "data_path": str(folder),
        "checkpoint_dir": str(folder / "saved"),
        "load_col": {"inter": [USER, ITEM, TIME], "item": [ITEM]},
        "eval_args": {"split": {"RS": [1, 0, 0]}, "order": "TO", "group_by": None, "mode": "full"},
        "metrics": ["NDCG"],
        "valid_metric": "NDCG@10",
        "gpu_id": "" if torch_device() == "cpu" else os.environ.get(VISIBLE, "0"),
    }
    try:
        config = Config(model=model, dataset=NAME, config_dict=settings | fixed)
        init_seed(config["seed"], config["reproducibility"])
        dataset = create_dataset(config)
        parts = dataset.build()
        sampler = create_samplers(config, dataset, parts)[0]
        data = get_dataloader(config, "train")(config, parts[0], sampler, shuffle=True)
        network = made(config, parts[0])
    except Exception as error:  # of whatever kind: RecBole checks options where it comes to use them
        raise ParamsError(f"recommender recbole: {model} cannot be made of these options and data: {error}") from error
    if vectors is not None:
        _substitute(network, vectors, model, dataset)
    return get_trainer(config["MODEL_TYPE"], model)(config, network.to(config["device"])), data


class _FrozenText(nn.Module):
    """An item embedding, with ``weight`` and look-up, computed from item vectors by a linear adaptor.

    Row 0, the padding, stays zero: some models sum over a history, padding included.
    """

    text: Tensor

    def __init__(self, vectors: Floats, width: int) -> None:
        super().__init__()
        self.register_buffer("text", torch.from_numpy(vectors), persistent=False)
        self.adaptor = nn.Linear(vectors.shape[1], width)

    @property
    def weight(self) -> Tensor:
        return nn.functional.pad(self.adaptor(self.text[1:]), (0, 0, 1, 0))

    def forward(self, items: Tensor) -> Tensor:
        found: Tensor = self.adaptor(self.text[items])
        return found.masked_fill((items == 0)[..., None], 0.0)


def _substitute(network: Any, vectors: Floats, model: str, dataset: Any) -> None:
    table = getattr(network, "item_embedding", None)
    if not isinstance(table, nn.Embedding) or table.num_embeddings != dataset.item_num:
        raise ParamsError(
            f"recommender recbole: {model} has no plain table of items that texts could take the place of; "
            "choose item: id, or a model such as SASRec or GRU4Rec"
        )
    rows = np.zeros((dataset.item_num, vectors.shape[1]), dtype=np.float32)  # row 0 is RecBole's padding
    rows[_numbers(dataset, ITEM, len(vectors))] = vectors
    network.item_embedding = _FrozenText(rows, table.embedding_dim)


def _numbers(dataset: Any, field: str, n: int) -> Ints:
    """RecBole's id of each of our ``n`` positions; 0 if it does not know one."""
    tokens = np.asarray(dataset.field2id_token[field])[1:].astype(np.int64)
    numbers = np.zeros(n, dtype=np.int64)
    numbers[tokens] = np.arange(1, len(tokens) + 1)
    return numbers


def _fit(trainer: Any, data: Any, validate: Callable[[], float], name: str) -> None:
    """Run the trainer with our validation instead of its own, and restore the best epoch."""
    network = trainer.model
    best: dict[str, Any] = {}
    with progress(trainer.epochs, name, "epochs") as shown:

        def measured(*_: Any, **__: Any) -> tuple[float, dict[str, float]]:
            found = validate()
            if not best or found > best["found"]:
                state = {name: value.clone() for name, value in network.state_dict().items()}
                best.update(found=found, state=state, other=copy(network.other_parameter()))
            shown.note(f"nDCG@10 {found:.4f}, best {best['found']:.4f}")
            shown.update()
            return found, {trainer.valid_metric: found}

        trainer._valid_epoch = measured
        # The trainer asks only whether there is something to validate on. It would keep a pickle, hence saved=False.
        try:
            trainer.fit(data, [None], verbose=False, saved=False, show_progress=False)
        except ValueError as error:
            if "loss is nan" not in str(error):
                raise
            raise ItemvecError(f"RecBole's {name}: training diverged; lower learning_rate") from None
    trainer.tensorboard.close()
    network.load_state_dict(best["state"])
    network.load_other_parameter(best["other"])


def _scorer(trainer: Any, dataset: Any, known: Histories, with_users: bool, sequential: bool) -> Score:
    """Score by RecBole's own full ranking."""
    from recbole.data.interaction import Interaction

    network, config = trainer.model, trainer.config
    trainer.item_tensor = dataset.get_item_feature().to(config["device"])
    trainer.tot_item_num = dataset.item_num
    items = _numbers(dataset, ITEM, known.n_items)
    users = np.concatenate([[0], _numbers(dataset, USER, len(known))])  # the first stands for strangers
    length = config["MAX_ITEM_LIST_LENGTH"]

    def score(asked: Histories) -> Floats:
        network.eval()
        scores = np.empty((len(asked), asked.n_items), dtype=np.float32)
        start = 0
        for block in asked.blocks(max(1, SCORES // dataset.item_num)):
            columns = {}
            rows = pc.index_in(block.users, value_set=known.users).fill_null(NOTHING).to_numpy()
            columns[USER] = users[rows + 1]
            if with_users and not columns[USER].all():
                user = block.users[int(np.argmin(columns[USER]))].as_py()
                raise TableError(
                    f"recbole: {config['model']} has a vector per user, and {user!r} has no training history; "
                    "choose a sequential model without, or a split that trains on every user"
                )
            if sequential:
                recent = block.recent(length)
                columns[f"{ITEM}_list"] = np.where(recent == NOTHING, 0, items[recent])
                columns["item_length"] = np.clip(block.lengths, 1, length)  # an empty history is one padding
            with torch.no_grad():
                asking = Interaction({name: torch.from_numpy(np.asarray(one)) for name, one in columns.items()})
                found = trainer._full_sort_batch_eval((asking, None, None, None))[1]
            scores[start : start + len(block)] = found.cpu().numpy()[:, items]
            start += len(block)
        return scores

    return score
