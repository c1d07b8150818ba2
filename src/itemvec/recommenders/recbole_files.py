"""Isolation of RecBole: its input files in a temporary folder, and process state restored afterwards."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import random
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import torch

from itemvec.core.temporary import TemporaryFolder
from itemvec.protocol.histories import Histories

NAME = "itemvec"  # of the data set; RecBole reads "ml-100k" from its own folder, whatever the path
USER, ITEM, TIME = "user_id", "item_id", "timestamp"
VISIBLE = "CUDA_VISIBLE_DEVICES"


@contextlib.contextmanager
def apart() -> Iterator[Path]:
    """A temporary folder to run RecBole in; afterwards the state of this process is restored.

    RecBole reads options from sys.argv, writes to ./log_tensorboard, seeds globally, and selects the GPUs.
    """
    argv, level, visible = sys.argv, logging.root.manager.disable, os.environ.get(VISIBLE)
    states = random.getstate(), np.random.get_state()  # noqa: NPY002  (RecBole draws from the global one)
    with (
        TemporaryFolder() as folder,
        contextlib.chdir(folder),
        torch.random.fork_rng(),
        torch.backends.cudnn.flags(enabled=True),
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),  # where some of its models print what they are made of
    ):
        warnings.simplefilter("ignore")  # of ways of pandas and torch that have gone out of use
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


def write(histories: Histories, folder: Path) -> None:
    """Write RecBole's atomic files: users and items by position, and step numbers as times.

    RecBole reads times as float32, which could mix up the order of close ones. The item file makes it know items
    without interactions.
    """
    from pyarrow.csv import WriteOptions, write_csv

    folder.mkdir()
    options = WriteOptions(delimiter="\t", quoting_style="none", quoting_header="none")
    steps = np.arange(len(histories.items)) - np.repeat(histories.offsets[:-1], histories.lengths)
    table = {f"{USER}:token": histories.rows, f"{ITEM}:token": histories.items, f"{TIME}:float": steps}
    write_csv(pa.table(table), folder / f"{NAME}.inter", options)
    write_csv(pa.table({f"{ITEM}:token": np.arange(histories.n_items)}), folder / f"{NAME}.item", options)
