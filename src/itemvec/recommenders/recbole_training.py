"""RecBole kept in its place: the only module that imports it."""

from __future__ import annotations

import contextlib
import logging
import os
import random
import sys
from collections.abc import Callable, Iterator
from copy import copy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import torch
from torch import Tensor, nn
from tqdm import tqdm

from itemvec.arrays import Floats, Ids, Ints
from itemvec.errors import ParamsError, TableError
from itemvec.histories import Histories
from itemvec.machine import torch_device
from itemvec.recommenders.base import Score, Training
from itemvec.topk import NOTHING

NAME = "itemvec"  # of the data set; RecBole reads "ml-100k" from its own folder, whatever the path
VISIBLE = "CUDA_VISIBLE_DEVICES"
USER, ITEM, TIME = "user_id", "item_id", "timestamp"
SCORES = 1 << 20  # of users and items at a time: a model without full_sort_predict repeats each history for each item
WITH_USERS = {"Caser", "FPMC", "HGN", "FOSSIL", "HRM", "NPE", "SHAN", "TransRec"}  # sequential, with a vector per user


def train(model: str, settings: dict[str, Any], training: Training, vectors: Floats | None, sequential: bool) -> Score:
    """Train a model of RecBole by its own trainer, which asks our validation when to stop, and keep the best epoch."""
    histories = training.histories
    with _apart() as folder:
        _write(histories, folder / NAME)
        trainer, data = _prepare(model, folder, settings | {"seed": training.seed}, vectors)
        with_users = not sequential or model in WITH_USERS
        score = _scorer(trainer, data._dataset, histories.users, with_users, sequential)
        _fit(trainer, data, lambda: training.validate(score), f"RecBole's {model}, seed {training.seed}")
    return score


@contextlib.contextmanager
def _apart() -> Iterator[Path]:
    """An empty folder to run RecBole in, after which this process is as it was.

    RecBole reads sys.argv over its configuration, fills ./log_tensorboard, seeds globally, and picks the GPUs.
    """
    argv, level, visible = sys.argv, logging.root.manager.disable, os.environ.get(VISIBLE)
    states = random.getstate(), np.random.get_state()  # noqa: NPY002  (RecBole draws from the global one)
    with (
        TemporaryDirectory() as folder,
        contextlib.chdir(folder),
        torch.random.fork_rng(),
        torch.backends.cudnn.flags(enabled=True),
    ):
        sys.argv = argv[:1]
        logging.disable(logging.WARNING)
        try:
            yield Path(folder)
        finally:
            sys.argv = argv
            logging.disable(level)
            os.environ.pop(VISIBLE, None)
            os.environ.update({VISIBLE: visible} if visible is not None else {})
            random.setstate(states[0])
            np.random.set_state(states[1])  # noqa: NPY002


def _write(histories: Histories, folder: Path) -> None:
    """Atomic files: users and items as positions; a step number as the time, since RecBole's float32 has no room for more.

    The list of items makes RecBole know those that nobody has touched.
    """
    from pyarrow.csv import WriteOptions, write_csv

    folder.mkdir()
    options = WriteOptions(delimiter="\t", quoting_style="none", quoting_header="none")
    steps = np.arange(len(histories.items)) - np.repeat(histories.offsets[:-1], histories.lengths)
    table = {f"{USER}:token": histories.rows, f"{ITEM}:token": histories.items, f"{TIME}:float": steps}
    write_csv(pa.table(table), folder / f"{NAME}.inter", options)
    write_csv(pa.table({f"{ITEM}:token": np.arange(histories.n_items)}), folder / f"{NAME}.item", options)


def _prepare(model: str, folder: Path, settings: dict[str, Any], vectors: Floats | None) -> tuple[Any, Any]:
    """RecBole's trainer, and its loader of all interactions."""
    # RecBole 1.2.1 asks for names that numpy 2 dropped.
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
        "valid_metric": "NDCG@10",
        "gpu_id": "" if torch_device() == "cpu" else os.environ.get(VISIBLE, "0"),
    }
    config = Config(model=model, dataset=NAME, config_dict=settings | fixed)
    init_seed(config["seed"], config["reproducibility"])
    dataset = create_dataset(config)
    parts = dataset.build()
    sampler = create_samplers(config, dataset, parts)[0]
    data = get_dataloader(config, "train")(config, parts[0], sampler, shuffle=True)
    network = made(config, parts[0]).to(config["device"])
    if vectors is not None:
        _substitute(network, vectors, model, dataset)
    return get_trainer(config["MODEL_TYPE"], model)(config, network.to(config["device"])), data


