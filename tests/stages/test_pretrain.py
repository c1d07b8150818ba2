"""Pre-training on two catalogues: it learns both, and only from what trains there."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.columns import INTERACTIONS
from itemvec.core.errors import ItemvecError, ParamsError
from itemvec.core.files import write_parquet
from itemvec.core.params import Params
from itemvec.recommenders import RECOMMENDERS, Training
from itemvec.recommenders.unisrec import UniSRec
from itemvec.stages.check import check_params
from itemvec.stages.pretrain import pretrain
from itemvec.store import Block, open_vectors, write_database
from tests.conftest import ROOT, cycles
from tests.recommenders.conftest import next_is_right, training

ROW: dict[str, Any] = {"kind": "unisrec", "width": 16, "experts": 2, "positions": 64, "learning_rate": 0.02}
ROW |= {"epochs": 12, "patience": 12, "max_history": 8}


def run_of(folder: Path, n_items: int, dim: int, rng: np.random.Generator) -> Path:
    """A run whose 60 users go round a circle of items, seven steps each, of which two are not for training."""
    histories = cycles(60, n_items, 7, rng)
    rows = [histories.users.take(pa.array(histories.rows)).to_pylist(), [f"i{one}" for one in histories.items]]
    write_parquet(folder / "tables" / "interactions.parquet", pa.table([*rows, list(range(7)) * 60], INTERACTIONS))
    vectors = rng.standard_normal((n_items, dim), dtype=np.float32)
    block = Block(pa.array([f"i{one}" for one in range(n_items)]), vectors)
    write_database(folder / "vectors" / "full", {"items": (dim, [block])})
    return folder


def params(row: dict[str, Any]) -> Params:
    found = Params.load(ROOT / "params.yaml")
    return replace(found, systems={"mine": row})


def test_both_catalogues_are_learnt_from_what_trains_there(
    tmp_path: Path, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Training] = []
    plain = UniSRec.taught

    def trained(self: UniSRec, taught: Training) -> Any:
        seen.append(taught)
        return plain(self, taught)

    monkeypatch.setattr(UniSRec, "taught", trained)
    runs = [run_of(tmp_path / f"{n}", n, 12, rng) for n in (9, 12)]
    written, reached = pretrain("mine", runs, "full", params(ROW), tmp_path / "out")
    assert seen[0].histories.lengths.tolist() == [5] * 120
    assert seen[0].histories.items[300:].min() == 9
    assert min(reached) > 0.7
    again: Any = RECOMMENDERS.build("mine", ROW | {"start": str(written), "epochs": 0})
    for folder, n_items in zip(runs, (9, 12), strict=True):
        asked = cycles(30, n_items, 5, rng)
        vectors = open_vectors(folder / "vectors" / "full.digest", "items").load().vectors
        assert next_is_right(again.fit(training(asked, vectors)), asked) > 0.7  # a tenth by chance


def test_what_does_not_go_together_is_refused(tmp_path: Path, rng: np.random.Generator) -> None:
    runs = [run_of(tmp_path / f"{dim}", 9, dim, rng) for dim in (12, 8)]
    with pytest.raises(ItemvecError, match=r"pretrain: vectors have \d+ and \d+ numbers; take runs of one model"):
        pretrain("mine", runs, "full", params(ROW), tmp_path / "out")
    with pytest.raises(ParamsError, match="mine is of a kind that reads no other catalogue; take unisrec or vqrec"):
        pretrain("mine", runs[:1], "full", params({"kind": "sasrec", "item": "text"}), tmp_path / "out")


def test_weights_that_are_not_there_are_missed_before_a_run() -> None:
    row = params(ROW | {"start": "none.safetensors"})
    with pytest.raises(ParamsError, match=r"start none.safetensors: no such file; write it with `itemvec pretrain`"):
        check_params(replace(row, recommenders=["mine"], retrievers=[], baselines=[]))
