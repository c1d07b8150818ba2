"""A place apart for RecBole: a folder with its files in it, and a process that is as it was afterwards."""

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
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import torch

from itemvec.protocol.histories import Histories

NAME = "itemvec"  # of the data set; RecBole reads "ml-100k" from its own folder, whatever the path
USER, ITEM, TIME = "user_id", "item_id", "timestamp"
VISIBLE = "CUDA_VISIBLE_DEVICES"


@contextlib.contextmanager
def apart() -> Iterator[Path]:
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
    """Write atomic files: users and items as positions, and as the time a step number.

    RecBole reads times as float32, which would put neighbours in disorder. The list of items makes it know those that
    nobody has touched.
    """
    from pyarrow.csv import WriteOptions, write_csv

    folder.mkdir()
    options = WriteOptions(delimiter="\t", quoting_style="none", quoting_header="none")
    steps = np.arange(len(histories.items)) - np.repeat(histories.offsets[:-1], histories.lengths)
    table = {f"{USER}:token": histories.rows, f"{ITEM}:token": histories.items, f"{TIME}:float": steps}
    write_csv(pa.table(table), folder / f"{NAME}.inter", options)
    write_csv(pa.table({f"{ITEM}:token": np.arange(histories.n_items)}), folder / f"{NAME}.item", options)
