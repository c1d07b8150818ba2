import logging
import os
import random
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import torch

from itemvec.core.arrays import Floats
from itemvec.core.errors import ItemvecError, ParamsError, TableError
from itemvec.protocol.histories import Histories
from itemvec.recommenders.ease import Ease
from itemvec.recommenders.recbole import RecBole
from itemvec.recommenders.recbole_training import _FrozenText
from tests.conftest import cycles, histories
from tests.recommenders.conftest import N_ITEMS, next_is_right, training

SMALL = {"embedding_size": 16, "hidden_size": 16, "train_batch_size": 64, "learning_rate": 0.02}
GRU = RecBole("GRU4Rec", epochs=8, patience=8, options=SMALL)


def test_its_ease_is_ours(planted: Histories) -> None:
    """Users, items and the training data come through whole, and back in our order."""
    options = {"reg_weight": 3.0}
    theirs = RecBole("EASE", options=options).fit(training(planted))(planted.slice(5, 40))
    assert theirs == pytest.approx(Ease(l2=3.0).fit(training(planted))(planted.slice(5, 40)), abs=1e-4)


@pytest.mark.parametrize("item", ["id", "text"])
def test_the_planted_order_is_learnt(item: Any, planted: Histories, vectors: Floats) -> None:
    before = vectors.copy()
    assert next_is_right(replace(GRU, item=item).fit(training(planted, vectors)), planted) > 0.95
    assert (vectors == before).all()


def test_padding_changes_no_score_of_a_model_that_sums(vectors: Floats, rng: np.random.Generator) -> None:
    short = cycles(80, N_ITEMS, 4, rng)

    def padded_to(length: int) -> Floats:
        options = {"embedding_size": 16, "train_batch_size": 64, "MAX_ITEM_LIST_LENGTH": length}
        return RecBole("STAMP", item="text", epochs=2, options=options).fit(training(short, vectors))(short)

    scores = padded_to(5)
    assert np.ptp(scores) > 0.1
    assert padded_to(50) == pytest.approx(scores, abs=1e-4)


def test_the_padding_has_no_vector_however_the_adaptor_is_set(vectors: Floats) -> None:
    table = _FrozenText(np.vstack([np.zeros_like(vectors[:1]), vectors]), 3)
    with torch.no_grad():
        table.adaptor.bias.fill_(5.0)
        whole, some = table.weight, table(torch.tensor([[2], [0]]))
    assert (whole[0] == 0).all()
    assert (whole[1:] == table.adaptor(torch.from_numpy(vectors))).all()
    assert torch.allclose(some, whole[[2, 0]][:, None])


def test_items_that_nobody_touched_are_scored_too(planted: Histories) -> None:
    wider = Histories(planted.users, planted.items, planted.offsets, N_ITEMS + 3)
    scores = replace(GRU, epochs=1).fit(training(wider))(wider)
    assert scores.shape == (len(wider), N_ITEMS + 3)
    assert np.isfinite(scores).all()


def test_a_model_that_scores_pairs_alone_ranks_all_items(planted: Histories, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("itemvec.recommenders.recbole_training.SCORES", 100)  # a few users at a time
    scores = RecBole("NeuMF", epochs=1).fit(training(planted))(planted)
    assert scores.shape == (len(planted), N_ITEMS)


def test_our_validation_decides_when_to_stop_and_what_is_kept(planted: Histories) -> None:
    seen: list[Floats] = []

    def validate(score: Any) -> float:
        seen.append(score(planted))
        return [0.1, 0.5, 0.4, 0.3, 0.9][len(seen) - 1]

    fitted = replace(GRU, patience=2).fit(replace(training(planted), validate=validate))
    assert len(seen) == 4  # epochs 3 and 4 were no better than epoch 2
    assert fitted(planted) == pytest.approx(seen[1], abs=1e-5)


def test_nothing_is_left_behind(planted: Histories, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["program", "--epochs=0"])  # which RecBole would obey
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "7")
    torch.manual_seed(7)
    random.seed(7)
    before = torch.get_rng_state(), random.getstate(), np.random.get_state()[1].copy()  # type: ignore[index]  # noqa: NPY002
    calls: list[Any] = []

    def validate(score: Any) -> float:
        calls.append(score)
        return 0.0

    replace(GRU, epochs=2).fit(replace(training(planted), validate=validate))
    assert len(calls) == 2
    assert list(tmp_path.iterdir()) == []
    assert Path.cwd() == tmp_path
    assert sys.argv == ["program", "--epochs=0"]
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "7"
    assert logging.root.manager.disable == 0
    assert not torch.is_anomaly_enabled()
    assert torch.equal(before[0], torch.get_rng_state())
    assert before[1] == random.getstate()
    assert (before[2] == np.random.get_state()[1]).all()  # type: ignore[index]  # noqa: NPY002