class _FrozenText(nn.Module):
    """What a model asks of its item embedding, ``weight`` and a look-up, made from item vectors by a linear adaptor."""

    def __init__(self, vectors: Floats, width: int) -> None:
        super().__init__()
        self.register_buffer("text", torch.from_numpy(vectors), persistent=False)
        self.adaptor = nn.Linear(vectors.shape[1], width)

    @property
    def weight(self) -> Tensor:
        table: Tensor = self.adaptor(self.text)
        return table

    def forward(self, items: Tensor) -> Tensor:
        found: Tensor = self.adaptor(self.text[items])
        return found


def _substitute(network: Any, vectors: Floats, model: str, dataset: Any) -> None:
    table = getattr(network, "item_embedding", None)
    if not isinstance(table, nn.Embedding) or table.num_embeddings != dataset.item_num:
        raise ParamsError(
            f"recommender recbole: {model} has no plain table of items that texts could take the place of; "
            "choose item: id, or a model such as SASRec or GRU4Rec"
        )
    rows = np.zeros((dataset.item_num, vectors.shape[1]), dtype=np.float32)  # row 0 is RecBole's padding
    rows[_numbers(dataset, ITEM)] = vectors
    network.item_embedding = _FrozenText(rows, table.embedding_dim)


def _numbers(dataset: Any, field: str) -> Ints:
    """RecBole's number of each of our positions; its 0 stands for none."""
    tokens = np.asarray(dataset.field2id_token[field])[1:].astype(np.int64)
    numbers = np.empty(len(tokens), dtype=np.int64)
    numbers[tokens] = np.arange(1, len(tokens) + 1)
    return numbers


def _fit(trainer: Any, data: Any, validate: Callable[[], float], progress: str) -> None:
    """Run the trainer, with our validation for its own, and put the best epoch back."""
    network, best = trainer.model, {}
    with tqdm(total=trainer.epochs, desc=progress, unit="epoch", mininterval=1) as bar:

        def measured(*_: Any, **__: Any) -> tuple[float, dict[str, float]]:
            found = validate()
            if not best or found > best["found"]:
                state = {name: value.clone() for name, value in network.state_dict().items()}
                best.update(found=found, state=state, other=copy(network.other_parameter()))
            bar.set_postfix({"validation nDCG@10": f"{found:.4f}", "best": f"{best['found']:.4f}"})
            bar.update(trainer.eval_step)
            return found, {trainer.valid_metric: found}

        trainer._valid_epoch = measured
        # The trainer asks only whether there is something to validate on. It would keep a pickle, hence saved=False.
        trainer.fit(data, [None], verbose=False, saved=False, show_progress=False)
    trainer.tensorboard.close()
    network.load_state_dict(best["state"])
    network.load_other_parameter(best["other"])


def _scorer(trainer: Any, dataset: Any, known: Ids, with_users: bool, sequential: bool) -> Score:
    """Score by RecBole's own full ranking."""
    from recbole.data.interaction import Interaction

    network, config = trainer.model, trainer.config
    trainer.item_tensor = dataset.get_item_feature().to(config["device"])
    trainer.tot_item_num = dataset.item_num
    items, users = _numbers(dataset, ITEM), np.concatenate([[0], _numbers(dataset, USER)])
    length = config["MAX_ITEM_LIST_LENGTH"]

    def score(asked: Histories) -> Floats:
        network.eval()
        scores = np.empty((len(asked), asked.n_items), dtype=np.float32)
        start = 0
        for block in asked.blocks(max(1, SCORES // dataset.item_num)):
            columns = {}
            rows = pc.index_in(block.users, value_set=known).fill_null(NOTHING).to_numpy()
            if with_users and (rows == NOTHING).any():
                user = block.users[int(np.argmin(rows))].as_py()
                raise TableError(
                    f"recbole: {config['model']} has a vector per user, and {user!r} has no training history; "
                    "choose a sequential model without, or a split that trains on every user"
                )
            columns[USER] = users[rows + 1]
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
