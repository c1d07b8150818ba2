from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from itemvec.decision.results import Results
from itemvec.decision.standings import Group, rank_group
from itemvec.decision.text_pays import text_pays
from itemvec.decision.values import Measures
from itemvec.metrics import best_set


def planted(results: Results, folder: Path, share: float, other: float) -> Group:
    """Both cells with text answer the same ``share`` of 40 users, the one without text ``other``."""
    group = rank_group(results, "recommend", "users", Measures.below(folder / "measures"), 0.01)
    shares = [other if one.result.variant is None else share for one in group.standings]
    by_seed = [(np.arange(40) < level * 40).astype(float)[:, None] for level in shares]
    standings = [replace(one, mean=level) for one, level in zip(group.standings, shares, strict=True)]
    values = replace(group.values, by_seed=by_seed)
    return replace(group, standings=standings, values=values, shown=best_set(values.means, values.seeds, 1))


@pytest.mark.parametrize(
    ("share", "other", "words"), [(1.0, 0.5, "yes"), (0.3, 0.9, "no"), (0.9, 0.9, "no significant difference")]
)
def test_the_best_with_text_against_the_best_without(
    results: Results, folder: Path, share: float, other: float, words: str
) -> None:
    found = text_pays(planted(results, folder, share, other))
    assert found is not None
    assert found.difference == pytest.approx(share - other)
    assert found.low <= found.difference <= found.high
    assert found.without == "popular"
    assert found.words == words


def test_without_a_side_there_is_nothing_to_compare(results: Results, folder: Path) -> None:
    group = planted(results, folder, 0.5, 0.5)
    alone = [one for one in group.standings if one.result.variant is None]
    assert text_pays(replace(group, standings=alone)) is None


def test_it_agrees_with_what_the_verdict_shows(results: Results, folder: Path) -> None:
    """Where no cell with text may be the best, vectors do not pay, and the other way round."""
    for share, other in ((0.9, 0.95), (0.6, 0.95), (0.95, 0.6), (0.5, 0.7)):
        group = planted(results, folder, share, other)
        found = text_pays(group)
        stay = {group.standings[i].result.variant is None for i in np.flatnonzero(group.shown.may_be_best)}
        assert found is not None
        assert (found.words == "no") == (stay == {True})
        assert (found.words == "yes") == (stay == {False})