@pytest.mark.parametrize("model", ["BPR", "FPMC"])  # a general one, and a sequential one with a vector per user
def test_users_without_training_are_refused_where_the_model_needs_them(model: str, planted: Histories) -> None:
    score = RecBole(model, epochs=1).fit(training(planted))
    known = planted.slice(0, 1)
    stranger = Histories(pa.array(["nobody"]), known.items, known.offsets, N_ITEMS)
    assert score(known).shape == (1, N_ITEMS)
    with pytest.raises(TableError, match=f"{model} has a vector per user, and 'nobody' has no training history"):
        score(stranger)


def test_strangers_are_no_trouble_to_a_model_of_histories(planted: Histories) -> None:
    score, known = replace(GRU, epochs=1).fit(training(planted)), planted.slice(0, 1)
    stranger = Histories(pa.array(["nobody"]), known.items, known.offsets, N_ITEMS)
    assert (score(stranger) == score(known)).all()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"model": "SASrec"}, "RecBole has no model 'SASrec'; did you mean 'SASRec'?"),
        ({"model": "DCN"}, "RecBole has no model 'DCN'"),  # of clicks, not of histories
        ({"model": "LightGCN"}, "LightGCN does not run: it calls dok_matrix._update"),
        ({"model": "S3Rec"}, "S3Rec does not run: it needs a checkpoint of its own pre-training"),
        (
            {"model": "SASRec", "options": {"hiden_size": 3}},
            "has no option 'hiden_size' to set; did you mean 'hidden_size'",
        ),
        ({"model": "SASRec", "options": {"data_path": "x"}}, "SASRec has no option 'data_path' to set"),
        ({"model": "SASRec", "options": {"eval_step": 0}}, "SASRec has no option 'eval_step' to set"),
        ({"model": "SASRec", "options": {"loss_type": "exit()"}}, "as text, it must be one word"),
    ],
)
def test_what_recbole_cannot_do_is_refused_before_anything_runs(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ParamsError, match=said.replace("(", r"\(").replace("?", r"\?")):
        RecBole(**options)


def test_what_does_not_fit_is_said(planted: Histories, vectors: Floats) -> None:
    with pytest.raises(ParamsError, match="BERT4Rec has no plain table of items"):
        RecBole("BERT4Rec", item="text").fit(training(planted, vectors))
    with pytest.raises(ParamsError, match=r"SASRec cannot be made of these options and data: .*hidden size"):
        RecBole("SASRec", options={"hidden_size": 7}).fit(training(planted))
    with pytest.raises(TableError, match="no training history has two interactions"):
        GRU.fit(training(histories([0], [1], n_items=N_ITEMS)))
    with pytest.raises(ItemvecError, match="training diverged; lower learning_rate"):
        replace(GRU, options=SMALL | {"learning_rate": 1e30}).fit(training(planted))


def test_what_its_models_print_of_themselves_is_not_shown(
    planted: Histories, capsys: pytest.CaptureFixture[str]
) -> None:
    """FEARec prints its frequencies when it is made."""
    options = {"n_layers": 2, "n_heads": 1, "hidden_size": 16, "inner_size": 16, "train_batch_size": 512}
    RecBole("FEARec", epochs=1, options=options).fit(training(planted))
    assert capsys.readouterr().out == ""
