"""What every tuner kind must do."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from itemvec.tuners import TUNERS, Lesson, Tuner, choose
from tests.conftest import TUNER_ROWS


def test_every_kind_has_an_example_row() -> None:
    assert set(TUNER_ROWS) == set(TUNERS.kinds())


@pytest.fixture(params=TUNER_ROWS)
def tuner(request: pytest.FixtureRequest) -> Tuner:
    return TUNERS.build(request.param, TUNER_ROWS[request.param])


def test_shape_type_and_repetition(tuner: Tuner, texts: Lesson, tmp_path: Path) -> None:
    before = texts.items.copy()
    setting = tuner.settings()[0]
    first, second = (tuner.fit(replace(texts, checkpoints=None), setting, 7) for _ in range(2))
    for role, vectors, words in (
        ("item", texts.items, texts.item_texts),
        ("query", texts.train.vectors, texts.train.texts),
    ):
        found = first.apply(role, vectors, words)  # type: ignore[arg-type]
        assert found.shape == vectors.shape
        assert found.dtype == np.float32
        assert np.linalg.norm(found, axis=1) == pytest.approx(1, abs=1e-5)
        assert (found == second.apply(role, vectors, words)).all()  # type: ignore[arg-type]
    assert (texts.items == before).all()
    assert first.reached == pytest.approx(texts.quality(first).mean(), abs=1e-6)
    first.write(tmp_path / "weights")
    assert (tmp_path / "weights").is_dir()
    assert not list((tmp_path / "weights").rglob("*.bin"))


def test_all_have_enough_settings_for_the_same_effort(tuner: Tuner) -> None:
    settings = tuner.settings()
    assert len(settings) == 8
    assert all(one not in settings[:place] for place, one in enumerate(settings))


@pytest.mark.parametrize("kind", ["ridge", "low-rank", "nudge"])
def test_the_choice_is_never_below_what_was_there(kind: str, texts: Lesson) -> None:
    chosen = choose(TUNERS.build(kind, TUNER_ROWS[kind]), texts, 3, 1)
    assert len(chosen.tried) == 3
    assert chosen.tuned.reached >= chosen.before
    assert chosen.changed == (chosen.tuned.reached > chosen.before)
