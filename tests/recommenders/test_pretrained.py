"""A network that begins with weights of other catalogues."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from itemvec.core.arrays import Floats
from itemvec.core.errors import ParamsError
from itemvec.protocol.histories import Histories
from itemvec.recommenders import RECOMMENDERS
from tests.recommenders.conftest import next_is_right, training

ROWS: dict[str, dict[str, Any]] = {
    "unisrec": {"kind": "unisrec", "width": 16, "experts": 2},
    "vqrec": {"kind": "vqrec", "width": 16, "parts": 4, "bits": 2, "pooling": "sum"},
}
SCHEDULE = {"positions": 64, "learning_rate": 0.02, "epochs": 12, "max_history": 8}


def build(kind: str, **options: Any) -> Any:
    return RECOMMENDERS.build("row", ROWS[kind] | SCHEDULE | options)


def pretrained(kind: str, planted: Histories, vectors: Floats, folder: Path, **options: Any) -> tuple[str, Any]:
    """The file of a network that was trained on ``planted``, and its scores."""
    recommender, taught = build(kind, **options), training(planted, vectors)
    network, score = recommender.taught(taught)
    return str(recommender.saved(network, taught).write(folder)), score


@pytest.mark.parametrize("kind", ROWS)
def test_without_training_it_is_the_saved_network_also_on_a_part_of_the_catalogue(
    kind: str, planted: Histories, vectors: Floats, tmp_path: Path
) -> None:
    """Zero epochs: the same scores, and for seven of the twelve items those of these, of another mean as they are."""
    start, score = pretrained(kind, planted, vectors, tmp_path)
    assert next_is_right(score, planted) > 0.9
    again = build(kind, start=start, epochs=0, learning_rate=0.5)
    assert again.fit(training(planted, vectors, seed=9))(planted) == pytest.approx(score(planted), abs=1e-4)
    few = replace(planted, items=planted.items % 7, n_items=7)
    of_few = again.fit(training(few, vectors[:7]))(few)
    assert of_few == pytest.approx(score(replace(few, n_items=12))[:, :7], abs=1e-4)
    fresh = build(kind, epochs=1).fit(training(planted, vectors))(planted)
    assert np.abs(fresh - score(planted)).max() > 0.1


@pytest.mark.parametrize("kind", ROWS)
def test_training_goes_on_from_the_start(kind: str, planted: Histories, vectors: Floats, tmp_path: Path) -> None:
    """At a rate of almost zero one epoch stays where it began, with ids or without, and at a usual rate it moves."""
    start, score = pretrained(kind, planted, vectors, tmp_path)
    slow = build(kind, start=start, epochs=1, learning_rate=1e-9, weight_decay=0.0)
    assert slow.fit(training(planted, vectors))(planted) == pytest.approx(score(planted), abs=1e-3)
    if kind == "unisrec":
        ids = build(kind, start=start, epochs=1, tuning="transductive").fit(training(planted, vectors))
        assert next_is_right(ids, planted) > 0.9


@pytest.mark.parametrize(
    ("kind", "options", "said"),
    [
        ("unisrec", {"width": 8}, "another network: width was 16 and is 8"),
        ("unisrec", {"norm": "after"}, "norm was before and is after"),
        ("vqrec", {"pooling": "mean"}, "pooling was sum and is mean"),
    ],
)
def test_weights_of_another_network_are_refused(
    kind: str, options: Any, said: str, planted: Histories, vectors: Floats, tmp_path: Path
) -> None:
    start, _ = pretrained(kind, planted, vectors, tmp_path, epochs=1)
    with pytest.raises(ParamsError, match=f"recommender {kind}: start .*{said}; take the options of pre-training"):
        build(kind, start=start, **options).fit(training(planted, vectors))


@pytest.mark.parametrize("kind", ROWS)
def test_vectors_of_another_width_are_refused(kind: str, planted: Histories, vectors: Floats, tmp_path: Path) -> None:
    start, _ = pretrained(kind, planted, vectors, tmp_path, epochs=1)
    with pytest.raises(ParamsError, match=r"vectors of 16 numbers, and these have 15; take the text model"):
        build(kind, start=start).fit(training(planted, vectors[:, :15]))


def test_a_file_that_is_not_what_its_name_says_is_refused(planted: Histories, vectors: Floats, tmp_path: Path) -> None:
    start, _ = pretrained("unisrec", planted, vectors, tmp_path, epochs=1)
    with pytest.raises(ParamsError, match="holds weights of 'unisrec'; name a file of kind vqrec"):
        build("vqrec", start=start).fit(training(planted, vectors))
    with pytest.raises(ParamsError, match="no such file; write it with `itemvec pretrain`"):
        build("unisrec", start=str(tmp_path / "none.safetensors")).fit(training(planted, vectors))
    whole = bytearray(Path(start).read_bytes())
    whole[-1] ^= 1
    Path(start).write_bytes(bytes(whole))
    with pytest.raises(ParamsError, match=r"its content has the hash [0-9a-f]{12}, which its name does not"):
        build("unisrec", start=start).fit(training(planted, vectors))


def test_weights_by_name_and_shape(planted: Histories, vectors: Floats, tmp_path: Path) -> None:
    """A file that lacks a weight, or has one more, is refused even where its options fit."""
    recommender, taught = build("unisrec", epochs=1), training(planted, vectors)
    network, _ = recommender.taught(taught)
    saved = recommender.saved(network, taught)
    for change in (
        {"adaptor.bias": saved.tensors["adaptor.bias"][:1]},
        {"encoder.more": saved.tensors["text.mean"] + 1},
    ):
        start = str(replace(saved, tensors={**saved.tensors, **change}).write(tmp_path))
        with pytest.raises(ParamsError, match=f"start has {next(iter(change))} of shape .* of shape"):
            build("unisrec", start=start).fit(taught)


def test_nothing_to_train_and_nothing_to_begin_with_is_refused() -> None:
    with pytest.raises(ParamsError, match="recommender unisrec: epochs is 0, for which start must name weights"):
        build("unisrec", epochs=0)
