from dataclasses import replace
from typing import Any

import numpy as np

from itemvec.decision import geometry_text
from itemvec.decision.geometry import geometry
from itemvec.decision.leaderboard import leaderboard
from itemvec.decision.networks import encoders_against_decoders
from itemvec.decision.revisions import Revision
from tests.decision.states import right, state

TITLES = ("search", "titles")


def analyzed(share: float) -> dict[str, Any]:
    """Planted: isotropy rises with quality, uniformity falls, the width is the same."""
    return {
        "dim": 100,
        "effective_dim": {"80%": 10 + round(50 * share)},
        "participation_ratio": 5.0,
        "isoscore": share,
        "mean_cosine": 0.1,
        "uniformity": -share,
        "hubness": {"skewness": 1.0},
        "alignment": {"queries": 1 - share},
    }


def tried(model: str, shares: dict[str, float], **facts: Any) -> Revision:
    cells = {f"exact/{variant}": right(share) for variant, share in shares.items()}
    files = {f"results/analyze/{variant}.json": analyzed(share) for variant, share in shares.items()}
    return replace(state({TITLES: cells}, model, model=model, seed=1, **facts), file=lambda path: files.get(path, {}))


def test_what_rises_with_quality_is_found_over_models_and_variants() -> None:
    states = [tried(f"m{n}", {"full": 0.9 - n / 10, "pca": 0.85 - n / 10}) for n in range(5)]
    (found,) = geometry([*states, states[0]], leaderboard(states).columns)
    assert len(found.points) == 10
    shown = {one.quantity: one.found.rho for one in found.relations if one.found and one.found.shown}
    assert shown == {
        "effective dimension (80 %)": 1.0,
        "its share of the width": 1.0,
        "IsoScore": 1.0,
        "uniformity": -1.0,
        "alignment of queries": -1.0,
    }
    said = geometry_text.sentence(found)
    assert "IsoScore (higher where ndcg@10 is higher), uniformity (lower where" in said
    assert "over 10 points of 5 models" in said
    text = geometry_text.as_text([found], [])
    assert "width                       -" in text
    assert "all equal" in text
    rows = [line.split(",") for line in geometry_text.as_csv([found]).splitlines()]
    assert len(rows) == 1 + 10
    assert rows[1][-10:-8] == ["0.9", "55.0"]  # the mean and the effective dimension of m0 on full


def test_fewer_than_eight_points_say_nothing() -> None:
    states = [tried(f"m{n}", {"full": 0.9 - n / 10}) for n in range(7)]
    (found,) = geometry(states, leaderboard(states).columns)
    assert geometry_text.sentence(found).endswith(
        "nothing is said of geometry: 7 models and variants were tried, and at least 8 are needed."
    )
    assert geometry_text.tables(found) == []


def test_encoders_meet_decoders_of_like_size_alone() -> None:
    sizes = {"bert": 100, "t5": 1000, "qwen": 150, "mistral": 7000}
    states = [
        tried(name, {"full": share}, encoder={"parameters": sizes[name]})
        for name, share in zip(sizes, (0.9, 0.8, 0.5, 0.9), strict=True)
    ]
    kinds = {"bert": "encoder", "t5": "encoder", "qwen": "decoder", "mistral": "decoder"}
    (found,) = encoders_against_decoders(leaderboard(states), kinds)
    assert (found.encoder, found.decoder, found.verdict) == ("bert", "qwen", "bert is better")
    assert np.isclose(found.difference, 0.4)
    assert encoders_against_decoders(leaderboard(states), {}) == []
