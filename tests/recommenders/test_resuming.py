"""A training that is killed goes on, and comes to what it would have come to."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from itemvec.core.arrays import Floats
from itemvec.core.errors import ItemvecError
from itemvec.core.machine import training_folder
from itemvec.protocol.histories import Histories
from itemvec.recommenders import Score, Training
from itemvec.recommenders import training as training_module
from itemvec.recommenders.neural import Neural
from itemvec.recommenders.sasrec import SasRec
from itemvec.recommenders.unisrec import UniSRec
from tests.recommenders.conftest import next_is_right, training

OPTIONS: Any = {"width": 8, "positions": 64, "learning_rate": 0.02, "epochs": 5, "max_history": 8}
FULL = SasRec(item="id", **OPTIONS)
SAMPLED = SasRec(item="id+text", loss="sampled", negatives=6, **OPTIONS)  # AdamW and SparseAdam, and draws from rng
COSINE = SasRec(item="id", rate="cosine", **OPTIONS)
PHASES = UniSRec(tuning="transductive", contrastive=2, **OPTIONS)


class KilledError(Exception):
    pass


@pytest.fixture(autouse=True)
def _own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ITEMVEC_CACHE", str(tmp_path))
    monkeypatch.setattr(training_module, "SECONDS", -1)  # keep every epoch


def killed_in(epoch: int, histories: Histories, seen: list[int]) -> Callable[[Score], float]:
    """A validation that ends the process when it is asked for an epoch, counted from 1 over all calls."""

    def validate(score: Score) -> float:
        seen.append(1)
        if len(seen) == epoch:
            raise KilledError
        return next_is_right(score, histories)

    return validate


@pytest.mark.parametrize("recommender", [FULL, SAMPLED, COSINE, PHASES], ids=["full", "sampled", "cosine", "phases"])
def test_a_killed_training_comes_to_the_same_scores(recommender: Neural, planted: Histories, vectors: Floats) -> None:
    whole = training(planted, vectors)
    expected = recommender.fit(whole)(planted)
    cut: Training = replace(whole, validate=killed_in(4, planted, []))
    with pytest.raises(KilledError):
        recommender.fit(cut)
    assert len(list(training_folder().iterdir())) == 1  # the third epoch, in a file of its own
    calls: list[int] = []
    found = recommender.fit(replace(whole, validate=killed_in(-1, planted, calls)))(planted)
    assert len(calls) == 3  # the checkpoint looked at again, and epochs 4 and 5
    assert (found == expected).all()
    assert not list(training_folder().iterdir())


@pytest.mark.parametrize("epoch", [2, 3, 4])  # inside pre-training, at its end, inside fine-tuning
def test_phases_that_wait_apart_do_so_when_killed(epoch: int, planted: Histories, vectors: Floats) -> None:
    def sinking(validate: Callable[[Score], float]) -> Training:
        return replace(training(planted, vectors), validate=lambda score: -validate(score))

    impatient, calls = replace(PHASES, patience=1), list[int]()
    expected = impatient.fit(sinking(killed_in(-1, planted, calls)))(planted)
    with pytest.raises(KilledError):
        impatient.fit(sinking(killed_in(epoch, planted, [])))
    resumed: list[int] = []
    found = impatient.fit(sinking(killed_in(-1, planted, resumed)))(planted)
    assert len(resumed) == len(calls) - epoch + 2  # the checkpoint looked at again, and the epochs after it
    assert (found == expected).all()


def test_another_seed_starts_anew(planted: Histories) -> None:
    with pytest.raises(KilledError):
        FULL.fit(replace(training(planted), validate=killed_in(3, planted, [])))
    calls: list[int] = []
    FULL.fit(replace(training(planted, seed=2), validate=killed_in(-1, planted, calls)))
    assert len(calls) == OPTIONS["epochs"]


def test_a_checkpoint_that_was_validated_on_other_data_is_refused(planted: Histories) -> None:
    with pytest.raises(KilledError):
        FULL.fit(replace(training(planted), validate=killed_in(3, planted, [])))
    with pytest.raises(ItemvecError, match=r"validation nDCG@10 was 0\.\d+ there and is 2\.0+ now.*remove the file"):
        FULL.fit(replace(training(planted), validate=lambda _: 2.0))


def test_what_was_never_taken_up_again_is_removed(planted: Histories) -> None:
    training_folder().mkdir()
    old, young = training_folder() / "old.safetensors", training_folder() / "young.safetensors"
    for path in (old, young):
        path.write_text("")
    os.utime(old, (0, 0))
    FULL.fit(training(planted))
    assert list(training_folder().iterdir()) == [young]


def test_a_checkpoint_whose_bytes_changed_is_not_taken_up(
    planted: Histories, rng: np.random.Generator, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = FULL.fit(training(planted))(planted)
    with pytest.raises(KilledError):
        FULL.fit(replace(training(planted), validate=killed_in(4, planted, [])))
    (path,) = training_folder().iterdir()
    whole = path.read_bytes()
    for place in rng.integers(0, len(whole), size=20).tolist():
        changed = bytearray(whole)
        changed[place] ^= 1 << (place % 8)
        path.write_bytes(changed)
        capsys.readouterr()
        assert (FULL.fit(training(planted))(planted) == expected).all()
        assert "has other bytes than were written" in capsys.readouterr().out
