"""Training of the model itself, on a tiny random one."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from itemvec.core.errors import ItemvecError, ParamsError
from itemvec.encoders import ENCODERS
from itemvec.tuners import TUNERS, Asked, Lesson, Tuned
from itemvec.tuners.full import Full
from itemvec.tuners.live_model import Live, check_same, searched
from itemvec.tuners.text_batches import Examples, batches, examples

SETTING = {"learning_rate": 0.01, "temperature": 0.05}
ROW: dict[str, Any] = {"kind": "full", "epochs": 2, "positives": 2, "batch": 8}


def vectors_of(tuned: Tuned, lesson: Lesson) -> np.ndarray:
    return tuned.apply("item", lesson.items, lesson.item_texts)


def test_vectors_in_training_and_in_search_are_equal(texts: Lesson, tmp_path: Path) -> None:
    """Prompts, limit and pooling are the same, before training and for the files that are written after it."""
    live = Live(texts.encoder, None)
    assert live.encode(texts.item_texts, "item") == pytest.approx(texts.items, abs=1e-6)
    assert live.encode(texts.train.texts, "query") == pytest.approx(texts.train.vectors, abs=1e-6)
    live.write(tmp_path / "model")
    assert searched(live.row(tmp_path / "model"), texts.train.texts, "query") == pytest.approx(
        texts.train.vectors, abs=1e-6
    )


def test_another_prompt_is_refused(texts: Lesson, tmp_path: Path) -> None:
    live = Live(texts.encoder, None)
    live.prompts = live.prompts | {"query": ""}
    with pytest.raises(ItemvecError, match="a query has another vector in training than in search"):
        check_same(live, live.encode(texts.train.texts, "query"), texts.train.texts, "query")
    row = replace(texts, encoder=replace(texts.encoder, query_prompt=None))
    assert Live(row.encoder, None).prompts["query"] == ""
    Live(texts.encoder, None).write(tmp_path / "model")
    with pytest.raises(ParamsError, match="query_prompt is 'seek: ', the checkpoint states 'find: '"):
        replace(texts.encoder, checkpoint=str(tmp_path / "model"), query_prompt="seek: ").check()


def test_a_killed_tuning_goes_on_to_the_same_result(texts: Lesson, monkeypatch: pytest.MonkeyPatch) -> None:
    tuner = Full(epochs=2, positives=1, batch=10)
    rising = iter(np.arange(9.0))
    monkeypatch.setattr("itemvec.tuners.base.Lesson.quality", lambda *_: np.full(1, next(rising)))
    whole = tuner.fit(replace(texts, checkpoints=None), SETTING, 1)
    assert whole.facts["epochs"] == 2
    trained = Full._epoch

    def dies(self: Full, live: Any, lesson: Any, setting: Any, seed: int, epoch: int) -> Any:
        if epoch:
            raise KeyboardInterrupt
        return trained(self, live, lesson, setting, seed, epoch)

    monkeypatch.setattr(Full, "_epoch", dies)
    with pytest.raises(KeyboardInterrupt):
        tuner.fit(texts, SETTING, 1)
    monkeypatch.setattr(Full, "_epoch", trained)
    resumed = tuner.fit(texts, SETTING, 1)
    assert resumed.facts == whole.facts
    assert (vectors_of(resumed, texts) == vectors_of(whole, texts)).all()
    assert not (vectors_of(whole, texts) == texts.items).all()


@pytest.mark.parametrize("options", [{"lora_rank": 2, "spread": 0.1, "prefixes": [8, 16]}, {"loss": "gist"}])
def test_options_train_and_leave_a_plain_model(options: dict[str, Any], texts: Lesson, tmp_path: Path) -> None:
    tuner: Any = TUNERS.build("full", ROW | {"epochs": 1, "source": "in-batch"} | options)
    live = Live(texts.encoder, tuner.lora_rank)
    before = live.encode(texts.train.texts, "query")
    tuner._epoch(live, texts, SETTING, 1, 0)
    after = live.encode(texts.train.texts, "query")
    assert np.abs(after - before).max() > 1e-3
    live.write(tmp_path / "model")
    assert (tmp_path / "model" / "model.safetensors").is_file()
    assert searched(live.row(tmp_path / "model"), texts.train.texts, "query") == pytest.approx(after, abs=1e-5)


def test_margins_of_a_guide_are_learnt(texts: Lesson, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guide likes long texts: the margin is the difference of lengths."""
    seen: list[Any] = []
    guide = lambda queries, rows: [np.array([float(len(text)) for text in row]) for row in rows]  # noqa: E731
    monkeypatch.setattr("itemvec.tuners.full._guide", lambda _: guide)
    monkeypatch.setattr("itemvec.tuners.full.train_epoch", lambda live, made, *_, **__: seen.append(made))
    tuner: Any = TUNERS.build("full", ROW | {"loss": "margin-mse", "guide": "any", "source": "random", "negatives": 2})
    tuner._epoch(Live(texts.encoder, None), texts, SETTING, 1, 0)
    (made,) = seen
    lengths = [[len(text) for text in made.columns[name]] for name in ("positive", "negative_1", "negative_2")]
    assert made.labels.tolist() == [[a - b, a - c] for a, b, c in zip(*lengths, strict=True)]


def test_what_cannot_be_trained_is_refused() -> None:
    with pytest.raises(ParamsError, match="trains the weights of a model of kind sentence-transformer"):
        Full().check_model(ENCODERS.build("lsa", {"kind": "lsa", "dim": 3}))
    with pytest.raises(ParamsError, match="name it as guide"):
        TUNERS.build("full", {"kind": "full", "loss": "margin-mse"})


def test_no_item_of_a_batch_answers_another_query_of_it(texts: Lesson) -> None:
    rng = np.random.default_rng(1)
    asked: Asked = texts.train
    found = examples(asked, np.tile([[3, -1]], (len(asked), 1)), 3, len(texts.items), rng)
    assert len(found) == 3 * len(asked)
    assert (found.negatives >= 0).all()
    made = batches(asked, found, 4, rng)
    assert sorted(number for batch in made for number in batch) == list(range(len(found)))
    for batch in made:
        rows = found.rows[batch]
        assert len(set(rows.tolist())) == len(batch) <= 4
        for row in rows:
            others = [number for number in batch if found.rows[number] != row]
            used = np.concatenate([found.positives[others], found.negatives[others].ravel()])
            assert not np.isin(asked.of(int(row)), used).any()
    alone = Examples(np.zeros(3, dtype=np.int64), np.zeros(3, dtype=np.int64), np.ones((3, 1), dtype=np.int64))
    assert len(batches(asked, alone, 4, rng)) == 3  # one query is in no batch twice
